package portal

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/site"
)

func (h *Handlers) mountFindAgreements(app *fiber.App) {
	app.Get(site.FindAgreements, h.SignedIn(mayLink(h.findPage)))
	app.Post(site.FindAgreements, h.SignedIn(mayLink(h.find)))
	app.Get(site.LinkAgreements, h.linkedPage(site.LinkAgreements, "find.link.title", "find.link.signin", mayLink(h.linkPage)))
	app.Post(site.LinkAgreements, h.SignedIn(mayLink(h.linkFound)))
}

// mayLink returns a handler that refuses actors who may not change the agreements of the customer they act for:
// linking an agreement is such a change, and the answers tell whose agreements there are.
func mayLink(handle kit.SignedInHandler) kit.SignedInHandler {
	return func(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
		if !actor.Role.May(role.Change) {
			return fault.New(fault.Refused)
		}
		return handle(c, actor, p)
	}
}

func findForm(v *kit.Page) *kit.Form {
	email := kit.EmailField(v)
	email.Hint = v.T("find.email.hint")
	return &kit.Form{
		Title: v.T("find.title"), Lead: v.T("find.lead"), Action: site.FindAgreements, Submit: v.T("find.submit"), Fields: []kit.Field{email},
		Links: []kit.Link{
			{Href: legacyPath, Text: v.T("find.by.number")}, {Href: site.Overview, Text: v.T("app.missing.home")},
		},
	}
}

// findPage searches for agreements by the email address that they carry, S1.36, S1.37.
func (h *Handlers) findPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v := &kit.FormPage{Page: *p, Form: findForm(p)}
	v.Title, v.Form.Fields[0].Value = v.Form.Title, actor.Email
	return h.Send(c, fiber.StatusOK, "find", v)
}

// find gives the same answer for every address: it must not reveal which addresses carry agreements.
func (h *Handlers) find(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v := &kit.FormPage{Page: *p}
	v.Title = v.T("find.title")
	if err := h.Access.AllowRequest(c.UserContext(), actor, "find"); err != nil {
		return h.SendFormErrorOn(c, v, findForm(p), "find", err)
	}
	email := c.FormValue("email")
	if err := h.Access.AllowMessage(c.UserContext(), actor, "find", email); err != nil {
		return h.SendFormError(c, &v.Page, findForm(p), err)
	}
	if err := h.Person.SendAgreementLink(c.UserContext(), actor, email); err != nil {
		return h.SendFormErrorOn(c, v, findForm(p), "find", err)
	}
	return h.SendDone(c, p, kit.Done{
		Title: v.T("sent.title"), Text: v.T("find.sent", "email", email), Notes: []string{v.T("sent.missing", "phones", v.ServicePhones())},
		Href: site.Overview, Go: v.T("app.missing.home"),
	})
}

// linkPage is the page behind the email's link.
func (h *Handlers) linkPage(c *fiber.Ctx, _ access.Principal, v *kit.Page) error {
	v.Title = v.T("find.link.title")
	return h.SendForm(c, v, linkForm(v))
}

func linkForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("find.link.title"), Lead: v.T("find.link.lead"), Action: site.LinkAgreements, Submit: v.T("find.link.submit"),
		Fields: []kit.Field{{Name: "link"}}, Links: []kit.Link{{Href: site.FindAgreements, Text: v.T("find.again")}}, Decline: v.T("decline.submit"),
	}
}

// linkFound links the agreements that carry the address and lists each with its outcome, S2.39. Only the owner
// of the mailbox has the token.
func (h *Handlers) linkFound(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	v.Title = v.T("find.link.title")
	list, err := h.Person.LinkAgreements(c.UserContext(), actor, h.Link(c))
	if err != nil && fault.CodeOf(err) == fault.LinkSpent {
		return h.SendFormError(c, v, linkForm(v), err)
	}
	if err != nil {
		return err
	}
	h.ClearLink(c)
	return h.sendOutcomes(c, actor, v, list, v.N("find.count", len(list)))
}

// outcomesView is the content of the page that lists the agreements that were tried.
type outcomesView struct {
	kit.Page
	Done kit.Done
	Ways []kit.LeadLink // other ways to find agreements
}

// severalParties reports whether the person can act for more than one party.
func (h *Handlers) severalParties(c *fiber.Ctx, actor access.Principal) bool {
	if h.Parties == nil {
		return false
	}
	list, err := h.Parties.Parties(c.UserContext(), actor)
	return err == nil && len(list.Parties) > 1
}

// sendOutcomes lists the agreements that were tried and the outcome of each, S2.39. If there are none, the page
// says whom to ask, S1.39.
func (h *Handlers) sendOutcomes(c *fiber.Ctx, actor access.Principal, p *kit.Page, list []person.FoundAgreement, text string) error {
	v := &outcomesView{Page: *p, Done: kit.Done{Title: p.T("find.tried"), Text: text, Href: site.Overview, Go: p.T("app.missing.home")}}
	if len(list) > 0 && h.severalParties(c, actor) { // the agreements may belong to another party than the one acted for
		v.Done.Href, v.Done.Go = site.Parties+"?next="+url.QueryEscape(site.Overview), v.T("party.title")
	}
	for _, f := range list {
		v.Done.Notes = append(v.Done.Notes, v.T("find.line", "number", f.Number, "outcome", v.T("find.outcome."+string(f.Outcome))))
	}
	if len(list) == 0 {
		v.Done.Notes = []string{v.T("find.none")}
		v.Ways = []kit.LeadLink{{Href: site.FindAgreements, Title: v.T("find.again")}, {Href: legacyPath, Title: v.T("find.by.number")}}
	}
	v.Title, v.Self = v.Done.Title, ""
	return h.Send(c, fiber.StatusOK, "found", v)
}
