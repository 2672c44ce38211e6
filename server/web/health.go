package web

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
)

const readyMax = 3 * time.Second

// health says that the process answers.
func (s *server) health(c *fiber.Ctx) error { return c.SendString("ok\n") }

// ready says that the parts behind it answer too.
func (s *server) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(s.Context, readyMax)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.Warn("not ready", "trace", traceOf(c), "err", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
	}
	return c.SendString("ready\n")
}
