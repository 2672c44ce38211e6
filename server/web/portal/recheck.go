package portal

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
)

// recheck returns a vehicle's month with all that its charges were worked out from.
func (h *Handlers) recheck(ctx context.Context, actor access.Principal, req api.RecheckRequest) (api.RecheckReply, error) {
	tariffs, err := h.publishedTariffs()
	if err != nil {
		return api.RecheckReply{}, err
	}
	reply, err := h.Passages.Recheck(ctx, actor.Customer, req)
	reply.Tariffs = tariffs.version
	return reply, err
}

// fleetRecheck returns the month of several vehicles with all that its charges were worked out from.
func (h *Handlers) fleetRecheck(ctx context.Context, actor access.Principal, req api.FleetRecheckRequest) (api.FleetRecheckReply, error) {
	tariffs, err := h.publishedTariffs()
	if err != nil {
		return api.FleetRecheckReply{}, err
	}
	reply, err := h.Passages.FleetRecheck(ctx, actor.Customer, req)
	reply.Tariffs = tariffs.version
	return reply, err
}
