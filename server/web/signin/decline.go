package signin

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// decline withdraws the link of an email: "this was not me". The page that it is on is shown with and without a
// session, so the form has the token of either.
func (h *Handlers) decline(c *fiber.Ctx) error {
	v, err := h.RequireAnyForm(c)
	if err != nil {
		return h.RestartLogin(c, err)
	}
	_, err = h.Registrar.DeclineLink(c.UserContext(), h.Link(c))
	if err != nil && fault.CodeOf(err) != fault.LinkSpent {
		return err
	}
	h.ClearLink(c) // a link that is spent is as good as withdrawn
	return h.SendDone(c, v, kit.Done{Title: v.T("declined.title"), Text: v.T("declined.text"), Notes: []string{v.T("declined.help", "phones", v.ServicePhones())}, Href: site.Login, Go: v.T("login.go")})
}
