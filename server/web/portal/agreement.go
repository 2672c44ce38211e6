package portal

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
)

func (h *Handlers) mountAgreements(app *fiber.App) {
	kit.JSON(app, h.Kit, api.AgreementDraft, func(ctx context.Context, a access.Principal, _ api.Empty) (api.AgreementDraftReply, error) {
		return h.Agreements.Draft(ctx, a)
	})
	kit.JSON(app, h.Kit, api.AgreementAnswer, h.Agreements.Answer)
	kit.JSON(app, h.Kit, api.AgreementBegin, func(ctx context.Context, a access.Principal, req api.AgreementRequest) (api.AgreementReceipt, error) {
		return h.Agreements.Confirm(ctx, a, req.ID)
	})
	kit.JSON(app, h.Kit, api.AgreementConfirm, func(ctx context.Context, a access.Principal, req api.AgreementReceiptRequest) (api.AgreementReceipt, error) {
		return h.Agreements.Receipt(ctx, a, req.Number)
	})
	kit.JSON(app, h.Kit, api.AgreementDetails, func(ctx context.Context, a access.Principal, req api.AgreementReceiptRequest) (api.AgreementDetailsReply, error) {
		return h.Agreements.Details(ctx, a, req.Number)
	})
	kit.JSON(app, h.Kit, api.AgreementChange, h.Agreements.Change)
}
