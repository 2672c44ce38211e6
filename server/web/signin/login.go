package signin

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
)

const codePath = "/login/code"

// loginView is the content of the sign-in page.
type loginView struct {
	kit.Page
	Email   string
	Passkey string // address of the passkey script's endpoint
	EID     eidView
	Locked  *lockedView // the session that is locked on this device; nil if there is none
}

// newLoginView returns the sign-in page, tied to the visitor's browser.
func (h *Handlers) newLoginView(c *fiber.Ctx) *loginView {
	v := &loginView{Page: *h.VisitorPage(c), Passkey: loginPasskeyPath}
	v.EID = h.newEIDView(c, &v.Page)
	return v
}

// loginPage asks for email and password. It needs neither scripts nor the program, which the browser fetches
// meanwhile.
func (h *Handlers) loginPage(c *fiber.Ctx) error {
	if _, err := h.Access.Peek(c.UserContext(), h.SessionToken(c)); err == nil {
		return c.Redirect(kit.SafeNext(c.Query("next")), fiber.StatusSeeOther)
	} else if fault.CodeOf(err) != fault.SignedOut {
		return err
	}
	h.SavePreferences(c)
	v := h.newLoginView(c)
	var err error
	if v.Locked, err = h.newLockedView(c, &v.Page); err != nil {
		return err
	}
	switch c.Query("why") {
	case site.WhyExpired:
		v.Notice = v.T("login.expired")
	case site.WhyCookies:
		v.Notice = v.T("login.cookies")
	case site.WhySignedOut:
		v.Notice = v.T("login.signed.out")
	default:
		v.Notice = eidNotice(&v.Page, c.Query("why"))
	}
	return h.Send(c, fiber.StatusOK, "login", v)
}

func (h *Handlers) loginSubmit(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	email := c.FormValue("email")
	token, err := h.Access.VerifyPassword(c.UserContext(), h.Visitor(c), email, c.FormValue("password"))
	if err != nil {
		v := h.newLoginView(c)
		v.Email = email
		return h.sendLoginError(c, "login", v, err)
	}
	h.SetCookie(c, kit.PendingLoginCookie, string(token), access.PendingLoginMax)
	return c.Redirect(kit.WithNext(codePath, c.FormValue("next")), fiber.StatusSeeOther)
}

// codeView is the content of the page that asks for a code.
type codeView struct {
	kit.Page
	Passkey  string // address of the passkey script's endpoint; empty if the account has no passkey
	Recovery bool   // recovery codes are left
	Texted   string // the telephone that a code can be sent to, masked
}

// codePage asks for the code of the person's authenticator.
func (h *Handlers) codePage(c *fiber.Ctx) error {
	if h.pendingLogin(c) == "" {
		return c.Redirect(kit.WithNext(site.Login, c.Query("next")), fiber.StatusSeeOther)
	}
	h.SavePreferences(c)
	v, hasFactor, err := h.newCodeView(c)
	if err != nil {
		return h.RestartLogin(c, err)
	}
	if !hasFactor {
		return c.Redirect(kit.WithNext(enrolPath, c.Query("next")), fiber.StatusSeeOther)
	}
	return h.Send(c, fiber.StatusOK, "code", v)
}

func (h *Handlers) codeSubmit(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	token, err := h.Factors.VerifyCode(c.UserContext(), h.Visitor(c), h.pendingLogin(c), c.FormValue("code"))
	switch {
	case fault.CodeOf(err) == fault.SignedOut && err != nil:
		return h.endPendingLogin(c, err)
	case err != nil:
		v, _, viewErr := h.newCodeView(c)
		if viewErr != nil {
			return h.endPendingLogin(c, viewErr)
		}
		return h.sendLoginError(c, "code", v, err)
	}
	return h.finishLogin(c, token)
}

// newCodeView returns the page of the pending login, and whether the account has a factor. If it has none, the
// person has to add one first.
func (h *Handlers) newCodeView(c *fiber.Ctx) (v *codeView, hasFactor bool, err error) {
	waiting, err := h.Factors.LoginFactors(c.UserContext(), h.pendingLogin(c))
	if err != nil {
		return nil, false, err
	}
	v = &codeView{Page: *h.VisitorPage(c), Recovery: waiting.RecoveryCode, Texted: waiting.TextNumber}
	v.Title = v.T("login.code.title")
	if waiting.Passkey {
		v.Passkey = loginPasskeyPath
	}
	return v, !waiting.MustEnrol, nil
}

// pendingLogin returns the token of the login whose password was accepted and whose code is still missing.
func (h *Handlers) pendingLogin(c *fiber.Ctx) seal.Token {
	return seal.Token(h.Cookie(c, kit.PendingLoginCookie))
}

// endPendingLogin removes the pending login from the browser, which signs in from the start again.
func (h *Handlers) endPendingLogin(c *fiber.Ctx, err error) error {
	h.ClearCookie(c, kit.PendingLoginCookie)
	return h.RestartLogin(c, err)
}

// finishLogin starts the session and sends the person on.
func (h *Handlers) finishLogin(c *fiber.Ctx, token seal.Token) error {
	next := kit.SafeNext(c.FormValue("next"))
	if err := h.begin(c, token, false); err != nil {
		return err
	}
	return c.Redirect(next, fiber.StatusSeeOther)
}

// sendLoginError renders the form again with what is wrong. Only what a person can act on is shown; a wrong
// password, an unknown address and a wrong code read the same.
func (h *Handlers) sendLoginError(c *fiber.Ctx, page string, v kit.View, err error) error {
	f, status := h.Explain(c, err)
	p := v.Base()
	switch f.Code {
	case fault.WrongCredentials:
		p.AddFailure("email", p.T("login.failed"))
	case fault.TooMany:
		p.AddFailure("email", p.T("login.too.many", "seconds", f.Params["seconds"]))
		kit.SetRetryAfter(c, f)
	default:
		return err
	}
	return h.Send(c, status, page, v)
}
