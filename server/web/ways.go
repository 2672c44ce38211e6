package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/fault"
)

// Addresses of the ways in beside the sign-in form. All are plain forms.
const (
	registerPath      = "/register"
	confirmPath       = "/register/confirm"
	forgotPath        = "/password/forgot"
	newPasswordPath   = "/password/new"
	firstPath         = "/first"
	firstEmailPath    = "/first/email"
	firstPasswordPath = "/first/password"
	linkCookie        = "link" // what a letter's link carried, taken out of the address
)

// servicePhones are those a person can call when no letter arrives, S4.12.
const servicePhones = "72 54 09 00 / 72 54 09 10"

// mountWays are the flows before signing in: registering, first times and forgotten passwords.
func (s *server) mountWays() {
	for path, way := range map[string]way{
		registerPath:      {s.registerForm, s.register},
		forgotPath:        {s.forgotForm, s.forgot},
		firstEmailPath:    {s.firstEmailForm, s.firstEmail},
		firstPasswordPath: {s.firstPasswordForm, s.firstPassword},
	} {
		s.app.Get(path, func(c *fiber.Ctx) error {
			s.chooseLanguage(c)
			v := s.signInView(c)
			v.Form = way.form(v)
			return s.pages.send(c, fiber.StatusOK, "form", v)
		})
		s.app.Post(path, s.submitted(way))
	}
	for path, way := range map[string]way{confirmPath: {s.confirmForm, s.confirm}, newPasswordPath: {s.newPasswordForm, s.newPassword}} {
		s.app.Get(path, s.opened(way))
		s.app.Post(path, s.submitted(way))
	}
	s.app.Get(firstPath, s.firstPage)
}

// way is one flow: its form and what sending it does. Do answers with the page of how it ended.
type way struct {
	form func(v view) *form
	do   func(c *fiber.Ctx, v view) (done, error)
}

// evenStep is what the time of an answer is rounded up to where it could tell who has an account. It is
// longer than the work of any of the flows, ASVS V6.3.8.
const evenStep = 150 * time.Millisecond

// evenly begins to measure; what it returns waits until the time taken says nothing any more.
func (s *server) evenly() (wait func()) {
	started := s.Now()
	return func() {
		taken := s.Now().Sub(started)
		time.Sleep(evenStep - taken%evenStep)
	}
}

// done is how a flow ended: what happened and where to go on.
type done struct {
	Title, Text string
	Notes       []string
	Href, Go    string
}

// submitted answers a form: the page of how it ended, or the form again with what is wrong.
func (s *server) submitted(w way) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := s.ownForm(c); err != nil {
			return s.again(c, whyExpired, err)
		}
		v := s.signInView(c)
		even := s.evenly()
		end, err := w.do(c, v)
		even()
		if err != nil {
			return s.wrong(c, v, w.form(v), err)
		}
		return s.ended(c, v, end)
	}
}

func (s *server) ended(c *fiber.Ctx, v view, end done) error {
	v.Title, v.Done, v.Self = end.Title, &end, ""
	return s.pages.send(c, fiber.StatusOK, "done", v)
}

// wrong shows a form again with what is wrong, at the field that it concerns. Passwords are not
// repeated.
func (s *server) wrong(c *fiber.Ctx, v view, f *form, err error) error {
	return s.wrongOn(c, v, f, "form", err)
}

// wrongOn does so on a page that shows more than the form.
func (s *server) wrongOn(c *fiber.Ctx, v view, f *form, page string, err error) error {
	known, status := s.explain(c, err)
	if known.Code == fault.Internal || known.Code == fault.Busy || known.Code == fault.CrossSite {
		return err
	}
	v.Form, v.Failure = f, v.Fault(&known)
	v.FailureAt = f.Fields[0].Name
	for i := range f.Fields {
		field := &f.Fields[i]
		if field.Type != "password" {
			field.Value = c.FormValue(field.Name)
		}
		if field.Name == known.Field {
			field.Wrong, v.FailureAt = true, field.Name
		}
	}
	if known.Code == fault.TooMany {
		c.Set(fiber.HeaderRetryAfter, known.Params["seconds"])
	}
	return s.pages.send(c, status, page, v)
}

// opened shows the form behind a letter's link. What the link carries moves from the address into a
// cookie at once, so that no history, log or referrer has it, ASVS V14.2.1. Looking spends nothing:
// mail programs look, too.
func (s *server) opened(w way) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if token := c.Query("token"); token != "" {
			c.Set(fiber.HeaderReferrerPolicy, unreferred)
			s.keep(c, linkCookie, token, access.ResetMax)
			return c.Redirect(c.Path(), fiber.StatusSeeOther)
		}
		s.chooseLanguage(c)
		v := s.signInView(c)
		v.Form = w.form(v)
		return s.pages.send(c, fiber.StatusOK, "form", v)
	}
}

// unreferred is for answers whose address holds a secret and that hold no form: a browser that may tell
// nobody where it is says of its forms, too, that they come from nowhere.
const unreferred = "no-referrer"

func (s *server) link(c *fiber.Ctx) seal.Token { return seal.Token(s.cookie(c, linkCookie)) }

func (s *server) registerForm(v view) *form {
	return &form{
		Title: v.T("ways.register.title"), Lead: v.T("ways.register.lead"), Action: registerPath, Submit: v.T("ways.register.submit"),
		Fields: []field{
			{Name: "name", Label: v.T("ways.name"), Complete: "name", Max: 100},
			emailField(v),
			newPasswordField(v),
		},
		Links: []link{{loginPath, v.T("ways.to.login")}},
	}
}

func emailField(v view) field {
	return field{Name: "email", Label: v.T("login.email"), Type: "email", Complete: "email", Max: 254}
}

func newPasswordField(v view) field {
	return field{Name: "password", Label: v.T("ways.password.new"), Hint: v.T("ways.password.hint"), Type: "password", Complete: "new-password", Max: 512}
}

func numberField(v view) field {
	return field{Name: "number", Label: v.T("ways.number"), Hint: v.T("ways.number.hint"), Mode: "numeric", Complete: "username", Max: 12}
}

// register answers the same for an address that has an account and one that has none.
func (s *server) register(c *fiber.Ctx, v view) (done, error) {
	email := c.FormValue("email")
	err := s.Registrar.Register(c.UserContext(), s.visitor(c), email, c.FormValue("name"), c.FormValue("password"), v.Lang())
	return done{
		Title: v.T("ways.sent.title"), Text: v.T("ways.register.sent", "email", email),
		Notes: []string{v.T("ways.sent.missing", "phones", servicePhones)}, Href: loginPath, Go: v.T("ways.to.login"),
	}, err
}

func (s *server) confirmForm(v view) *form {
	return &form{Title: v.T("ways.confirm.title"), Lead: v.T("ways.confirm.lead"), Action: confirmPath, Submit: v.T("ways.confirm.submit"), Fields: []field{{Name: "link"}}}
}

func (s *server) confirm(c *fiber.Ctx, v view) (done, error) {
	err := s.Registrar.ConfirmRegistration(c.UserContext(), s.link(c))
	if err == nil {
		s.forget(c, linkCookie)
	}
	return done{Title: v.T("ways.confirmed.title"), Text: v.T("ways.confirmed.text"), Href: loginPath, Go: v.T("ways.to.login")}, err
}

func (s *server) forgotForm(v view) *form {
	return &form{
		Title: v.T("ways.forgot.title"), Lead: v.T("ways.forgot.lead"), Action: forgotPath, Submit: v.T("ways.forgot.submit"),
		Fields: []field{{Name: "name", Label: v.T("ways.login.name"), Complete: "username", Max: 254}},
		Links:  []link{{loginPath, v.T("login.back")}},
	}
}

func (s *server) forgot(c *fiber.Ctx, v view) (done, error) {
	err := s.Registrar.RequestPasswordReset(c.UserContext(), s.visitor(c), c.FormValue("name"))
	return done{
		Title: v.T("ways.sent.title"), Text: v.T("ways.forgot.sent", "minutes", int(access.ResetMax/time.Minute)),
		Notes: []string{v.T("ways.sent.missing", "phones", servicePhones)}, Href: loginPath, Go: v.T("ways.to.login"),
	}, err
}

func (s *server) newPasswordForm(v view) *form {
	return &form{
		Title: v.T("ways.password.title"), Lead: v.T("ways.password.lead"), Action: newPasswordPath, Submit: v.T("ways.password.submit"),
		Fields: []field{newPasswordField(v)}, Links: []link{{forgotPath, v.T("ways.forgot.again")}},
	}
}

func (s *server) newPassword(c *fiber.Ctx, v view) (done, error) {
	err := s.Registrar.ResetPassword(c.UserContext(), s.link(c), c.FormValue("password"))
	if err == nil {
		s.forget(c, linkCookie)
	}
	return done{Title: v.T("ways.password.done.title"), Text: v.T("ways.password.done.text"), Href: loginPath, Go: v.T("ways.to.login")}, err
}

// firstPage leads people who have never signed in to the form that they need, S3.07.
func (s *server) firstPage(c *fiber.Ctx) error {
	s.chooseLanguage(c)
	v := s.signInView(c)
	v.Title = v.T("ways.first.title")
	v.Ways = []wayLink{
		{firstEmailPath, v.T("ways.first.email.title"), v.T("ways.first.email.lead")},
		{firstPasswordPath, v.T("ways.first.password.title"), v.T("ways.first.password.lead")},
		{registerPath, v.T("ways.register.title"), v.T("ways.register.lead")},
	}
	return s.pages.send(c, fiber.StatusOK, "first", v)
}

func (s *server) firstEmailForm(v view) *form {
	return &form{
		Title: v.T("ways.first.email.title"), Lead: v.T("ways.first.email.lead"), Action: firstEmailPath, Submit: v.T("ways.first.email.submit"),
		Fields: []field{
			numberField(v),
			{Name: "personal", Label: v.T("ways.personal"), Hint: v.T("ways.personal.hint"), Mode: "numeric", Complete: "off", Max: 16},
			emailField(v),
		},
		Links: []link{{firstPasswordPath, v.T("ways.first.password.title")}, {loginPath, v.T("login.back")}},
	}
}

func (s *server) firstEmail(c *fiber.Ctx, v view) (done, error) {
	err := s.Registrar.SetFirstEmail(c.UserContext(), s.visitor(c), c.FormValue("number"), c.FormValue("personal"), c.FormValue("email"))
	return done{
		Title: v.T("ways.sent.title"), Text: v.T("ways.first.email.sent"), Notes: []string{v.T("ways.first.taken", "phones", servicePhones)},
		Href: firstPasswordPath, Go: v.T("ways.first.password.title"),
	}, err
}

func (s *server) firstPasswordForm(v view) *form {
	return &form{
		Title: v.T("ways.first.password.title"), Lead: v.T("ways.first.password.lead"), Action: firstPasswordPath, Submit: v.T("ways.first.password.submit"),
		Fields: []field{numberField(v)}, Links: []link{{firstEmailPath, v.T("ways.first.email.title")}, {loginPath, v.T("login.back")}},
	}
}

func (s *server) firstPassword(c *fiber.Ctx, v view) (done, error) {
	err := s.Registrar.RequestFirstPassword(c.UserContext(), s.visitor(c), c.FormValue("number"))
	return done{
		Title: v.T("ways.sent.title"), Text: v.T("ways.first.password.sent"), Notes: []string{v.T("ways.sent.missing", "phones", servicePhones)},
		Href: loginPath, Go: v.T("ways.to.login"),
	}, err
}
