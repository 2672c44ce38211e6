package web

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/role"
)

// mount answers a customer's route: session, origin and token, limits, decoding, the handler, reply.
// Then runs once the handler has succeeded.
func mount[Req, Reply any](
	s *server, r api.Route[Req, Reply], handle func(context.Context, access.Principal, Req) (Reply, error), then ...func(*fiber.Ctx),
) {
	s.app.Add(r.Method, r.Path, func(c *fiber.Ctx) error {
		actor, err := s.customer(c, r.Right)
		if err != nil {
			return err
		}
		var req Req
		if err := decode(c, &req); err != nil {
			return err
		}
		reply, err := handle(c.UserContext(), actor, req)
		if err != nil {
			return err
		}
		for _, f := range then {
			f(c)
		}
		s.remember(c, actor)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.JSON(reply)
	})
}

// customer lets through a signed-in person whose request comes from our own page.
func (s *server) customer(c *fiber.Ctx, right role.Right) (access.Principal, error) {
	if err := s.ownSite(c); err != nil {
		return access.Principal{}, err
	}
	actor, err := s.Desk.Authenticate(c.UserContext(), s.session(c))
	if err != nil {
		return access.Principal{}, err
	}
	if !safe(c.Method()) && !actor.CSRFMatches(c.Get("X-CSRF-Token")) {
		return access.Principal{}, crossSite()
	}
	return actor, s.may(c, actor, right)
}
