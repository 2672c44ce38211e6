package web

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/shared/fault"
)

// Addresses between password and session, beside the code's.
const (
	enrolPath    = "/login/enrol"
	recoveryPath = "/login/recovery"
	profilePage  = "/profile"
)

func (s *server) mountEnrol() {
	s.app.Get(enrolPath, s.enrolPage)
	s.app.Post(enrolPath, s.enrol)
	s.app.Get(recoveryPath, s.recoveryPage)
	s.app.Post(recoveryPath, s.recover)
}

func (s *server) step(c *fiber.Ctx) seal.Token { return seal.Token(s.cookie(c, stepCookie)) }

// enrolPage shows the secret for an authenticator app to a person who has none yet, S2.20.
func (s *server) enrolPage(c *fiber.Ctx) error {
	s.chooseLanguage(c)
	offered, err := s.Locksmith.StartTOTPSetupAtLogin(c.UserContext(), s.step(c))
	if err != nil {
		return s.again(c, whyExpired, err)
	}
	v, err := s.offerView(c, enrolPath, offered)
	if err != nil {
		return err
	}
	return s.pages.send(c, fiber.StatusOK, "enrol", v)
}

// offerView is a page with a secret and the form for the code that confirms it.
func (s *server) offerView(c *fiber.Ctx, action string, offered factor.TOTPSetup) (view, error) {
	v := s.signInView(c)
	v.Title = v.T("ways.enrol.title")
	drawn, err := picture(offered.URL)
	if err != nil {
		return v, err
	}
	v.Offer = &offer{Secret: offered.Secret, Picture: drawn}
	v.Form = &form{Action: action, Submit: v.T("ways.enrol.submit"), Fields: []field{codeField(v)}}
	return v, nil
}

func codeField(v view) field {
	return field{Name: "code", Label: v.T("login.code"), Hint: v.T("login.code.hint"), Mode: "numeric", Complete: "one-time-code", Max: 7}
}

func (s *server) enrol(c *fiber.Ctx) error {
	if err := s.ownForm(c); err != nil {
		return s.again(c, whyExpired, err)
	}
	token, codes, err := s.Locksmith.FinishTOTPSetupAtLogin(c.UserContext(), s.visitor(c), s.step(c), c.FormValue("code"))
	if err != nil && fault.CodeOf(err) == fault.CodeWrong {
		return s.offerAgain(c, err)
	}
	if err != nil {
		s.forget(c, stepCookie)
		return s.again(c, whyExpired, err)
	}
	next := safeNext(c.FormValue("next"))
	if next == "/" {
		next = profilePage // whoever is here for the first time tells us what is missing, S2.18
	}
	s.begin(c, token)
	return s.showCodes(c, codes, next)
}

// offerAgain shows the same secret again when the code was wrong.
func (s *server) offerAgain(c *fiber.Ctx, wrong error) error {
	offered, err := s.Locksmith.StartTOTPSetupAtLogin(c.UserContext(), s.step(c))
	if err != nil {
		return s.again(c, whyExpired, err)
	}
	v, err := s.offerView(c, enrolPath, offered)
	if err != nil {
		return err
	}
	return s.offerWrong(c, v, wrong)
}

func (s *server) offerWrong(c *fiber.Ctx, v view, wrong error) error {
	known, status := s.explain(c, wrong)
	v.Failure, v.FailureAt, v.Form.Fields[0].Wrong = v.Fault(&known), "code", true
	return s.pages.send(c, status, "enrol", v)
}

// begin gives the browser its session.
func (s *server) begin(c *fiber.Ctx, token seal.Token) {
	for _, name := range []string{stepCookie, formCookie, keyCookie} {
		s.forget(c, name)
	}
	s.keep(c, sessionCookie, string(token), 0)
}

// showCodes shows new recovery codes this once.
func (s *server) showCodes(c *fiber.Ctx, codes []string, next string) error {
	v := s.view(c)
	v.Title, v.Codes, v.Next = v.T("ways.codes.title"), codes, next
	return s.pages.send(c, fiber.StatusOK, "codes", v)
}

func (s *server) recoveryPage(c *fiber.Ctx) error {
	if s.step(c) == "" {
		return c.Redirect(loginPath, fiber.StatusSeeOther)
	}
	s.chooseLanguage(c)
	v := s.signInView(c)
	v.Form = recoveryForm(v)
	return s.pages.send(c, fiber.StatusOK, "form", v)
}

func recoveryForm(v view) *form {
	return &form{
		Title: v.T("ways.recovery.title"), Lead: v.T("ways.recovery.lead"), Action: recoveryPath, Submit: v.T("login.code.submit"),
		Fields: []field{{Name: "code", Label: v.T("ways.recovery.code"), Complete: "off", Max: 40}}, Links: []link{{codePath, v.T("login.back")}},
	}
}

func (s *server) recover(c *fiber.Ctx) error {
	if err := s.ownForm(c); err != nil {
		return s.again(c, whyExpired, err)
	}
	token, err := s.Locksmith.SignInWithRecoveryCode(c.UserContext(), s.visitor(c), s.step(c), c.FormValue("code"))
	if err != nil && fault.CodeOf(err) == fault.SignedOut {
		s.forget(c, stepCookie)
		return s.again(c, whyExpired, err)
	}
	if err != nil {
		v := s.signInView(c)
		return s.wrong(c, v, recoveryForm(v), err)
	}
	next := safeNext(c.FormValue("next"))
	s.begin(c, token)
	return c.Redirect(next, fiber.StatusSeeOther)
}
