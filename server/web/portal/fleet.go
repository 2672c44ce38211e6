package portal

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
)

func (h *Handlers) mountFleet(app *fiber.App) {
	kit.JSON(app, h.Kit, api.Fleet, kit.Limited(h.reading, func(ctx context.Context, a access.Principal, _ api.Empty) (api.FleetReply, error) {
		return h.Fleet.Fleet(ctx, a)
	}))
	kit.JSON(app, h.Kit, api.VehicleLookup, h.Fleet.LookUp)
	kit.JSON(app, h.Kit, api.FleetCheck, h.Fleet.Check)
	kit.JSON(app, h.Kit, api.FleetChange, h.Fleet.Change)
	kit.JSON(app, h.Kit, api.FleetConfirm, func(ctx context.Context, a access.Principal, req api.FleetReceiptRequest) (api.FleetReceipt, error) {
		return h.Fleet.Receipt(ctx, a, req.Key)
	})
	kit.JSON(app, h.Kit, api.FleetHistory, h.Fleet.History)
}
