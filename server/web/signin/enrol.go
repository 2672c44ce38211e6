package signin

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access/factor"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// Addresses between password and session, beside the code's.
const (
	enrolPath    = "/login/enrol"
	recoveryPath = "/login/recovery"
)

func (h *Handlers) mountEnrol(app *fiber.App) {
	app.Get(enrolPath, h.enrolPage)
	app.Post(enrolPath, h.enrol)
	app.Get(recoveryPath, h.recoveryPage)
	app.Post(recoveryPath, h.recover)
}

// enrolView is the content of the page that shows the secret for an authenticator app.
type enrolView struct {
	kit.FormPage
	Secret  string
	Picture template.URL // the secret as a QR code
	App     template.URL // opens an app on this device with the secret
}

// enrolPage shows the secret for an authenticator app to a person who has no factor yet, S2.20.
func (h *Handlers) enrolPage(c *fiber.Ctx) error {
	h.SavePreferences(c)
	return h.sendEnrol(c, nil)
}

// sendEnrol renders the secret and the form for the code that confirms it, with what is wrong with the code.
func (h *Handlers) sendEnrol(c *fiber.Ctx, wrong error) error {
	offered, err := h.Factors.StartTOTPSetupAtLogin(c.UserContext(), h.pendingLogin(c))
	if err != nil {
		return h.RestartLogin(c, err)
	}
	v, err := newEnrolView(h.VisitorPage(c), enrolPath, offered)
	if err != nil {
		return err
	}
	return h.sendEnrolView(c, v, wrong)
}

func newEnrolView(p *kit.Page, action string, offered factor.TOTPSetup) (*enrolView, error) {
	picture, err := drawQR(offered.URL)
	if err != nil {
		return nil, err
	}
	v := &enrolView{FormPage: kit.FormPage{Page: *p}, Secret: offered.Secret, Picture: picture, App: template.URL(offered.URL)} //nolint:gosec // the server has made the link
	v.Title = v.T("enrol.title")
	v.Form = &kit.Form{Action: action, Submit: v.T("enrol.submit"), Fields: []kit.Field{kit.CodeField(p)}}
	return v, nil
}

func (h *Handlers) sendEnrolView(c *fiber.Ctx, v *enrolView, wrong error) error {
	if wrong == nil {
		return h.Send(c, fiber.StatusOK, "enrol", v)
	}
	known, status := h.Explain(c, wrong)
	v.Form.Fields[0].Error = v.Fault(&known)
	v.AddFailure("code", v.Fault(&known))
	return h.Send(c, status, "enrol", v)
}

func (h *Handlers) enrol(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	token, codes, err := h.Factors.FinishTOTPSetupAtLogin(c.UserContext(), h.Visitor(c), h.pendingLogin(c), c.FormValue("code"))
	if err != nil && fault.CodeOf(err) == fault.CodeWrong {
		return h.sendEnrol(c, err)
	}
	if err != nil {
		return h.endPendingLogin(c, err)
	}
	if err := h.begin(c, token, false); err != nil {
		return err
	}
	return h.sendCodes(c, h.NewPage(c), codes, kit.SafeNext(c.FormValue("next")))
}

// codesView is the content of the page with new recovery codes.
type codesView struct {
	kit.Page
	Codes []string
}

// sendCodes shows new recovery codes, which are never shown again.
func (h *Handlers) sendCodes(c *fiber.Ctx, p *kit.Page, codes []string, next string) error {
	v := &codesView{Page: *p, Codes: codes}
	v.Self = "" // a choice of language would lose the codes
	v.Title, v.Next = v.T("recovery.codes.title"), next
	return h.Send(c, fiber.StatusOK, "codes", v)
}

func (h *Handlers) recoveryPage(c *fiber.Ctx) error {
	if h.pendingLogin(c) == "" {
		return c.Redirect(site.Login, fiber.StatusSeeOther)
	}
	h.SavePreferences(c)
	v := h.VisitorPage(c)
	return h.SendForm(c, v, recoveryForm(v))
}

func recoveryForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("recovery.title"), Lead: v.T("recovery.lead"), Action: recoveryPath, Submit: v.T("login.code.submit"),
		Fields: []kit.Field{{Name: "code", Label: v.T("recovery.code"), Complete: "off"}}, Links: []kit.Link{{Href: codePath, Text: v.T("login.back")}},
	}
}

func (h *Handlers) recover(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	token, err := h.Factors.SignInWithRecoveryCode(c.UserContext(), h.Visitor(c), h.pendingLogin(c), c.FormValue("code"))
	if err != nil && fault.CodeOf(err) == fault.SignedOut {
		return h.endPendingLogin(c, err)
	}
	if err != nil {
		v := h.VisitorPage(c)
		return h.SendFormError(c, v, recoveryForm(v), err)
	}
	return h.finishLogin(c, token)
}
