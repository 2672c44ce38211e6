package signin

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/site"
)

// Addresses of the forms beside the sign-in form.
const (
	registerPath      = "/register"
	confirmPath       = "/register/confirm"
	forgotPath        = "/password/forgot"
	newPasswordPath   = "/password/new"
	firstPath         = "/first"
	firstEmailPath    = "/first/email"
	firstPasswordPath = "/first/password"
)

// mountPassword adds the forms before signing in: registering, signing in for the first time, and forgotten
// passwords.
func (h *Handlers) mountPassword(app *fiber.App) {
	for path, flow := range map[string]kit.Flow{
		registerPath:      {Form: registerForm, Submit: h.register},
		forgotPath:        {Form: forgotForm, Submit: h.forgot},
		firstEmailPath:    {Form: firstEmailForm, Submit: h.firstEmail},
		firstPasswordPath: {Form: firstPasswordForm, Submit: h.firstPassword},
	} {
		app.Get(path, h.ShowFlow(flow))
		app.Post(path, h.SubmitFlow(flow))
	}
	for path, flow := range map[string]kit.Flow{
		confirmPath:     {Form: confirmForm, Submit: h.confirm},
		newPasswordPath: {Form: newPasswordForm, Submit: h.newPassword},
	} {
		app.Get(path, h.ShowLinkedFlow(flow))
		app.Post(path, h.SubmitFlow(flow))
	}
	app.Get(firstPath, h.firstPage)
}

func registerForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("ways.register.title"), Lead: v.T("ways.register.lead"), Action: registerPath, Submit: v.T("ways.register.submit"),
		Fields: []kit.Field{
			{Name: "name", Label: v.T("ways.name"), Complete: "name", Max: 100},
			kit.EmailField(v),
			newPasswordField(v),
		},
		Links: []kit.Link{{Href: site.Login, Text: v.T("ways.to.login")}},
	}
}

func newPasswordField(v *kit.Page) kit.Field {
	return kit.Field{Name: "password", Label: v.T("ways.password.new"), Hint: v.T("ways.password.hint"), Type: "password", Complete: "new-password", Max: 512}
}

func numberField(v *kit.Page) kit.Field {
	return kit.Field{Name: "number", Label: v.T("ways.number"), Hint: v.T("ways.number.hint"), Mode: "numeric", Complete: "username", Max: 12}
}

// register answers the same for an address that has an account and one that has none.
func (h *Handlers) register(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	email := c.FormValue("email")
	err := h.Registrar.Register(c.UserContext(), h.Visitor(c), email, c.FormValue("name"), c.FormValue("password"), v.Lang())
	return kit.Done{
		Title: v.T("ways.sent.title"), Text: v.T("ways.register.sent", "email", email),
		Notes: []string{v.T("ways.sent.missing", "phones", v.ServicePhones())}, Href: site.Login, Go: v.T("ways.to.login"),
	}, err
}

func confirmForm(v *kit.Page) *kit.Form {
	return &kit.Form{Title: v.T("ways.confirm.title"), Lead: v.T("ways.confirm.lead"), Action: confirmPath, Submit: v.T("ways.confirm.submit"), Fields: []kit.Field{{Name: "link"}}}
}

func (h *Handlers) confirm(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.ConfirmRegistration(c.UserContext(), h.Link(c))
	if err == nil {
		h.ClearLink(c)
	}
	return kit.Done{Title: v.T("ways.confirmed.title"), Text: v.T("ways.confirmed.text"), Href: site.Login, Go: v.T("ways.to.login")}, err
}

func forgotForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("ways.forgot.title"), Lead: v.T("ways.forgot.lead"), Action: forgotPath, Submit: v.T("ways.forgot.submit"),
		Fields: []kit.Field{{Name: "name", Label: v.T("ways.login.name"), Complete: "username", Max: 254}},
		Links:  []kit.Link{{Href: site.Login, Text: v.T("login.back")}},
	}
}

func (h *Handlers) forgot(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.RequestPasswordReset(c.UserContext(), h.Visitor(c), c.FormValue("name"))
	return kit.Done{
		Title: v.T("ways.sent.title"), Text: v.T("ways.forgot.sent", "minutes", int(access.ResetMax/time.Minute)),
		Notes: []string{v.T("ways.sent.missing", "phones", v.ServicePhones())}, Href: site.Login, Go: v.T("ways.to.login"),
	}, err
}

func newPasswordForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("ways.password.title"), Lead: v.T("ways.password.lead"), Action: newPasswordPath, Submit: v.T("ways.password.submit"),
		Fields: []kit.Field{newPasswordField(v)}, Links: []kit.Link{{Href: forgotPath, Text: v.T("ways.forgot.again")}},
	}
}

func (h *Handlers) newPassword(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.ResetPassword(c.UserContext(), h.Link(c), c.FormValue("password"))
	if err == nil {
		h.ClearLink(c)
	}
	return kit.Done{Title: v.T("ways.password.done.title"), Text: v.T("ways.password.done.text"), Href: site.Login, Go: v.T("ways.to.login")}, err
}

// firstView is the content of the page for people who have never signed in.
type firstView struct {
	kit.Page
	Ways []kit.LeadLink
}

// firstPage leads people who have never signed in to the form that they need, S3.07.
func (h *Handlers) firstPage(c *fiber.Ctx) error {
	h.SavePreferences(c)
	v := &firstView{Page: *h.VisitorPage(c)}
	v.Title = v.T("ways.first.title")
	v.Ways = []kit.LeadLink{
		{Href: firstEmailPath, Title: v.T("ways.first.email.title"), Lead: v.T("ways.first.email.lead")},
		{Href: firstPasswordPath, Title: v.T("ways.first.password.title"), Lead: v.T("ways.first.password.lead")},
		{Href: registerPath, Title: v.T("ways.register.title"), Lead: v.T("ways.register.lead")},
	}
	return h.Send(c, fiber.StatusOK, "first", v)
}

func firstEmailForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("ways.first.email.title"), Lead: v.T("ways.first.email.lead"), Action: firstEmailPath, Submit: v.T("ways.first.email.submit"),
		Fields: []kit.Field{
			numberField(v),
			{Name: "personal", Label: v.T("ways.personal"), Hint: v.T("ways.personal.hint"), Mode: "numeric", Complete: "off", Max: 16},
			kit.EmailField(v),
		},
		Links: []kit.Link{{Href: firstPasswordPath, Text: v.T("ways.first.password.title")}, {Href: site.Login, Text: v.T("login.back")}},
	}
}

func (h *Handlers) firstEmail(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.SetFirstEmail(c.UserContext(), h.Visitor(c), c.FormValue("number"), c.FormValue("personal"), c.FormValue("email"))
	return kit.Done{
		Title: v.T("ways.sent.title"), Text: v.T("ways.first.email.sent"), Notes: []string{v.T("ways.first.taken", "phones", v.ServicePhones())},
		Href: firstPasswordPath, Go: v.T("ways.first.password.title"),
	}, err
}

func firstPasswordForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("ways.first.password.title"), Lead: v.T("ways.first.password.lead"), Action: firstPasswordPath, Submit: v.T("ways.first.password.submit"),
		Fields: []kit.Field{numberField(v)}, Links: []kit.Link{{Href: firstEmailPath, Text: v.T("ways.first.email.title")}, {Href: site.Login, Text: v.T("login.back")}},
	}
}

func (h *Handlers) firstPassword(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.RequestFirstPassword(c.UserContext(), h.Visitor(c), c.FormValue("number"))
	return kit.Done{
		Title: v.T("ways.sent.title"), Text: v.T("ways.first.password.sent"), Notes: []string{v.T("ways.sent.missing", "phones", v.ServicePhones())},
		Href: site.Login, Go: v.T("ways.to.login"),
	}, err
}
