package signin

import (
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
	resetCodePath     = "/password/code"
	newPasswordPath   = "/password/new"
	firstPath         = "/first"
	troublePath       = "/login/trouble"
	firstEmailPath    = "/first/email"
	confirmFirstPath  = "/first/email/confirm"
	firstPasswordPath = "/first/password"
)

// mountPassword adds the forms before signing in: registering, signing in for the first time, and forgotten
// passwords.
func (h *Handlers) mountPassword(app *fiber.App) {
	for path, flow := range map[string]kit.Flow{
		registerPath:      {Form: registerForm, Submit: h.register},
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
	app.Get(forgotPath, h.ShowFlow(kit.Flow{Form: forgotForm}))
	app.Post(forgotPath, h.forgot)
	app.Get(resetCodePath, h.resetCodePage)
	app.Post(resetCodePath, h.resetCode)
	app.Get(firstPath, h.firstPage)
	app.Get(troublePath, h.troublePage)
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

// waysView is the content of a page that leads on by a question.
type waysView struct {
	kit.Page
	Lead string
	Ways []kit.LeadLink
}

// newWays returns the page of a question. The texts of each answer are in the catalogue under the question and its name.
func (h *Handlers) newWays(c *fiber.Ctx, question string, answers []wayOn) *waysView {
	h.SavePreferences(c)
	v := &waysView{Page: *h.VisitorPage(c)}
	v.Title, v.Lead = v.T(question+".title"), v.T(question+".lead")
	for _, a := range answers {
		key := question + "." + a.name
		v.Ways = append(v.Ways, kit.LeadLink{Href: a.href, Title: v.T(key), Lead: v.T(key + ".lead")})
	}
	return v
}

// wayOn is an answer to a question, and the page that it leads to.
type wayOn struct{ name, href string }

// firstPage leads people who have never signed in to the form that they need, S3.07.
func (h *Handlers) firstPage(c *fiber.Ctx) error {
	answers := []wayOn{{"password", firstPasswordPath}, {"email", firstEmailPath}, {"register", registerPath}}
	if h.EID != nil && h.hasProvider("no") {
		answers = append([]wayOn{{"eid", eidAddress("no")}}, answers...)
	}
	return h.Send(c, fiber.StatusOK, "first", h.newWays(c, "first", answers))
}

// troublePage leads people who cannot sign in to what helps them.
func (h *Handlers) troublePage(c *fiber.Ctx) error {
	return h.Send(c, fiber.StatusOK, "first", h.newWays(c, "trouble", []wayOn{
		{"password", forgotPath}, {"code", site.Login}, {"new", firstPath}, {"help", site.LoginHelp},
	}))
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
