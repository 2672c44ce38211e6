package web

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/eid"
	"bompass/server/partner/identity"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Addresses of the way in with an eID. An issuer knows the return address of its own way only, so that
// the answer of one is never taken for another's.
const (
	eidPath     = "/login/eid/:way"
	eidBackPath = "/login/eid/:way/return"
	helpPath    = "/help/login"
	tabCookie   = "tx-" // and the journey's name: one for each tab that is on its way
)

// Why a person was sent back from an eID.
const (
	whyRefused   = "eid-refused"
	whyCancelled = "eid-cancelled"
	whyDown      = "eid-down"
	whyUnset     = "eid-unset"
)

// EID lets people in with electronic identities.
type EID interface {
	EIDLogout
	EIDLinks
	Provider(name string) (eid.Provider, error)
	Begin(ctx context.Context, a eid.BeginRequest) (eid.Redirect, error)
	Finish(ctx context.Context, way string, t eid.Callback) (eid.Result, error)
}

// EIDLinks let an eID open an account that is there.
type EIDLinks interface {
	ProvidersOf(ctx context.Context, account toll.AccountID) ([]string, error)
	LinkOffer(ctx context.Context, actor access.Principal) (eid.LinkOffer, error)
	ConfirmLink(ctx context.Context, actor access.Principal) error
}

// EIDLogout end sessions with those of issuers.
type EIDLogout interface {
	FrameOrigins(ctx context.Context) []string
	EndSession(ctx context.Context, session seal.Hash, state string) (identity.EndSessionRequest, bool, error)
	FrontChannelLogout(ctx context.Context, issuer, session string) ([]seal.Hash, error)
	BackChannelLogout(ctx context.Context, way, message string) ([]seal.Hash, error)
}

func (s *server) mountEID() {
	s.app.Get(helpPath, s.helpPage)
	if s.EID == nil {
		return
	}
	s.app.Get(eidPath, s.eidBegin)
	s.app.Get(eidBackPath, s.eidReturn)
	s.app.Get(connectPath, s.inside(s.connectPage))
	s.app.Post(connectPath, s.inside(s.connect))
	s.app.Get(leavePath, s.leavePage)
	s.app.Get("/leave.js", fixed("text/javascript; charset=utf-8", leaveScript))
	s.app.Get(leftPath, s.left)
	s.app.Get(frontPath, s.front)
	s.app.Post(backPath, s.back)
}

// eidBegin sends the browser to the issuer. It is a link and not a form: the policy of forms would
// have to name every site that an issuer may send people on to.
func (s *server) eidBegin(c *fiber.Ctx) error {
	if err := s.ownSite(c); err != nil {
		return err
	}
	if host := strings.ToLower(string(c.Request().Header.Host())); host != s.origin.host { // the issuer knows one of our names
		return c.Redirect(s.origin.of(s.origin.host)+withNext(loginPath, c.Query("next")), fiber.StatusSeeOther)
	}
	if strings.Contains(c.Get("Sec-Purpose"), "prefetch") {
		return c.SendStatus(fiber.StatusNoContent)
	}
	asked := eid.BeginRequest{Provider: c.Params("way"), Language: s.language(c), Next: safeNext(c.Query("next"))}
	if c.Query("prove") != "" {
		actor, err := s.Desk.Authenticate(c.UserContext(), s.session(c))
		if err != nil {
			return s.again(c, whyExpired, err)
		}
		asked.StepUpAccount = actor.Account
	}
	if c.Query("link") != "" {
		actor, err := s.Desk.Authenticate(c.UserContext(), s.session(c))
		if err != nil {
			return s.again(c, whyExpired, err)
		}
		if s.Desk.RequireStepUp(actor) != nil {
			return c.Redirect(provePath+"?next="+url.QueryEscape(securityPath), fiber.StatusSeeOther)
		}
		asked.LinkAccount = actor.Account
	}
	if err := s.Desk.ThrottleVisit(c.UserContext(), s.visitor(c), "eid"); err != nil {
		return err
	}
	started, err := s.EID.Begin(c.UserContext(), asked)
	if err != nil {
		return s.eidFailed(c, err)
	}
	s.keep(c, tabCookie+started.Name, string(started.Browser), eid.AuthRequestMax)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect(started.Address, fiber.StatusSeeOther)
}

// eidReturn takes what the browser brings back. The cookie of this tab's journey must be there and is
// gone afterwards.
func (s *server) eidReturn(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin") // the address holds a code
	back, ok := returned(c)
	if !ok {
		return s.eidFailed(c, fault.New(fault.EIDRefused))
	}
	tab := tabCookie + eid.TabName(back.State)
	ticket := eid.Callback{Browser: seal.Token(s.cookie(c, tab)), Response: back, Visitor: s.visitor(c)}
	if actor, err := s.Desk.Peek(c.UserContext(), s.session(c)); err == nil {
		ticket.Current = &actor
	}
	in, err := s.EID.Finish(c.UserContext(), c.Params("way"), ticket)
	s.forget(c, tab)
	if in.LinkOffered && err != nil {
		return s.connectFailed(c, err)
	}
	if err != nil {
		return s.eidFailed(c, err)
	}
	if in.LinkOffered {
		return c.Redirect(connectPath, fiber.StatusSeeOther)
	}
	if ticket.Current != nil && ticket.Current.Account == in.Account.ID {
		s.streams.end(ticket.Current.Session)
	}
	s.begin(c, in.Token)
	return c.Redirect(s.onward(c, in), fiber.StatusSeeOther)
}

// returned reads the issuer's answer; every part of it stands there once at most.
func returned(c *fiber.Ctx) (identity.AuthResponse, bool) {
	for _, name := range []string{"code", "state", "iss", "error"} {
		if len(c.Context().QueryArgs().PeekMulti(name)) > 1 {
			return identity.AuthResponse{}, false
		}
	}
	return identity.AuthResponse{Code: c.Query("code"), State: c.Query("state"), Issuer: c.Query("iss"), Error: c.Query("error")}, true
}

// onward is where a person who has just come in goes: to the choice of whom to act for when there is
// one, S2.23.
func (s *server) onward(c *fiber.Ctx, in eid.Result) string {
	next := safeNext(in.Next)
	if s.Parties == nil || in.SteppedUp {
		return next
	}
	actor, err := s.Desk.Peek(c.UserContext(), in.Token)
	if err != nil {
		return next
	}
	list, err := s.Parties.Parties(c.UserContext(), actor)
	if err != nil || len(list.Parties) < 2 {
		return next
	}
	return withNext(partiesPath, next)
}

// eidFailed sends a person back to the sign-in page with a reason that they can act on; the operator's
// reason is logged and holds nothing of the person.
func (s *server) eidFailed(c *fiber.Ctx, err error) error {
	why := ""
	switch fault.CodeOf(err) {
	case fault.SignedOut:
		why = whyExpired
	case fault.EIDCancelled:
		why = whyCancelled
	case fault.EIDRefused:
		why = whyRefused
		s.Log.Warn("eID refused", "trace", traceOf(c), "way", c.Params("way"), "err", err)
	case fault.PartnerDown:
		why = whyDown
		s.Log.Warn("eID does not answer", "trace", traceOf(c), "way", c.Params("way"), "err", err)
	case fault.PartnerUnset:
		why = whyUnset
	default:
		return err
	}
	return c.Redirect(loginPath+"?why="+why, fiber.StatusSeeOther)
}

// eidWhy is the sentence for a person who was sent back.
func eidWhy(v view, why string) string {
	switch why {
	case whyRefused, whyCancelled, whyDown, whyUnset:
		return v.T("eid.why." + strings.TrimPrefix(why, "eid-"))
	}
	return ""
}

// eidView is what the sign-in page offers beside the form.
type eidView struct {
	Tab     string // "no", "se", "number" or empty, which shows both entries
	Tabs    []tab
	Norway  string // address of the Norwegian way; empty when there is none
	Sweden  string
	Phones  string
	Old     bool // a browser that the program does not run in, S3.02
	HelpURL string
}

type tab struct {
	Href, Text string
	Here       bool
}

// offerEID fills in what the sign-in page offers: eID first, S1.02, and a tab for each way, S3.03.
func (s *server) offerEID(c *fiber.Ctx, v *view) {
	way := c.Query("way")
	if !safe(c.Method()) {
		way = c.FormValue("way")
	}
	v.EID = eidView{Phones: servicePhones, Old: oldBrowser(c.Get(fiber.HeaderUserAgent)), HelpURL: helpPath}
	if s.EID == nil {
		return
	}
	at := func(name string) string {
		if w, err := s.EID.Provider(name); err != nil || w.Issuer.ID() == "" {
			return ""
		}
		return withNext(strings.Replace(eidPath, ":way", name, 1), v.Next)
	}
	v.EID.Norway, v.EID.Sweden = at("no"), at("se")
	tabs := []struct{ name, text string }{{"", "eid.tab.no"}, {"se", "eid.tab.se"}, {"number", "eid.tab.number"}}
	for _, t := range tabs {
		if t.name == "se" && v.EID.Sweden == "" {
			continue
		}
		here := t.name == way
		if here {
			v.EID.Tab = way
		}
		v.EID.Tabs = append(v.EID.Tabs, tab{Href: tabAddress(t.name, v.Next), Text: v.T(t.text), Here: here})
	}
	if v.EID.Tab == "" {
		v.EID.Tabs[0].Here = true
	} else {
		v.Self = tabAddress(v.EID.Tab, v.Next)
	}
}

func tabAddress(way, next string) string {
	address := withNext(loginPath, next)
	switch {
	case way == "":
		return address
	case strings.Contains(address, "?"):
		return address + "&way=" + way
	}
	return address + "?way=" + way
}

// offerProof fills in the ways by which a signed-in person can prove again who they are.
func (s *server) offerProof(c *fiber.Ctx, actor access.Principal, v *view) error {
	if s.EID == nil {
		return nil
	}
	names, err := s.EID.ProvidersOf(c.UserContext(), actor.Account)
	if err != nil {
		return err
	}
	for _, name := range names {
		address := strings.Replace(eidPath, ":way", name, 1) + "?prove=1"
		if v.Next != "" && v.Next != "/" {
			address += "&next=" + url.QueryEscape(v.Next)
		}
		v.EID.Tabs = append(v.EID.Tabs, tab{Href: address, Text: v.T("eid.prove." + name)})
	}
	return nil
}

// oldBrowser tells browsers that cannot run WebAssembly by what they call themselves: Internet
// Explorer, old Edge, and those that render on a server.
func oldBrowser(agent string) bool {
	for _, sign := range []string{"MSIE ", "Trident/", "Edge/12.", "Edge/13.", "Edge/14.", "Edge/15.", "Opera Mini/"} {
		if strings.Contains(agent, sign) {
			return true
		}
	}
	return false
}
