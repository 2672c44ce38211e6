package portal

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
)

// recheck returns a vehicle's month with all that its charges were worked out from.
func (h *Handlers) recheck(ctx context.Context, actor access.Principal, req api.BillRequest) (api.BillReply, error) {
	reply, err := h.Passages.Bill(ctx, actor.Customer, req)
	reply.Tariffs = h.tariffs.version
	return reply, err
}
