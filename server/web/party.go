package web

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/party"
	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/toll"
)

const partiesPath = "/parties"

// Parties knows for whom people act.
type Parties interface {
	Parties(ctx context.Context, actor access.Principal) (party.List, error)
	Switch(ctx context.Context, actor access.Principal, key string) (seal.Token, error)
	RequireMandate(ctx context.Context, actor access.Principal) error
	RequireRecentMandate(ctx context.Context, actor access.Principal) error
}

func (s *server) mountParties() {
	if s.Parties == nil {
		return
	}
	s.app.Get(partiesPath, s.inside(s.partiesPage))
	s.app.Post(partiesPath, s.inside(s.chooseParty))
}

// partyLine is one choice on the page.
type partyLine struct {
	Key, Name, Detail, Role string
	Here                    bool
}

// partyView is the page of parties.
type partyView struct {
	Lines []partyLine
	Notes []string // why a company may be missing, S2.12
}

// partiesPage lists for whom the person may act, each with a button, S2.23 and S2.24.
func (s *server) partiesPage(c *fiber.Ctx, actor access.Principal, v view) error {
	list, err := s.Parties.Parties(c.UserContext(), actor)
	if err != nil {
		return err
	}
	v.Title, v.Next, v.Who = v.T("party.title"), safeNext(c.Query("next")), v.T("party.who", "person", actor.Person, "name", actor.Name)
	v.Party = &partyView{}
	for _, p := range list.Parties {
		line := partyLine{Key: p.Key, Name: p.Name, Role: v.T("role." + string(p.Role)), Here: p.Current}
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
		v.Party.Lines = append(v.Party.Lines, line)
	}
	v.Party.Notes = []string{v.T("party.missing")}
	switch {
	case list.RegisterDown:
		v.Notice = v.T("party.silent")
	case list.RegisterUnconfigured:
		v.Notice = v.T("party.unset")
	case list.NoBirthNumber:
		v.Notice = v.T("party.foreign")
	}
	return s.pages.send(c, fiber.StatusOK, "parties", v)
}

// chooseParty goes on for another party under a new token.
func (s *server) chooseParty(c *fiber.Ctx, actor access.Principal, _ view) error {
	token, err := s.Parties.Switch(c.UserContext(), actor, c.FormValue("party"))
	if code := fault.CodeOf(err); err != nil && (code == fault.NotFound || code == fault.PartnerDown || code == fault.SignedOut) {
		return c.Redirect(withNext(partiesPath, c.FormValue("next")), fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	s.streams.end(actor.Session)
	s.begin(c, token)
	return c.Redirect(safeNext(c.FormValue("next")), fiber.StatusSeeOther)
}
