package web

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
)

func (s *server) passageList(ctx context.Context, actor access.Principal, req api.PassageListRequest) (api.PassageListReply, error) {
	if err := ownVehicle(actor, &req); err != nil {
		return api.PassageListReply{}, err
	}
	return s.Passages.List(ctx, actor.Customer, req, s.Now())
}

// passageBatch takes a station's NDJSON. Stations have a key and no cookie, so another site cannot
// make a browser send for them.
func (s *server) passageBatch(c *fiber.Ctx) error {
	key, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	if !ok || key == "" {
		return fault.New(fault.KeyUnknown)
	}
	// The body is taken as it came: unpacking what a sender compressed would have no bound.
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return fault.New(fault.BadRequest, "why", "send the batch without content encoding")
	}
	reply, err := s.Passages.TakeIn(c.UserContext(), key, c.Request().Body(), s.Now())
	if err != nil {
		return err
	}
	return c.JSON(reply)
}
