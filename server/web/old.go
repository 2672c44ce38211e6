package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/person"
)

// oldPath links an agreement by the number and password of the customer system before this one.
const oldPath = "/agreements/find/old"

func oldForm(v view) *form {
	return &form{
		Title: v.T("find.old.title"), Lead: v.T("find.old.lead"), Action: oldPath, Submit: v.T("find.old.submit"),
		Fields: []field{
			{Name: "number", Label: v.T("find.old.number"), Hint: v.T("find.old.number.hint"), Mode: "numeric", Complete: "off", Max: 32},
			{Name: "password", Label: v.T("find.old.password"), Hint: v.T("find.old.password.hint"), Type: "password", Complete: "off", Max: 200},
		},
		Links: []link{{findPath, v.T("find.by.email")}, {customerPath, v.T("login.back")}},
	}
}

// oldPage asks for the old number and password, S1.11, S1.38, S2.35.
func (s *server) oldPage(c *fiber.Ctx, _ access.Principal, v view) error {
	v.Title, v.Form = v.T("find.old.title"), oldForm(v)
	return s.pages.send(c, fiber.StatusOK, "find", v)
}

// linkOld answers a wrong number, a wrong password and a spent one alike, after the same time.
func (s *server) linkOld(c *fiber.Ctx, actor access.Principal, v view) error {
	v.Title = v.T("find.old.title")
	even := s.evenly()
	list, err := s.Legacy.Link(c.UserContext(), s.visitor(c), actor, c.FormValue("number"), c.FormValue("password"))
	even()
	if err != nil {
		return s.wrongOn(c, v, oldForm(v), "find", err)
	}
	found := make([]person.FoundAgreement, len(list))
	for i, f := range list {
		found[i] = person.FoundAgreement{Number: f.Number, Outcome: person.LinkOutcome(f.Outcome)}
	}
	return s.tried(c, v, found, v.N("find.old.count", len(list)))
}

// tried lists the agreements that were tried and what came of each, S2.39. Where there is none, the page
// says whom to ask, S1.39.
func (s *server) tried(c *fiber.Ctx, v view, list []person.FoundAgreement, text string) error {
	end := done{Title: v.T("find.tried"), Text: text, Href: "/", Go: v.T("app.missing.home")}
	if s.Parties != nil && len(list) > 0 { // what was linked may be another customer than the one acted for
		end.Href, end.Go = partiesPath+"?next="+url.QueryEscape("/"), v.T("party.title")
	}
	for _, f := range list {
		end.Notes = append(end.Notes, v.T("find.line", "number", f.Number, "outcome", v.T("find.outcome."+string(f.Outcome))))
	}
	if len(list) == 0 {
		end.Notes = []string{v.T("find.none")}
		v.Ways = []wayLink{{Href: findPath, Title: v.T("find.again")}, {Href: oldPath, Title: v.T("find.by.number")}}
	}
	v.Title, v.Done, v.Self = end.Title, &end, ""
	return s.pages.send(c, fiber.StatusOK, "found", v)
}
