package portal

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/server/web/kit"
	"bompass/shared/site"
)

// legacyPath links an agreement by the number and password of the legacy customer system.
const legacyPath = "/agreements/find/old"

func (h *Handlers) mountLegacyAgreements(app *fiber.App) {
	app.Get(legacyPath, h.SignedIn(mayLink(h.legacyPage)))
	app.Post(legacyPath, h.SignedIn(mayLink(h.linkLegacy)))
}

func legacyForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("find.legacy.title"), Lead: v.T("find.legacy.lead"), Action: legacyPath, Submit: v.T("find.legacy.submit"),
		Fields: []kit.Field{
			{Name: "number", Label: v.T("find.legacy.number"), Hint: v.T("find.legacy.number.hint"), Mode: "numeric", Complete: "off"},
			{Name: "password", Label: v.T("find.legacy.password"), Hint: v.T("find.legacy.password.hint"), Type: "password", Complete: "off"},
		},
		Links: []kit.Link{{Href: site.FindAgreements, Text: v.T("find.by.email")}, {Href: site.Overview, Text: v.T("app.missing.home")}},
	}
}

// legacyPage asks for the number and password of the legacy customer system, S1.11, S1.38, S2.35.
func (h *Handlers) legacyPage(c *fiber.Ctx, _ access.Principal, p *kit.Page) error {
	v := &kit.FormPage{Page: *p, Form: legacyForm(p)}
	v.Title = v.Form.Title
	return h.Send(c, fiber.StatusOK, "find", v)
}

// linkLegacy gives the same answer, after the same time, for a wrong number, a wrong password and a spent one.
func (h *Handlers) linkLegacy(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	p.Title = p.T("find.legacy.title")
	pad := h.PadDuration()
	list, err := h.Legacy.Link(c.UserContext(), h.Visitor(c), actor, c.FormValue("number"), c.FormValue("password"))
	pad()
	if err != nil {
		return h.SendFormErrorOn(c, &kit.FormPage{Page: *p}, legacyForm(p), "find", err)
	}
	found := make([]person.FoundAgreement, len(list))
	for i, f := range list {
		found[i] = person.FoundAgreement{Number: f.Number, Outcome: person.LinkOutcome(f.Outcome)}
	}
	return h.sendOutcomes(c, actor, p, found, p.N("find.legacy.count", len(list)))
}
