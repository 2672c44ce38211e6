package apiclient

import (
	"context"

	"bompass/shared/api"
)

// Me returns the signed-in person and stores the session's CSRF token for later calls.
func (c *Client) Me(ctx context.Context) (api.MeReply, error) {
	me, err := Call(ctx, c, api.Me, api.Empty{})
	if err == nil {
		c.CSRF = me.CSRF
	}
	return me, err
}

// SetLanguage sets the account's language.
func (c *Client) SetLanguage(ctx context.Context, language string) error {
	_, err := Call(ctx, c, api.SetLanguage, api.SetLanguageRequest{Language: language})
	return err
}

// Logout ends the session and returns the address to open next.
func (c *Client) Logout(ctx context.Context) (api.LogoutReply, error) {
	return Call(ctx, c, api.Logout, api.Empty{})
}

// Overview returns the content of the first page.
func (c *Client) Overview(ctx context.Context) (api.OverviewReply, error) {
	return Call(ctx, c, api.Overview, api.Empty{})
}

// Vehicle returns the content of a vehicle's page.
func (c *Client) Vehicle(ctx context.Context, req api.VehicleRequest) (api.VehicleReply, error) {
	return Call(ctx, c, api.Vehicle, req)
}

// Invoices returns the invoices of a period.
func (c *Client) Invoices(ctx context.Context, req api.InvoiceListRequest) (api.InvoiceListReply, error) {
	return Call(ctx, c, api.InvoiceList, req)
}

// Invoice returns one invoice with its lines.
func (c *Client) Invoice(ctx context.Context, req api.InvoiceRequest) (api.InvoiceReply, error) {
	return Call(ctx, c, api.Invoice, req)
}

// Passages returns one page of the passages of a period.
func (c *Client) Passages(ctx context.Context, req api.PassageListRequest) (api.PassageListReply, error) {
	return Call(ctx, c, api.PassageList, req)
}

// FleetRecheck returns the charges of several vehicles' month with the input from which they were computed.
func (c *Client) FleetRecheck(ctx context.Context, req api.FleetRecheckRequest) (api.FleetRecheckReply, error) {
	return Call(ctx, c, api.FleetRecheck, req)
}

// Recheck returns the charges of one vehicle's month with the input from which they were computed.
func (c *Client) Recheck(ctx context.Context, req api.RecheckRequest) (api.RecheckReply, error) {
	return Call(ctx, c, api.Recheck, req)
}

// Tariffs returns the tariff files as published.
func (c *Client) Tariffs(ctx context.Context) (api.TariffBookReply, error) {
	return Call(ctx, c, api.TariffBook, api.Empty{})
}
