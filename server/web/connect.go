package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/fault"
)

// connectPath asks a signed-in person whether the eID that they have just proved is to open this account.
const connectPath = "/security/eid"

// connectPage says what becomes of it before anything is changed.
func (s *server) connectPage(c *fiber.Ctx, actor access.Principal, v view) error {
	offer, err := s.EID.LinkOffer(c.UserContext(), actor)
	if err != nil && fault.CodeOf(err) == fault.SignedOut { // nothing waits
		return c.Redirect(securityPath, fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	lead := v.T("ways.connect.lead")
	if offer.OtherPerson != "" {
		lead = v.T("ways.connect.join", "name", offer.OtherPerson)
	}
	v.Title = v.T("ways.connect.title")
	v.Form = &form{
		Title: v.Title, Lead: lead, Action: connectPath, Submit: v.T("ways.connect.submit"), Fields: []field{{Name: "eid"}},
		Links: []link{{securityPath, v.T("login.back")}},
	}
	return s.pages.send(c, fiber.StatusOK, "form", v)
}

func (s *server) connect(c *fiber.Ctx, actor access.Principal, v view) error {
	err := s.EID.ConfirmLink(c.UserContext(), actor)
	switch {
	case err == nil:
		return s.ended(c, v, done{Title: v.T("ways.connected.title"), Text: v.T("ways.connected.text"), Href: securityPath, Go: v.T("ways.security.title")})
	case fault.CodeOf(err) == fault.StepUp:
		return err
	}
	return s.connectFailed(c, err)
}

// connectFailed shows why an eID is not connected, where the person began.
func (s *server) connectFailed(c *fiber.Ctx, wrong error) error {
	actor, err := s.Desk.Authenticate(c.UserContext(), s.session(c))
	if err != nil {
		return s.again(c, whyExpired, err)
	}
	v := s.insideView(actor)
	known, status := s.explain(c, wrong)
	if known.Code == fault.StepUp {
		return c.Redirect(provePath+"?next="+url.QueryEscape(securityPath), fiber.StatusSeeOther)
	}
	if !slices.Contains([]fault.Code{fault.EIDTaken, fault.EIDRefused, fault.EIDCancelled, fault.PartnerDown, fault.SignedOut}, known.Code) {
		return wrong
	}
	v.Failure, v.FailureAt = v.Fault(&known), "eid"
	return s.showSecurity(c, actor, v, status)
}

// offerConnections fills in which eIDs open the account and which can be connected.
func (s *server) offerConnections(c *fiber.Ctx, actor access.Principal, v *view) error {
	if s.EID == nil {
		return nil
	}
	known, err := s.EID.ProvidersOf(c.UserContext(), actor.Account)
	if err != nil {
		return err
	}
	for _, name := range []string{"no", "se"} {
		if w, err := s.EID.Provider(name); err != nil || w.Issuer.ID() == "" {
			continue
		}
		v.EID.Tabs = append(v.EID.Tabs, tab{
			Href: strings.Replace(eidPath, ":way", name, 1) + "?link=1", Text: v.T("eid.connect." + name), Here: slices.Contains(known, name),
		})
	}
	return nil
}
