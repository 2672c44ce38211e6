package signin

import (
	"encoding/base64"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/site"
)

// Addresses of what a person signs in with. They are plain forms, so that a person can close a way in even if
// the program does not start.
const (
	appPath           = "/security/app"
	codesPath         = "/security/codes"
	passwordPath      = "/security/password"
	removePasskeyPath = "/security/passkey/remove"
)

func (h *Handlers) mountSecurity(app *fiber.App) {
	app.Get(site.Security, h.SignedIn(h.securityPage))
	app.Get(appPath, h.SignedIn(h.appPage, appPath))
	app.Post(appPath, h.SignedIn(h.confirmApp, appPath))
	app.Post(codesPath, h.SignedIn(h.newCodes))
	app.Get("/.well-known/change-password", func(c *fiber.Ctx) error { return c.Redirect(passwordPath, fiber.StatusFound) })
	app.Get(passwordPath, h.SignedIn(h.passwordPage, passwordPath))
	app.Post(passwordPath, h.SignedIn(h.changePassword, passwordPath))
	app.Post(removePasskeyPath, h.SignedIn(h.removePasskey))
}

// securityView is the content of the security settings.
type securityView struct {
	kit.Page
	factor.List
	Low     bool // few recovery codes are left
	Keys    []passkeyLine
	Lost    *lostClaim
	EIDs    []tab
	Passkey string // address of the passkey script's endpoint
	Fresh   bool   // a factor was confirmed recently
}

type passkeyLine struct{ ID, Name, Added, Used string }

func (h *Handlers) securityPage(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	return h.sendSecurity(c, actor, v, fiber.StatusOK)
}

func (h *Handlers) sendSecurity(c *fiber.Ctx, actor access.Principal, p *kit.Page, status int) error {
	keyring, err := h.Factors.Factors(c.UserContext(), actor)
	if err != nil {
		return err
	}
	v := &securityView{
		Page: *p, List: keyring, Low: keyring.RecoveryCodes <= factor.RecoveryLow, Passkey: addPasskeyPath, Fresh: h.Access.RequireStepUp(actor) == nil,
	}
	v.Title = v.T("security.title")
	for _, k := range keyring.Passkeys {
		line := passkeyLine{ID: base64.RawURLEncoding.EncodeToString(k.ID), Name: k.Name, Added: v.Day(oslo.DayOf(k.Added))}
		if !k.Used.IsZero() {
			line.Used = v.Instant(k.Used)
		}
		v.Keys = append(v.Keys, line)
	}
	lost, err := h.Factors.LostFactorClaim(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if lost != nil {
		v.Lost = &lostClaim{Day: v.Day(oslo.DayOf(lost.Opens)), At: v.Clock(lost.Opens)}
	}
	if v.EIDs, err = h.connectTabs(c, actor, p); err != nil {
		return err
	}
	return h.Send(c, status, "security", v)
}

func (h *Handlers) appPage(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	return h.sendApp(c, actor, v, nil)
}

// sendApp renders the secret of another authenticator app, with what is wrong with the code.
func (h *Handlers) sendApp(c *fiber.Ctx, actor access.Principal, p *kit.Page, wrong error) error {
	offered, err := h.Factors.StartTOTPSetup(c.UserContext(), actor)
	if err != nil {
		return err
	}
	v, err := newEnrolView(p, appPath, offered)
	if err != nil {
		return err
	}
	v.Form.Links = []kit.Link{{Href: site.Security, Text: v.T("login.back")}}
	return h.sendEnrolView(c, v, wrong)
}

func (h *Handlers) confirmApp(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	codes, err := h.Factors.FinishTOTPSetup(c.UserContext(), actor, c.FormValue("code"))
	switch {
	case err != nil && fault.CodeOf(err) == fault.CodeWrong:
		return h.sendApp(c, actor, v, err)
	case err != nil:
		return err
	case codes != nil:
		return h.sendCodes(c, v, codes, site.Security)
	}
	return c.Redirect(site.Security, fiber.StatusSeeOther)
}

func (h *Handlers) newCodes(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	codes, err := h.Factors.ReplaceRecoveryCodes(c.UserContext(), actor)
	if err != nil {
		return err
	}
	return h.sendCodes(c, v, codes, site.Security)
}

func passwordForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("password.title"), Lead: v.T("password.change.lead"), Action: passwordPath, Submit: v.T("password.submit"),
		Fields: []kit.Field{newPasswordField(v)}, Links: []kit.Link{{Href: site.Security, Text: v.T("login.back")}},
	}
}

func (h *Handlers) passwordPage(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	if err := h.Access.RequireStepUp(actor); err != nil {
		return err
	}
	return h.SendForm(c, v, passwordForm(v))
}

func (h *Handlers) changePassword(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	err := h.Registrar.ChangePassword(c.UserContext(), actor, c.FormValue("password"))
	if err != nil && fault.CodeOf(err) == fault.StepUp {
		return err
	}
	if err != nil {
		return h.SendFormError(c, v, passwordForm(v), err)
	}
	return h.SendDone(c, v, kit.Done{Title: v.T("password.done.title"), Text: v.T("password.change.done"), Href: site.Security, Go: v.T("security.title")})
}

func (h *Handlers) removePasskey(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	id, err := base64.RawURLEncoding.DecodeString(c.FormValue("id"))
	if err != nil {
		return fault.New(fault.NotFound)
	}
	err = h.Factors.RemovePasskey(c.UserContext(), actor, id)
	if err != nil && fault.CodeOf(err) == fault.LastFactor {
		known, status := h.Explain(c, err)
		v.AddFailure("passkeys", v.Fault(&known))
		return h.sendSecurity(c, actor, v, status)
	}
	if err != nil {
		return err
	}
	return c.Redirect(site.Security, fiber.StatusSeeOther)
}
