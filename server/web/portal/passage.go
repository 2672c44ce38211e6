package portal

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
)

func (h *Handlers) passageList(ctx context.Context, actor access.Principal, req api.PassageListRequest) (api.PassageListReply, error) {
	if err := restrictToOwnVehicle(actor, &req); err != nil {
		return api.PassageListReply{}, err
	}
	return h.Passages.List(ctx, actor.Customer, req, h.Now())
}

// restrictToOwnVehicle limits a driver's request to the driver's own vehicle. The vehicles of others do not
// exist for a driver.
func restrictToOwnVehicle(actor access.Principal, req *api.PassageListRequest) error {
	if actor.Role != role.Driver {
		return nil
	}
	if actor.Vehicle == "" || req.Vehicle != "" && req.Vehicle != actor.Vehicle {
		return fault.New(fault.NotFound)
	}
	req.Vehicle = actor.Vehicle
	return nil
}
