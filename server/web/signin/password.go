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
	confirmFirstPath  = "/first/email/confirm"
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
		confirmPath:      {Form: confirmForm, Submit: h.confirm},
		newPasswordPath:  {Form: newPasswordForm, Submit: h.newPassword},
		confirmFirstPath: {Form: confirmFirstForm, Submit: h.confirmFirst},
	} {
		app.Get(path, h.ShowLinkedFlow(flow))
		app.Post(path, h.SubmitFlow(flow))
	}
	app.Get(firstPath, h.firstPage)
	app.Post(kit.DeclinePath, h.decline)
}

func registerForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("register.title"), Lead: v.T("register.lead"), Action: registerPath, Submit: v.T("register.submit"),
		Fields: []kit.Field{
			kit.EmailField(v),
		},
		Links: []kit.Link{{Href: site.Login, Text: v.T("login.go")}},
	}
}

func newPasswordField(v *kit.Page) kit.Field {
	return kit.Field{Name: "password", Label: v.T("password.new"), Hint: v.T("password.hint"), Type: "password", Complete: "new-password"}
}

func numberField(v *kit.Page) kit.Field {
	return kit.Field{Name: "number", Label: v.T("customer.number.label"), Hint: v.T("customer.number.hint"), Mode: "numeric", Complete: "username"}
}

// register answers the same for an address that has an account and one that has none.
func (h *Handlers) register(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	email := c.FormValue("email")
	err := h.Registrar.Register(c.UserContext(), h.Visitor(c), email, v.Lang())
	return kit.Done{
		Title: v.T("sent.title"), Text: v.T("register.sent", "email", email),
		Notes: []string{v.T("sent.missing", "phones", v.ServicePhones())}, Href: site.Login, Go: v.T("login.go"),
	}, err
}

// confirmForm asks for what a new account has beside the address, once the mailbox is proven by the link.
func confirmForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("register.confirm.title"), Lead: v.T("register.confirm.lead"), Action: confirmPath, Submit: v.T("register.confirm.submit"),
		Fields:  []kit.Field{{Name: "link"}, {Name: "name", Label: v.T("register.name"), Complete: "name"}, newPasswordField(v)},
		Decline: v.T("decline.submit"),
	}
}

func (h *Handlers) confirm(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.CompleteRegistration(c.UserContext(), h.Link(c), access.NewPerson{
		Name: c.FormValue("name"), Password: c.FormValue("password"), Language: v.Lang(),
	})
	if err == nil {
		h.ClearLink(c)
	}
	return kit.Done{Title: v.T("register.confirmed.title"), Text: v.T("register.confirmed.text"), Href: site.Login, Go: v.T("login.go")}, err
}

func forgotForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("forgot.title"), Lead: v.T("forgot.lead"), Action: forgotPath, Submit: v.T("forgot.submit"),
		Fields: []kit.Field{{Name: "name", Label: v.T("login.name.label"), Complete: "username"}},
		Links:  []kit.Link{{Href: site.Login, Text: v.T("login.back")}},
	}
}

func (h *Handlers) forgot(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.RequestPasswordReset(c.UserContext(), h.Visitor(c), c.FormValue("name"))
	return kit.Done{
		Title: v.T("sent.title"), Text: v.T("forgot.sent", "minutes", int(access.ResetMax/time.Minute)),
		Notes: []string{v.T("sent.missing", "phones", v.ServicePhones())}, Href: site.Login, Go: v.T("login.go"),
	}, err
}

func newPasswordForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("password.title"), Lead: v.T("password.lead"), Action: newPasswordPath, Submit: v.T("password.submit"),
		Fields: []kit.Field{newPasswordField(v)}, Links: []kit.Link{{Href: forgotPath, Text: v.T("forgot.again")}}, Decline: v.T("decline.submit"),
	}
}

func (h *Handlers) newPassword(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.ResetPassword(c.UserContext(), h.Link(c), c.FormValue("password"))
	if err == nil {
		h.ClearLink(c)
	}
	return kit.Done{Title: v.T("password.done.title"), Text: v.T("password.done.text"), Href: site.Login, Go: v.T("login.go")}, err
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
	v.Title = v.T("first.title")
	v.Ways = []kit.LeadLink{
		{Href: firstEmailPath, Title: v.T("first.email.title"), Lead: v.T("first.email.lead")},
		{Href: firstPasswordPath, Title: v.T("first.password.title"), Lead: v.T("first.password.lead")},
		{Href: registerPath, Title: v.T("register.title"), Lead: v.T("register.lead")},
	}
	return h.Send(c, fiber.StatusOK, "first", v)
}

func firstEmailForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("first.email.title"), Lead: v.T("first.email.lead"), Action: firstEmailPath, Submit: v.T("first.email.submit"),
		Fields: []kit.Field{
			numberField(v),
			{Name: "personal", Label: v.T("personal.number.label"), Hint: v.T("personal.number.hint"), Mode: "numeric", Complete: "off"},
			kit.EmailField(v),
		},
		Links: []kit.Link{{Href: firstPasswordPath, Text: v.T("first.password.title")}, {Href: site.Login, Text: v.T("login.back")}},
	}
}

func (h *Handlers) firstEmail(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.RequestFirstEmail(c.UserContext(), h.Visitor(c), c.FormValue("number"), c.FormValue("personal"), c.FormValue("email"))
	return kit.Done{
		Title: v.T("sent.title"), Text: v.T("first.email.sent"), Notes: []string{v.T("first.taken", "phones", v.ServicePhones())},
		Href: site.Login, Go: v.T("login.go"),
	}, err
}

func confirmFirstForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("first.confirm.title"), Lead: v.T("first.confirm.lead"), Action: confirmFirstPath, Submit: v.T("email.confirm.submit"),
		Fields: []kit.Field{{Name: "link"}}, Decline: v.T("decline.submit"),
	}
}

// confirmFirst registers the address of a customer number, once its mailbox is proven.
func (h *Handlers) confirmFirst(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.ConfirmFirstEmail(c.UserContext(), h.Link(c))
	if err == nil {
		h.ClearLink(c)
	}
	return kit.Done{Title: v.T("first.confirmed.title"), Text: v.T("first.confirmed.text"), Href: firstPasswordPath, Go: v.T("first.password.title")}, err
}

func firstPasswordForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("first.password.title"), Lead: v.T("first.password.lead"), Action: firstPasswordPath, Submit: v.T("first.password.submit"),
		Fields: []kit.Field{numberField(v)}, Links: []kit.Link{{Href: firstEmailPath, Text: v.T("first.email.title")}, {Href: site.Login, Text: v.T("login.back")}},
	}
}

func (h *Handlers) firstPassword(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Registrar.RequestFirstPassword(c.UserContext(), h.Visitor(c), c.FormValue("number"))
	return kit.Done{
		Title: v.T("sent.title"), Text: v.T("first.password.sent"), Notes: []string{v.T("sent.missing", "phones", v.ServicePhones())},
		Href: site.Login, Go: v.T("login.go"),
	}, err
}
