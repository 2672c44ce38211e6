package portal

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/party"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/ident"
	"bompass/shared/role"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// Parties lists the parties that a person may act for, and switches between them.
type Parties interface {
	Parties(ctx context.Context, actor access.Principal) (party.List, error)
	StoredParties(ctx context.Context, actor access.Principal) ([]party.Party, error)
	Switch(ctx context.Context, actor access.Principal, key string) (seal.Token, error)
}

// OtherParties returns the function that lists what a person can switch to, for the menu of every page.
func OtherParties(p Parties) kit.OtherParties {
	return func(ctx context.Context, actor access.Principal) (list []api.PartyChoice, err error) {
		parties, err := p.StoredParties(ctx, actor)
		for _, other := range parties {
			if !other.Current {
				own := other.Kind == toll.Private && other.Role == role.Owner
				list = append(list, api.PartyChoice{
					Key: other.Key, Name: kit.DisplayName(i18n.For(actor.Language), other.Name), Number: other.Number, Own: own,
				})
			}
		}
		return list, err
	}
}

func (h *Handlers) mountParties(app *fiber.App) {
	app.Get(site.Parties, h.SignedIn(h.partiesPage))
	app.Post(site.Parties, h.SignedIn(h.switchParty))
}

// partyLine is one choice on the page.
type partyLine struct {
	Key, Name, Detail, Role string
	Here                    bool
}

// partiesView is the content of the page of parties.
type partiesView struct {
	kit.Page
	Who   string // is signed in, and for whom
	Lines []partyLine
	Notes []string // why a company may be missing, S2.12
}

// partiesPage lists the parties that the person may act for, each with a button, S2.23 and S2.24.
func (h *Handlers) partiesPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	list, err := h.Parties.Parties(c.UserContext(), actor)
	if err != nil {
		return err
	}
	v := &partiesView{Page: *p, Who: p.T("party.who", "person", kit.DisplayName(p.Words, actor.Person), "name", kit.DisplayName(p.Words, actor.Name)), Notes: []string{p.T("party.missing")}}
	v.Title, v.Next = v.T("party.title"), kit.SafeNext(c.Query("next"))
	for _, p := range list.Parties {
		v.Lines = append(v.Lines, newPartyLine(&v.Page, p))
	}
	switch {
	case list.RegisterDown:
		v.Notice = v.T("party.silent")
	case list.RegisterUnconfigured:
		v.Notice = v.T("party.unset")
	case list.NoBirthNumber:
		v.Notice = v.T("party.foreign")
	}
	return h.Send(c, fiber.StatusOK, "parties", v)
}

func newPartyLine(v *kit.Page, p party.Party) partyLine {
	line := partyLine{Key: p.Key, Name: kit.DisplayName(v.Words, p.Name), Role: v.T("role." + string(p.Role)), Here: p.Current}
	switch {
	case p.Kind == toll.Private:
		line.Detail = v.T("party.self")
	case p.Number != "":
		line.Detail = v.T("party.company", "number", ident.FormatOrganisation(p.Number))
	default:
		line.Detail = v.T("party.company.plain")
	}
	if p.NoCustomer {
		line.Role = v.T("party.new")
	}
	if p.Ambiguous && p.Agreement != "" {
		line.Detail += ", " + v.T("overview.agreement", "number", p.Agreement)
	}
	if p.Ambiguous && p.Plate != "" {
		line.Detail += ", " + toll.Plate{Country: "NO", Text: p.Plate}.String()
	}
	return line
}

// switchParty continues the session for another party under a new token.
func (h *Handlers) switchParty(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	token, err := h.Parties.Switch(c.UserContext(), actor, c.FormValue("party"))
	if code := fault.CodeOf(err); err != nil && (code == fault.NotFound || code == fault.PartnerDown || code == fault.SignedOut) {
		return c.Redirect(kit.WithNext(site.Parties, c.FormValue("next")), fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	h.Streams.End(actor.Session)
	h.StartSession(c, token)
	return c.Redirect(kit.SafeNext(c.FormValue("next")), fiber.StatusSeeOther)
}
