package portal

import (
	"bytes"
	"context"
	"io"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
)

func (h *Handlers) invoiceList(ctx context.Context, actor access.Principal, req api.InvoiceListRequest) (api.InvoiceListReply, error) {
	reply, err := h.Invoices.List(ctx, actor.Customer, req)
	for i := range reply.Invoices {
		h.markPayable(actor, &reply.Invoices[i])
	}
	h.hidePay(actor, reply.Owed)
	return reply, err
}

// invoice returns one invoice. An accountant sees its sums, and not where anyone drove.
func (h *Handlers) invoice(ctx context.Context, actor access.Principal, req api.InvoiceRequest) (api.InvoiceReply, error) {
	reply, err := h.Invoices.Invoice(ctx, actor.Customer, req.Number, actor.Role.May(role.SeePassages))
	h.markPayable(actor, &reply.InvoiceSummary)
	return reply, err
}

// invoiceFile returns one invoice as a file. An accountant gets the one with sums, and none that says where anyone drove.
func (h *Handlers) invoiceFile(ctx context.Context, actor access.Principal, req api.InvoiceFileRequest) (kit.File, error) {
	if req.Form.Places() && !actor.Role.May(role.SeePassages) {
		return kit.File{}, fault.New(fault.Refused)
	}
	name, body, err := h.Files.File(ctx, actor.Customer, req.Number, req.Form)
	if err != nil {
		return kit.File{}, err
	}
	return kit.File{Name: name, Type: req.Form.MediaType(), Size: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)), Show: req.Show != ""}, nil
}
