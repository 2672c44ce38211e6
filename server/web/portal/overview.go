package portal

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/role"
)

func (h *Handlers) vehicle(ctx context.Context, actor access.Principal, req api.VehicleRequest) (api.VehicleReply, error) {
	return h.Overview.Vehicle(ctx, actor.Customer, req.Vehicle, h.Now())
}

func (h *Handlers) overview(ctx context.Context, actor access.Principal, _ api.Empty) (api.OverviewReply, error) {
	reply, err := h.Overview.Overview(ctx, actor.Customer, actor.Kind, h.Now())
	if err != nil {
		return reply, err
	}
	reply.Owed, err = h.Invoices.Owed(ctx, actor.Customer)
	h.hidePay(actor, reply.Owed)
	if !actor.Role.May(role.SeePassages) {
		reply.Latest = []api.PassageLine{} // an accountant does not see where anyone drove
	}
	return reply, err
}
