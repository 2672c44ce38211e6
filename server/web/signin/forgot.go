package signin

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/site"
)

func forgotForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("forgot.title"), Lead: v.T("forgot.lead"), Action: forgotPath, Submit: v.T("forgot.submit"),
		Fields: []kit.Field{{Name: "name", Label: v.T("login.name.label"), Complete: "username"}},
		Links:  []kit.Link{{Href: site.Login, Text: v.T("login.back")}},
	}
}

// forgot sends a link by email, or a code by SMS to whoever signs in with a mobile number. The answer depends on the kind
// of the name only, not on whether it is an account's.
func (h *Handlers) forgot(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	v, pad := h.VisitorPage(c), h.PadDuration()
	token, err := h.Registrar.RequestPasswordReset(c.UserContext(), h.Visitor(c), c.FormValue("name"))
	pad()
	if err != nil {
		return h.SendFormError(c, v, forgotForm(v), err)
	}
	if token != "" {
		h.SetLink(c, string(token), access.ResetCodeMax)
		return c.Redirect(resetCodePath, fiber.StatusSeeOther)
	}
	return h.SendDone(c, v, kit.Done{
		Title: v.T("sent.title"), Text: v.T("forgot.sent", "minutes", int(access.ResetMax/time.Minute)),
		Notes: []string{v.T("sent.missing", "phones", v.ServicePhones())}, Href: site.Login, Go: v.T("login.go"),
	})
}

func resetCodeForm(v *kit.Page) *kit.Form {
	code := kit.CodeField(v)
	code.Hint = v.T("textcode.hint")
	return &kit.Form{
		Title: v.T("textcode.enter"), Lead: v.T("forgot.code.lead", "minutes", int(access.ResetCodeMax/time.Minute), "phones", v.ServicePhones()),
		Action: resetCodePath, Submit: v.T("forgot.code.submit"), Fields: []kit.Field{code},
		Links: []kit.Link{{Href: forgotPath, Text: v.T("textcode.again")}, {Href: site.Login, Text: v.T("login.back")}},
	}
}

// resetCodePage asks for the code that was sent by SMS. Without a request from this browser no code can be right.
func (h *Handlers) resetCodePage(c *fiber.Ctx) error {
	if h.Link(c) == "" {
		return c.Redirect(forgotPath, fiber.StatusSeeOther)
	}
	return h.ShowFlow(kit.Flow{Form: resetCodeForm})(c)
}

// resetCode leads on to the new password if the code is right.
func (h *Handlers) resetCode(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	v, pad := h.VisitorPage(c), h.PadDuration()
	token, err := h.Registrar.VerifyResetCode(c.UserContext(), h.Link(c), c.FormValue("code"))
	pad()
	if err != nil {
		return h.SendFormError(c, v, resetCodeForm(v), err)
	}
	h.SetLink(c, string(token), access.ResetMax)
	return c.Redirect(newPasswordPath, fiber.StatusSeeOther)
}
