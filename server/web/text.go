package web

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/shared/fault"
)

// Addresses of codes by text message, at sign-in and among what a person signs in with.
const (
	textPath       = "/login/text"
	textCodePath   = "/login/text/code"
	addTextPath    = "/security/text"
	takeTextPath   = "/security/text/code"
	removeTextPath = "/security/text/remove"
)

func (s *server) mountText() {
	s.app.Get(textPath, s.textPage)
	s.app.Post(textPath, s.sendText)
	s.app.Post(textCodePath, s.openWithText)
	s.app.Post(addTextPath, s.inside(s.offerText))
	s.app.Get(addTextPath, s.inside(s.takeTextPage))
	s.app.Post(takeTextPath, s.inside(s.takeText))
	s.app.Post(removeTextPath, s.inside(s.removeText))
}

// textForm asks for the code that was sent.
func textForm(v view, action, back, submit string) *form {
	code := codeField(v)
	code.Hint = v.T("ways.text.hint")
	return &form{Title: v.T("ways.text.title"), Lead: v.T("ways.text.lead"), Action: action, Submit: submit, Fields: []field{code}, Links: []link{{back, v.T("login.back")}}}
}

// sendText sends a code to the telephone and goes on to where it is written.
func (s *server) sendText(c *fiber.Ctx) error {
	if err := s.ownForm(c); err != nil {
		return s.again(c, whyExpired, err)
	}
	next := c.FormValue("next")
	err := s.Locksmith.SendTextCode(c.UserContext(), s.visitor(c), s.step(c))
	switch fault.CodeOf(err) {
	case fault.SignedOut:
		if err != nil {
			s.forget(c, stepCookie)
			return s.again(c, whyExpired, err)
		}
	case fault.TooMany: // one may be on its way already
		v, viewErr := s.codeView(c)
		if viewErr != nil {
			return s.again(c, whyExpired, viewErr)
		}
		v.Again = textPath
		return s.wrongText(c, v, textForm(v, textCodePath, codePath, v.T("login.code.submit")), err)
	default:
		if err != nil {
			return err
		}
	}
	return c.Redirect(withNext(textPath, next), fiber.StatusSeeOther)
}

func (s *server) textPage(c *fiber.Ctx) error {
	s.chooseLanguage(c)
	v, err := s.codeView(c)
	if err != nil {
		return s.again(c, whyExpired, err)
	}
	if v.Texted == "" {
		return c.Redirect(withNext(codePath, c.Query("next")), fiber.StatusSeeOther)
	}
	v.Form, v.Again = textForm(v, textCodePath, codePath, v.T("login.code.submit")), textPath
	v.Title = v.Form.Title
	return s.pages.send(c, fiber.StatusOK, "text", v)
}

func (s *server) openWithText(c *fiber.Ctx) error {
	if err := s.ownForm(c); err != nil {
		return s.again(c, whyExpired, err)
	}
	token, err := s.Locksmith.SignInWithTextCode(c.UserContext(), s.visitor(c), s.step(c), c.FormValue("code"))
	if err != nil && fault.CodeOf(err) == fault.SignedOut {
		s.forget(c, stepCookie)
		return s.again(c, whyExpired, err)
	}
	if err != nil {
		v, viewErr := s.codeView(c)
		if viewErr != nil { // the step is over
			s.forget(c, stepCookie)
			return s.again(c, whyExpired, viewErr)
		}
		v.Again = textPath
		return s.wrongText(c, v, textForm(v, textCodePath, codePath, v.T("login.code.submit")), err)
	}
	next := safeNext(c.FormValue("next"))
	s.begin(c, token)
	return c.Redirect(next, fiber.StatusSeeOther)
}

// wrongText shows the form again with what is wrong.
func (s *server) wrongText(c *fiber.Ctx, v view, f *form, err error) error {
	known, status := s.explain(c, err)
	if known.Code == fault.Internal || known.Code == fault.Busy || known.Code == fault.Refused {
		return err
	}
	if known.Code == fault.TooMany {
		c.Set(fiber.HeaderRetryAfter, known.Params["seconds"])
	}
	f.Fields[0].Wrong = true
	v.Title, v.Form, v.Failure, v.FailureAt = f.Title, f, v.Fault(&known), "code"
	return s.pages.send(c, status, "text", v)
}

// offerText sends a code to the number that is to open the account from now on.
func (s *server) offerText(c *fiber.Ctx, actor access.Principal, v view) error {
	mobile, err := s.Locksmith.StartTextFactor(c.UserContext(), actor)
	switch {
	case err != nil && fault.CodeOf(err) == fault.FieldMissing:
		return c.Redirect(profilePage, fiber.StatusSeeOther)
	case err != nil && fault.CodeOf(err) == fault.TooMany:
		v.Again = addTextPath
		return s.wrongText(c, v, takeTextForm(v), err)
	case err != nil:
		return err
	}
	v.Texted = factor.MaskNumber(mobile)
	return c.Redirect(addTextPath, fiber.StatusSeeOther)
}

func takeTextForm(v view) *form {
	return textForm(v, takeTextPath, securityPath, v.T("ways.text.take"))
}

func (s *server) takeTextPage(c *fiber.Ctx, actor access.Principal, v view) error {
	if err := s.Desk.RequireStepUp(actor); err != nil {
		return err
	}
	v.Form, v.Again = takeTextForm(v), addTextPath
	v.Title = v.Form.Title
	return s.pages.send(c, fiber.StatusOK, "text", v)
}

func (s *server) takeText(c *fiber.Ctx, actor access.Principal, v view) error {
	err := s.Locksmith.FinishTextFactor(c.UserContext(), actor, c.FormValue("code"))
	if err != nil && fault.CodeOf(err) == fault.CodeWrong {
		v.Again = addTextPath
		return s.wrongText(c, v, takeTextForm(v), err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(securityPath, fiber.StatusSeeOther)
}

func (s *server) removeText(c *fiber.Ctx, actor access.Principal, _ view) error {
	if err := s.Locksmith.RemoveTextFactor(c.UserContext(), actor); err != nil {
		return err
	}
	return c.Redirect(securityPath, fiber.StatusSeeOther)
}
