package billing

import (
	"context"
	"fmt"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/invoice"
	"bompass/shared/toll"
)

// Shelf reads the documents of a customer.
type Shelf interface {
	// Summaries returns the documents that a request asks for, the newest first, and whether the customer has any.
	Summaries(ctx context.Context, customer toll.CustomerID, req api.InvoiceListRequest) (list []api.InvoiceSummary, any bool, err error)
	// Owed returns what the customer owes under each agreement.
	Owed(ctx context.Context, customer toll.CustomerID) ([]api.Owed, error)
	// Document returns one document with its lines and payments; found is false if the customer has none with the number.
	Document(ctx context.Context, customer toll.CustomerID, number string) (reply api.InvoiceReply, found bool, err error)
}

// Reader shows customers their invoices. It is safe for concurrent use.
type Reader struct{ shelf Shelf }

// NewReader returns a Reader.
func NewReader(shelf Shelf) *Reader { return &Reader{shelf} }

// List returns the documents of a period and what is owed.
func (r *Reader) List(ctx context.Context, customer toll.CustomerID, req api.InvoiceListRequest) (reply api.InvoiceListReply, err error) {
	if req.To < req.From {
		return reply, fault.New(fault.PeriodReversed).At("to")
	}
	if reply.Invoices, reply.Any, err = r.shelf.Summaries(ctx, customer, req); err != nil {
		return reply, fmt.Errorf("invoices: %w", err)
	}
	if reply.Owed, err = r.shelf.Owed(ctx, customer); err != nil {
		return reply, fmt.Errorf("owed: %w", err)
	}
	return reply, nil
}

// Owed returns what a customer owes under each agreement.
func (r *Reader) Owed(ctx context.Context, customer toll.CustomerID) ([]api.Owed, error) {
	return r.shelf.Owed(ctx, customer)
}

// Invoice returns one document. Without places, it has its sums only.
func (r *Reader) Invoice(ctx context.Context, customer toll.CustomerID, number string, places bool) (api.InvoiceReply, error) {
	reply, found, err := r.shelf.Document(ctx, customer, number)
	if err != nil {
		return reply, fmt.Errorf("invoice: %w", err)
	}
	if !found {
		return reply, fault.New(fault.NotFound).At("number")
	}
	reply.Chargers, reply.Vehicles = invoice.ByCharger(reply.Lines), invoice.ByVehicle(reply.Lines)
	if !places && reply.Kind != invoice.KindReminder { // which has none
		reply.Lines, reply.Later = nil, nil
	}
	return reply, nil
}
