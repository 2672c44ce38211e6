// Package roadside has the routes of roadside stations.
package roadside

import (
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// Passages accepts the batches of stations.
type Passages interface {
	TakeIn(ctx context.Context, key string, body []byte, received time.Time) (api.BatchReply, error)
}

// Mount adds the routes of stations. A station authenticates with an API key and no cookie, so another site
// cannot make a browser send for it.
func Mount(app *fiber.App, k *kit.Kit, passages Passages) {
	app.Post(api.PassageBatch.Path, func(c *fiber.Ctx) error {
		key, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
		if !ok || key == "" {
			return fault.New(fault.KeyUnknown)
		}
		// Compressed bodies are refused: a small one can expand to any size.
		if c.Get(fiber.HeaderContentEncoding) != "" {
			return fault.New(fault.BadRequest, "why", "send the batch without content encoding")
		}
		reply, err := passages.TakeIn(c.UserContext(), key, c.Request().Body(), k.Now())
		if err != nil {
			return err
		}
		return c.JSON(reply)
	})
}
