package web

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/fault"
)

// Addresses of finding agreements that do not show.
const (
	findPath      = "/agreements/find"
	linkFoundPath = "/agreements/link"
)

func findForm(v view) *form {
	email := emailField(v)
	email.Hint = v.T("find.email.hint")
	return &form{
		Title: v.T("find.title"), Lead: v.T("find.lead"), Action: findPath, Submit: v.T("find.submit"), Fields: []field{email},
		Links: []link{{oldPath, v.T("find.by.number")}, {customerPath, v.T("login.back")}, {"/", v.T("app.missing.home")}},
	}
}

// findPage searches by the address that stands on an agreement, S1.36, S1.37.
func (s *server) findPage(c *fiber.Ctx, actor access.Principal, v view) error {
	v.Title, v.Form = v.T("find.title"), findForm(v)
	v.Form.Fields[0].Value = actor.Email
	return s.pages.send(c, fiber.StatusOK, "find", v)
}

// find says the same of every address, K23.
func (s *server) find(c *fiber.Ctx, actor access.Principal, v view) error {
	v.Title = v.T("find.title")
	if err := s.Desk.AllowRequest(c.UserContext(), actor, "find"); err != nil {
		return s.wrongOn(c, v, findForm(v), "find", err)
	}
	email := c.FormValue("email")
	if err := s.Desk.AllowMessage(c.UserContext(), actor, "find", email); err != nil {
		return s.wrong(c, v, findForm(v), err)
	}
	if err := s.Profile.SendAgreementLink(c.UserContext(), actor, email); err != nil {
		return s.wrongOn(c, v, findForm(v), "find", err)
	}
	return s.ended(c, v, done{
		Title: v.T("ways.sent.title"), Text: v.T("find.sent", "email", email), Notes: []string{v.T("ways.sent.missing", "phones", servicePhones)},
		Href: "/", Go: v.T("app.missing.home"),
	})
}

// foundLetter is behind the letter's link. It waits in the browser while its reader signs in.
func (s *server) foundLetter(c *fiber.Ctx) error {
	if token := c.Query("token"); token != "" {
		c.Set(fiber.HeaderReferrerPolicy, unreferred)
		s.keep(c, linkCookie, token, invitationKept)
		return c.Redirect(linkFoundPath, fiber.StatusSeeOther)
	}
	return s.inside(func(c *fiber.Ctx, _ access.Principal, v view) error {
		v.Title, v.Form = v.T("find.link.title"), linkFoundForm(v)
		return s.pages.send(c, fiber.StatusOK, "form", v)
	})(c)
}

func linkFoundForm(v view) *form {
	return &form{
		Title: v.T("find.link.title"), Lead: v.T("find.link.lead"), Action: linkFoundPath, Submit: v.T("find.link.submit"),
		Fields: []field{{Name: "link"}}, Links: []link{{findPath, v.T("find.again")}},
	}
}

// linkFound lists what was tried and what came of it, S2.39; only the mailbox's owner comes this far.
func (s *server) linkFound(c *fiber.Ctx, actor access.Principal, v view) error {
	v.Title = v.T("find.link.title")
	list, err := s.Profile.LinkAgreements(c.UserContext(), actor, s.link(c))
	if err != nil && fault.CodeOf(err) == fault.LinkSpent {
		return s.wrong(c, v, linkFoundForm(v), err)
	}
	if err != nil {
		return err
	}
	s.forget(c, linkCookie)
	return s.tried(c, v, list, v.N("find.count", len(list)))
}
