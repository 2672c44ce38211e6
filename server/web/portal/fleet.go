package portal

import (
	"bytes"
	"context"
	"io"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/sheet"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
)

func (h *Handlers) mountFleet(app *fiber.App) {
	kit.JSON(app, h.Kit, api.Fleet, kit.Limited(h.reading, func(ctx context.Context, a access.Principal, _ api.Empty) (api.FleetReply, error) {
		return h.Fleet.Fleet(ctx, a)
	}))
	kit.JSON(app, h.Kit, api.VehicleLookup, h.Fleet.LookUp)
	kit.JSON(app, h.Kit, api.FleetCheck, h.Fleet.Check)
	kit.JSON(app, h.Kit, api.FleetChange, h.Fleet.Change)
	kit.JSON(app, h.Kit, api.FleetBulk, h.Fleet.Bulk)
	kit.JSON(app, h.Kit, api.FleetConfirm, func(ctx context.Context, a access.Principal, req api.FleetReceiptRequest) (api.FleetReceipt, error) {
		return h.Fleet.Receipt(ctx, a, req.Key)
	})
	kit.JSON(app, h.Kit, api.FleetHistory, h.Fleet.History)
	kit.Download(app, h.Kit, api.FleetExport, kit.Limited(h.reading, h.exportFleet))
}

// exportFleet returns the vehicles and tags as a file.
func (h *Handlers) exportFleet(ctx context.Context, actor access.Principal, req api.FleetExportRequest) (kit.File, error) {
	var out bytes.Buffer
	if err := h.Fleet.Export(ctx, actor, req, &out); err != nil {
		return kit.File{}, err
	}
	name := i18n.For(actor.Language).T("sheet.file") + "-" + oslo.DayOf(h.Now()).String() + "." + req.Format
	return kit.File{Name: name, Type: sheet.Format(req.Format).MediaType(), Size: int64(out.Len()), Body: io.NopCloser(&out)}, nil
}
