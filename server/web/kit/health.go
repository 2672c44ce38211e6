package kit

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
)

const readyMax = 3 * time.Second

// Health answers that the process runs.
func (k *Kit) Health(c *fiber.Ctx) error { return c.SendString("ok\n") }

// Ready returns a handler that answers whether the parts that the server needs work. The check returns nil
// if they do.
func (k *Kit) Ready(check func(context.Context) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(k.stopping, readyMax)
		defer cancel()
		if err := check(ctx); err != nil {
			k.Log.Warn("server not ready", "trace", TraceOf(c), "error", err)
			return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
		}
		return c.SendString("ready\n")
	}
}
