package portal

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/role"
)

func (h *Handlers) invoiceList(ctx context.Context, actor access.Principal, req api.InvoiceListRequest) (api.InvoiceListReply, error) {
	return h.Invoices.List(ctx, actor.Customer, req)
}

// invoice returns one invoice. An accountant sees its sums, and not where anyone drove.
func (h *Handlers) invoice(ctx context.Context, actor access.Principal, req api.InvoiceRequest) (api.InvoiceReply, error) {
	return h.Invoices.Invoice(ctx, actor.Customer, req.Number, actor.Role.May(role.SeePassages))
}
