package kit

import (
	"log/slog"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/seclog"
	"bompass/shared/fault"
	"bompass/shared/site"
)

const recorderKey = "security"

// SecurityLog collects the security events of a request and writes them when it has been answered. Errors are answered
// here, so that refusals are among the events.
func (k *Kit) SecurityLog(c *fiber.Ctx) error {
	recorder := &seclog.Recorder{}
	c.Locals(recorderKey, recorder)
	c.SetUserContext(seclog.With(c.UserContext(), recorder))
	if err := c.Next(); err != nil {
		if err := k.fail(c, err); err != nil {
			return err
		}
	}
	k.writeEvents(c, recorder)
	return nil
}

// writeEvents writes the events of a request. The route is the pattern of its address: addresses have tokens in them.
func (k *Kit) writeEvents(c *fiber.Ctx, recorder *seclog.Recorder) {
	entries, actor := recorder.Take()
	for _, e := range entries {
		k.Security.LogAttrs(c.UserContext(), slog.LevelInfo, "security", slog.String("event", string(e.Event)),
			slog.String("account", string(e.Account)), slog.String("actor", string(actor.Account)), slog.String("party", string(actor.Party)), slog.String("client", k.clientAddress(c)),
			slog.String("method", c.Method()), slog.String("route", c.Route().Path), slog.Int("status", c.Response().StatusCode()),
			slog.String("trace", TraceOf(c)))
	}
}

// recorderOf returns the recorder of a request; nil before SecurityLog.
func recorderOf(c *fiber.Ctx) *seclog.Recorder {
	recorder, _ := c.Locals(recorderKey).(*seclog.Recorder)
	return recorder
}

// noteActor records who makes a request.
func noteActor(c *fiber.Ctx, actor access.Principal) {
	if recorder := recorderOf(c); recorder != nil {
		recorder.SetActor(actor.Account, actor.Customer)
	}
}

// noteFault records the event of a fault, if it is one.
func noteFault(c *fiber.Ctx, code fault.Code) {
	recorder := recorderOf(c)
	event, ok := seclog.OfFault(code)
	if recorder == nil || !ok {
		return
	}
	if code == fault.WrongCredentials && c.Path() == site.Login {
		event = seclog.SignInFailed
	}
	recorder.Add(event, "")
}
