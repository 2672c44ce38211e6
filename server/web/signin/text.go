package signin

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// Addresses of codes by text message, at sign-in and in the security settings.
const (
	textPath       = "/login/text"
	textCodePath   = "/login/text/code"
	addTextPath    = "/security/text"
	takeTextPath   = "/security/text/code"
	removeTextPath = "/security/text/remove"
)

func (h *Handlers) mountText(app *fiber.App) {
	app.Get(textPath, h.textPage)
	app.Post(textPath, h.sendText)
	app.Post(textCodePath, h.textSubmit)
	app.Post(addTextPath, h.SignedIn(h.offerText))
	app.Get(addTextPath, h.SignedIn(h.takeTextPage))
	app.Post(takeTextPath, h.SignedIn(h.takeText))
	app.Post(removeTextPath, h.SignedIn(h.removeText))
}

// textView is the content of the page that asks for a code by text message.
type textView struct {
	kit.FormPage
	Resend string // address at which another code is requested
}

func newTextView(p *kit.Page, action, back, submit, resend string) *textView {
	code := kit.CodeField(p)
	code.Hint = p.T("textcode.hint")
	v := &textView{FormPage: kit.FormPage{Page: *p}, Resend: resend}
	v.Form = &kit.Form{
		Title: v.T("textcode.enter"), Lead: v.T("textcode.lead"), Action: action, Submit: submit, Fields: []kit.Field{code},
		Links: []kit.Link{{Href: back, Text: v.T("login.back")}},
	}
	v.Title = v.Form.Title
	return v
}

// newTextLoginView returns the page for a pending login. It returns nil if no code can be sent.
func (h *Handlers) newTextLoginView(c *fiber.Ctx) (*textView, error) {
	v, _, err := h.newCodeView(c)
	if err != nil || v.Texted == "" {
		return nil, err
	}
	return newTextView(&v.Page, textCodePath, codePath, v.T("login.code.submit"), textPath), nil
}

// sendText sends a code to the telephone and shows where it is entered.
func (h *Handlers) sendText(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	err := h.Factors.SendTextCode(c.UserContext(), h.Visitor(c), h.pendingLogin(c))
	switch code := fault.CodeOf(err); {
	case err == nil:
		return c.Redirect(kit.WithNext(textPath, c.FormValue("next")), fiber.StatusSeeOther)
	case code == fault.SignedOut:
		return h.endPendingLogin(c, err)
	case code == fault.TooMany, code == fault.TooManyToday: // a code may have been sent already
		return h.sendTextLoginError(c, err)
	}
	return err
}

func (h *Handlers) textPage(c *fiber.Ctx) error {
	h.SavePreferences(c)
	v, err := h.newTextLoginView(c)
	if err != nil {
		return h.RestartLogin(c, err)
	}
	if v == nil {
		return c.Redirect(kit.WithNext(codePath, c.Query("next")), fiber.StatusSeeOther)
	}
	return h.Send(c, fiber.StatusOK, "text", v)
}

func (h *Handlers) textSubmit(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	token, err := h.Factors.SignInWithTextCode(c.UserContext(), h.Visitor(c), h.pendingLogin(c), c.FormValue("code"))
	if err != nil && fault.CodeOf(err) == fault.SignedOut {
		return h.endPendingLogin(c, err)
	}
	if err != nil {
		return h.sendTextLoginError(c, err)
	}
	return h.finishLogin(c, token)
}

// sendTextLoginError renders the page of a pending login again with what is wrong.
func (h *Handlers) sendTextLoginError(c *fiber.Ctx, err error) error {
	v, viewErr := h.newTextLoginView(c)
	if viewErr != nil {
		return h.endPendingLogin(c, viewErr)
	}
	if v == nil {
		return err
	}
	return h.sendTextError(c, v, err)
}

// sendTextError renders the form again with what is wrong.
func (h *Handlers) sendTextError(c *fiber.Ctx, v *textView, err error) error {
	known, status := h.Explain(c, err)
	if known.Code == fault.Internal || known.Code == fault.Busy || known.Code == fault.Refused {
		return err
	}
	kit.SetRetryAfter(c, known)
	v.Form.Fields[0].Error = v.Fault(&known)
	v.AddFailure("code", v.Fault(&known))
	return h.Send(c, status, "text", v)
}

// newTakeTextView returns the page on which a signed-in person confirms that codes may be sent to the number.
func newTakeTextView(p *kit.Page) *textView {
	return newTextView(p, takeTextPath, site.Security, p.T("textcode.activate"), addTextPath)
}

// offerText sends a code to the account's confirmed number.
func (h *Handlers) offerText(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	_, err := h.Factors.StartTextFactor(c.UserContext(), actor)
	switch code := fault.CodeOf(err); {
	case err == nil:
		return c.Redirect(addTextPath, fiber.StatusSeeOther)
	case code == fault.FieldMissing:
		return c.Redirect(site.Profile, fiber.StatusSeeOther)
	case code == fault.TooMany:
		return h.sendTextError(c, newTakeTextView(v), err)
	}
	return err
}

func (h *Handlers) takeTextPage(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	if err := h.Access.RequireStepUp(actor); err != nil {
		return err
	}
	return h.Send(c, fiber.StatusOK, "text", newTakeTextView(v))
}

func (h *Handlers) takeText(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	err := h.Factors.FinishTextFactor(c.UserContext(), actor, c.FormValue("code"))
	if err != nil && fault.CodeOf(err) == fault.CodeWrong {
		return h.sendTextError(c, newTakeTextView(v), err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(site.Security, fiber.StatusSeeOther)
}

func (h *Handlers) removeText(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	if err := h.Factors.RemoveTextFactor(c.UserContext(), actor); err != nil {
		return err
	}
	return c.Redirect(site.Security, fiber.StatusSeeOther)
}
