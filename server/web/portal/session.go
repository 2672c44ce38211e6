package portal

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
)

func (h *Handlers) mountSessions(app *fiber.App) {
	kit.JSON(app, h.Kit, api.Sessions, func(ctx context.Context, a access.Principal, _ api.Empty) (api.SessionsReply, error) {
		return h.Person.Sessions(ctx, a)
	})
	kit.JSON(app, h.Kit, api.EndSession, func(ctx context.Context, a access.Principal, req api.SessionRequest) (api.Empty, error) {
		ended, err := h.Person.EndSession(ctx, a, req.ID)
		if err == nil {
			h.Streams.End(ended)
		}
		return api.Empty{}, err
	})
	kit.JSON(app, h.Kit, api.EndSessions, func(ctx context.Context, a access.Principal, _ api.Empty) (api.Empty, error) {
		ended, err := h.Person.EndSessions(ctx, a)
		for _, hash := range ended {
			h.Streams.End(hash)
		}
		return api.Empty{}, err
	}, h.ClearSession)
}
