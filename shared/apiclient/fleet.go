package apiclient

import (
	"context"

	"bompass/shared/api"
)

// Fleet returns the tags and vehicles of the customer's agreements.
func (c *Client) Fleet(ctx context.Context) (api.FleetReply, error) {
	return Call(ctx, c, api.Fleet, api.Empty{})
}

// LookUpVehicle returns what the register says about a plate.
func (c *Client) LookUpVehicle(ctx context.Context, req api.VehicleLookupRequest) (api.VehicleLookupReply, error) {
	return Call(ctx, c, api.VehicleLookup, req)
}

// CheckChange returns what a change would do, without making it.
func (c *Client) CheckChange(ctx context.Context, req api.FleetChangeRequest) (api.FleetReceipt, error) {
	return Call(ctx, c, api.FleetCheck, req)
}

// ChangeFleet changes a tag or a vehicle.
func (c *Client) ChangeFleet(ctx context.Context, req api.FleetChangeRequest) (api.FleetReceipt, error) {
	return Call(ctx, c, api.FleetChange, req)
}

// ChangeVehicles changes many vehicles.
func (c *Client) ChangeVehicles(ctx context.Context, req api.FleetBulkRequest) (api.FleetBulkReply, error) {
	return Call(ctx, c, api.FleetBulk, req)
}

// FleetReceipt returns the confirmation of a change.
func (c *Client) FleetReceipt(ctx context.Context, key string) (api.FleetReceipt, error) {
	return Call(ctx, c, api.FleetConfirm, api.FleetReceiptRequest{Key: key})
}

// FleetHistory returns a page of changes.
func (c *Client) FleetHistory(ctx context.Context, req api.FleetHistoryRequest) (api.FleetHistoryReply, error) {
	return Call(ctx, c, api.FleetHistory, req)
}
