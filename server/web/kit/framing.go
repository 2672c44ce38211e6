package kit

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/seclog"
	"bompass/server/web/framing"
)

// RequireClearFraming refuses a request that a proxy in front could read in another way than this server does, and
// closes the connection (ASVS V4.2.1).
func (k *Kit) RequireClearFraming(c *fiber.Ctx) error {
	h := &c.Request().Header
	if framing.Clear(h.RawHeaders(), h.RequestURI()) {
		return c.Next()
	}
	c.Context().SetConnectionClose()
	if recorder := recorderOf(c); recorder != nil {
		recorder.Add(seclog.RequestRefused, "")
	}
	return fiber.NewError(fiber.StatusBadRequest, "ambiguous framing or headers")
}
