package portal

import (
	"context"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/notice"
	"bompass/server/privacy"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/site"
)

// Messages finds messages that were sent.
type Messages interface {
	MessageByNumber(ctx context.Context, number string) (sent notice.Sent, found bool, err error)
}

// messageView is the content of the page that says whether a message is from us.
type messageView struct {
	kit.FormPage
	Number string       // that was asked for, as it stands in messages; empty before
	Sent   *notice.Sent // nil if there is none of that number
	When   string
	Days   int // for how long messages can be found
}

// Channel returns the channel of the message in words.
func (v *messageView) Channel() string { return v.T("message.channel." + string(v.Sent.Channel)) }

func messageForm(p *kit.Page) *kit.Form {
	return &kit.Form{
		Title: p.T("app.message"), Submit: p.T("message.submit"),
		Fields: []kit.Field{{Name: "message", Label: p.T("message.number"), Hint: p.T("message.number.hint"), Complete: "off"}},
	}
}

// message says whether a message is from us, by the number that stands in it. It is asked for with a GET, so that it
// changes nothing and can be repeated; a number cannot be guessed.
func (h *Handlers) message(c *fiber.Ctx) error {
	p, err := h.PublicPage(c)
	if err != nil {
		return err
	}
	v := &messageView{FormPage: kit.FormPage{Page: *p, Form: messageForm(p)}, Days: int(privacy.MessageRetention / (24 * time.Hour))}
	v.Title = v.Form.Title
	if !c.Context().QueryArgs().Has("message") {
		return h.Send(c, fiber.StatusOK, "message", v)
	}
	typed := c.Query("message")
	v.Self = site.With(site.Message, url.Values{"message": {typed}})
	number, problem := ident.MessageNumber(typed)
	switch problem {
	case ident.None:
	case ident.Missing:
		return h.SendFormErrorOn(c, v, messageForm(p), "message", fault.New(fault.FieldMissing).At("message"))
	default:
		return h.SendFormErrorOn(c, v, messageForm(p), "message", fault.New(fault.FieldWrong).At("message"))
	}
	if err := h.Access.ThrottleVisit(c.UserContext(), h.Visitor(c), "message"); err != nil {
		return h.SendFormErrorOn(c, v, messageForm(p), "message", err)
	}
	sent, found, err := h.Messages.MessageByNumber(c.UserContext(), number)
	if err != nil {
		return err
	}
	v.Number = ident.FormatMessageNumber(number)
	v.Form.Fields[0].Value = v.Number
	if v.Title = v.T("message.unknown.title"); found {
		v.Title, v.Sent, v.When = v.T("message.ours.title"), &sent, v.Instant(sent.At)
	}
	return h.Send(c, fiber.StatusOK, "message", v)
}
