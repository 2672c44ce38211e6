// Package hook has the routes that partners call by themselves. They carry no session: a message counts if its signature is that
// of the partner.
package hook

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"bompass/server/payment"
	"bompass/server/web/kit"
	"bompass/shared/fault"
)

// CardPath takes the messages of the provider of payments by card.
const CardPath = "/hook/card"

// bytesMax is the maximum size of a message; Stripe's are some kilobytes.
const bytesMax = 256 << 10

// Payments takes messages about payments.
type Payments interface {
	Receive(ctx context.Context, signature string, body []byte) (payment.Outcome, error)
}

// Mount adds the routes. A message that is answered with an error is sent again by the partner.
func Mount(app *fiber.App, k *kit.Kit, payments Payments) {
	app.Post(CardPath, func(c *fiber.Ctx) error {
		body := c.Request().Body()
		if len(body) > bytesMax {
			return fault.New(fault.TooLarge, "max", strconv.Itoa(bytesMax))
		}
		outcome, err := payments.Receive(c.UserContext(), c.Get("Stripe-Signature"), body)
		switch {
		case err != nil:
			return err
		case outcome == payment.Forged || outcome == payment.Stale:
			k.Log.Warn("message of the card provider refused", "trace", kit.TraceOf(c), "reason", string(outcome))
			return fault.New(fault.BadRequest, "why", string(outcome))
		}
		return c.SendStatus(fiber.StatusNoContent)
	})
}
