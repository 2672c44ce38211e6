package web

import (
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/i18n"
)

const (
	loginPath = "/login"
	codePath  = "/login/code"
)

// Why a person was sent to the sign-in page.
const (
	whyExpired = "expired"
	whyOut     = "signed-out"
)

// loginPage asks for e-mail and password. It needs neither scripts nor the program, which the browser
// fetches meanwhile.
func (s *server) loginPage(c *fiber.Ctx) error {
	if _, err := s.Desk.Peek(c.UserContext(), s.session(c)); err == nil {
		return c.Redirect(safeNext(c.Query("next")), fiber.StatusSeeOther)
	} else if fault.CodeOf(err) != fault.SignedOut {
		return err
	}
	s.chooseLanguage(c)
	v := s.signInView(c)
	switch c.Query("why") {
	case whyExpired:
		v.Notice = v.T("login.expired")
	case whyOut:
		v.Notice = v.T("login.signed.out")
	default:
		v.Notice = eidWhy(v, c.Query("why"))
	}
	return s.pages.send(c, fiber.StatusOK, "login", v)
}

func (s *server) loginSubmit(c *fiber.Ctx) error {
	if err := s.ownForm(c); err != nil {
		return s.again(c, whyExpired, err)
	}
	email := c.FormValue("email")
	token, err := s.Desk.VerifyPassword(c.UserContext(), s.visitor(c), email, c.FormValue("password"))
	if err != nil {
		v := s.signInView(c)
		v.Email = email
		return s.refuse(c, "login", v, err)
	}
	s.keep(c, stepCookie, string(token), access.PendingLoginMax)
	return c.Redirect(withNext(codePath, c.FormValue("next")), fiber.StatusSeeOther)
}

// codePage asks for the code of the person's authenticator.
func (s *server) codePage(c *fiber.Ctx) error {
	if s.cookie(c, stepCookie) == "" {
		return c.Redirect(withNext(loginPath, c.Query("next")), fiber.StatusSeeOther)
	}
	s.chooseLanguage(c)
	v, err := s.codeView(c)
	if err != nil {
		return s.again(c, whyExpired, err)
	}
	if v.Form != nil {
		return c.Redirect(withNext(enrolPath, c.Query("next")), fiber.StatusSeeOther)
	}
	return s.pages.send(c, fiber.StatusOK, "code", v)
}

func (s *server) codeSubmit(c *fiber.Ctx) error {
	if err := s.ownForm(c); err != nil {
		return s.again(c, whyExpired, err)
	}
	token, err := s.Locksmith.VerifyCode(c.UserContext(), s.visitor(c), seal.Token(s.cookie(c, stepCookie)), c.FormValue("code"))
	switch {
	case fault.CodeOf(err) == fault.SignedOut && err != nil:
		s.forget(c, stepCookie)
		return s.again(c, whyExpired, err)
	case err != nil:
		v, viewErr := s.codeView(c)
		if viewErr != nil { // the step is over
			s.forget(c, stepCookie)
			return s.again(c, whyExpired, viewErr)
		}
		return s.refuse(c, "code", v, err)
	}
	next := safeNext(c.FormValue("next"))
	s.begin(c, token)
	return c.Redirect(next, fiber.StatusSeeOther)
}

// codeView shows what the person whose password was accepted can go on with. It has a form when that
// is nothing and must be made first.
func (s *server) codeView(c *fiber.Ctx) (view, error) {
	waiting, err := s.Locksmith.LoginFactors(c.UserContext(), seal.Token(s.cookie(c, stepCookie)))
	if err != nil {
		return view{}, err
	}
	v := s.signInView(c)
	v.Recovery, v.Texted = waiting.RecoveryCode, waiting.TextNumber
	if waiting.Passkey {
		v.Passkey = loginPasskeyPath
	}
	if waiting.MustEnrol {
		v.Form = &form{}
	}
	return v, nil
}

// ownForm accepts what our own page sent from the browser that it was shown in.
func (s *server) ownForm(c *fiber.Ctx) error {
	if err := s.ownSite(c); err != nil {
		return err
	}
	if len(c.Request().Body()) > formBytesMax {
		return tooLarge(formBytesMax)
	}
	if !s.Keys.FormTokenMatches(s.cookie(c, formCookie), c.FormValue("csrf")) {
		return fault.New(fault.SignedOut)
	}
	return nil
}

// again sends a person whose form is too old back to the start; other faults are answered as such.
func (s *server) again(c *fiber.Ctx, why string, err error) error {
	if fault.CodeOf(err) != fault.SignedOut {
		return err
	}
	return c.Redirect(loginPath+"?why="+why, fiber.StatusSeeOther)
}

// refuse shows the form again with what is wrong. Only what a person can act on is shown; a wrong
// password, an unknown address and a wrong code read the same.
func (s *server) refuse(c *fiber.Ctx, page string, v view, err error) error {
	f, status := s.explain(c, err)
	switch f.Code {
	case fault.WrongCredentials:
		v.Failure = v.T("login.failed")
	case fault.TooMany:
		v.Failure = v.T("login.too.many", "seconds", f.Params["seconds"])
		c.Set(fiber.HeaderRetryAfter, f.Params["seconds"])
	default:
		return err
	}
	return s.pages.send(c, status, page, v)
}

// signInView is what both sign-in pages show, tied to the visitor's browser.
func (s *server) signInView(c *fiber.Ctx) view {
	v := s.view(c)
	v.Title = v.T("login.title")
	if c.Path() == codePath {
		v.Title = v.T("login.code.title")
	}
	cookie := s.cookie(c, formCookie)
	if cookie == "" {
		cookie = rand.Text()
		s.keep(c, formCookie, cookie, 0)
	}
	v.CSRF = s.Keys.FormToken(cookie)
	next := c.Query("next")
	if !safe(c.Method()) {
		next = c.FormValue("next")
	}
	if next = safeNext(next); next != "/" {
		v.Next = next
	}
	v.Self = withNext(c.Path(), v.Next)
	if c.Path() == loginPath {
		v.Passkey = loginPasskeyPath
		s.offerEID(c, &v)
	}
	return v
}

// chooseLanguage remembers a language, or a colouring, that the visitor picked on the page.
func (s *server) chooseLanguage(c *fiber.Ctx) {
	if lang := c.Query("lang"); offered(lang) {
		s.keep(c, languageCookie, lang, preferenceKept)
	}
	s.chooseScheme(c)
}

// language is the visitor's: picked now, picked before, or the first that the browser asks for.
func (s *server) language(c *fiber.Ctx) string {
	for _, lang := range []string{c.Query("lang"), s.cookie(c, languageCookie)} {
		if offered(lang) {
			return lang
		}
	}
	for part := range strings.SplitSeq(c.Get(fiber.HeaderAcceptLanguage), ",") {
		lang, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		lang, _, _ = strings.Cut(lang, "-")
		switch {
		case offered(lang):
			return lang
		case lang == "no" || lang == "nn":
			return i18n.Default
		}
	}
	return i18n.Default
}

func offered(lang string) bool {
	for _, l := range i18n.Languages() {
		if l == lang {
			return true
		}
	}
	return false
}

func (s *server) visitor(c *fiber.Ctx) access.Visitor {
	return access.Visitor{Address: s.address(c), Device: s.cookie(c, deviceCookie), Agent: c.Get(fiber.HeaderUserAgent)}
}

const nextMax = 512

// safeNext is an address on this site to go on to after signing in; the first page for anything else.
func safeNext(next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil, len(next) > nextMax, u.Scheme != "", u.Host != "", u.User != nil:
		return "/"
	case !strings.HasPrefix(next, "/"), strings.HasPrefix(next, "//"), strings.ContainsAny(next, "\\\r\n\t"):
		return "/"
	case strings.HasPrefix(u.Path, "/api/"), strings.HasPrefix(u.Path, loginPath), strings.HasPrefix(u.Path, "/web/"),
		strings.HasPrefix(u.Path, provePath):
		return "/"
	}
	return next
}

func withNext(path, next string) string {
	if next = safeNext(next); next == "/" {
		return path
	}
	return path + "?next=" + url.QueryEscape(next)
}
