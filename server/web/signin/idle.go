package signin

import (
	"github.com/gofiber/fiber/v2"

	"bompass/shared/fault"
)

// Addresses that answer how long the session stays open. Only the second one prolongs it, as every other request does.
const (
	idlePath = "/session"
	stayPath = "/session/stay"
)

func (h *Handlers) mountIdle(app *fiber.App) {
	app.Get(idlePath, h.sendRemaining)
	app.Get(stayPath, func(c *fiber.Ctx) error {
		if _, err := h.Access.Authenticate(c.UserContext(), h.SessionToken(c)); err != nil {
			return h.sendRemainingError(c, err)
		}
		return h.sendRemaining(c)
	})
}

func (h *Handlers) sendRemaining(c *fiber.Ctx) error {
	left, err := h.Access.Remaining(c.UserContext(), h.SessionToken(c))
	if err != nil {
		return h.sendRemainingError(c, err)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(map[string]int{"seconds": int(left.Seconds())})
}

// sendRemainingError answers the script of a page whose session has ended. That is no event of the security log.
func (h *Handlers) sendRemainingError(c *fiber.Ctx, err error) error {
	if fault.CodeOf(err) != fault.SignedOut {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendStatus(fiber.StatusUnauthorized)
}
