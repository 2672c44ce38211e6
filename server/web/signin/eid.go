package signin

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/eid"
	"bompass/server/partner/identity"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// Addresses of signing in with an eID. An issuer has the return address of its own provider only, so that the
// answer of one is never taken for another's.
const (
	eidPath       = "/login/eid/:way"
	eidReturnPath = "/login/eid/:way/return"
	tabCookie     = "tx-" // and the name of the request: one cookie for each tab
)

// The reasons for which a person comes back from an eID without a session.
const (
	whyRefused   = "eid-refused"
	whyCancelled = "eid-cancelled"
	whyDown      = "eid-down"
	whyUnset     = "eid-unset"
)

// EID authenticates people with electronic identities.
type EID interface {
	EIDLogin
	Connections
	EndSessions
}

// EIDLogin starts and ends authentication requests.
type EIDLogin interface {
	Provider(name string) (eid.Provider, error)
	Begin(ctx context.Context, a eid.BeginRequest) (eid.Redirect, error)
	Finish(ctx context.Context, way string, t eid.Callback) (eid.Result, error)
}

// Connections connects an eID to an existing account.
type Connections interface {
	ProvidersOf(ctx context.Context, account toll.AccountID) ([]string, error)
	LinkOffer(ctx context.Context, actor access.Principal) (eid.LinkOffer, error)
	ConfirmLink(ctx context.Context, actor access.Principal) error
}

func (h *Handlers) mountEID(app *fiber.App) {
	app.Get(eidPath, h.eidBegin)
	app.Get(eidReturnPath, h.eidReturn)
	app.Get(connectPath, h.SignedIn(h.connectPage))
	app.Post(connectPath, h.SignedIn(h.connect))
}

// eidAddress returns the address at which signing in with a provider begins.
func eidAddress(provider string) string { return strings.Replace(eidPath, ":way", provider, 1) }

// eidBegin redirects the browser to the issuer. It is a link and not a form: the policy of forms would have to
// name every site that an issuer may redirect to.
func (h *Handlers) eidBegin(c *fiber.Ctx) error {
	if err := h.RequireSameSite(c); err != nil {
		return err
	}
	if host := strings.ToLower(string(c.Request().Header.Host())); host != h.Origin.Host { // the issuer has one of our names
		return c.Redirect(h.Origin.Of(h.Origin.Host)+kit.WithNext(site.Login, c.Query("next")), fiber.StatusSeeOther)
	}
	if strings.Contains(c.Get("Sec-Purpose"), "prefetch") {
		return c.SendStatus(fiber.StatusNoContent)
	}
	asked := eid.BeginRequest{Provider: c.Params("way"), Language: h.Language(c), Next: kit.SafeNext(c.Query("next"))}
	if _, err := h.Access.Locked(c.UserContext(), h.SessionToken(c)); err == nil {
		asked.Reauthenticate = true // a session at the issuer does not open the one that is locked here
	}
	if c.Query("prove") != "" || c.Query("link") != "" {
		actor, err := h.CurrentActor(c)
		if err != nil {
			return h.RestartLogin(c, err)
		}
		if c.Query("prove") != "" {
			asked.StepUpAccount = actor.Account
			if request := c.Query("request"); request != "" {
				asked.Next = site.With(provenPath, url.Values{"next": {asked.Next}, "request": {request}})
			}
		}
		if c.Query("link") != "" {
			if h.Access.RequireStepUp(actor) != nil {
				return redirectToStepUp(c)
			}
			asked.LinkAccount = actor.Account
		}
	}
	if err := h.Access.ThrottleVisit(c.UserContext(), h.Visitor(c), "eid"); err != nil {
		return err
	}
	started, err := h.EID.Begin(c.UserContext(), asked)
	if err != nil {
		return h.redirectEIDFailure(c, err)
	}
	h.SetCookie(c, tabCookie+started.Name, string(started.Browser), eid.AuthRequestMax)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect(started.Address, fiber.StatusSeeOther)
}

// redirectToStepUp sends a person to confirm a factor and then back to the security settings.
func redirectToStepUp(c *fiber.Ctx) error {
	return c.Redirect(site.StepUp+"?next="+url.QueryEscape(site.Security), fiber.StatusSeeOther)
}

// eidReturn handles the issuer's answer. The cookie of this tab's request must be there and is removed.
func (h *Handlers) eidReturn(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin") // the address holds a code
	answer, ok := issuerAnswer(c)
	if !ok {
		return h.redirectEIDFailure(c, fault.New(fault.EIDRefused))
	}
	tab := tabCookie + eid.TabName(answer.State)
	ticket := eid.Callback{Browser: seal.Token(h.Cookie(c, tab)), Response: answer, Visitor: h.Visitor(c)}
	if actor, err := h.Access.Peek(c.UserContext(), h.SessionToken(c)); err == nil {
		ticket.Current = &actor
	}
	in, err := h.EID.Finish(c.UserContext(), c.Params("way"), ticket)
	h.ClearCookie(c, tab)
	if in.LinkOffered && err != nil {
		return h.sendConnectError(c, err)
	}
	if err != nil {
		return h.redirectEIDFailureTo(c, in, err)
	}
	if in.LinkOffered {
		return c.Redirect(connectPath, fiber.StatusSeeOther)
	}
	if ticket.Current != nil && ticket.Current.Account == in.Account.ID {
		h.Streams.End(ticket.Current.Session)
	}
	if err := h.begin(c, in.Token, true); err != nil {
		return err
	}
	if in.SteppedUp && ticket.Current != nil {
		return h.provenByEID(c, *ticket.Current, in)
	}
	return c.Redirect(h.nextAfterEID(c, in), fiber.StatusSeeOther)
}

// afterEID returns the address that a person wanted, and the request that waits for a confirmation.
func afterEID(in eid.Result) (next, request string) {
	if u, err := url.Parse(in.Next); err == nil && u.Path == provenPath {
		return kit.SafeNext(u.Query().Get("next")), u.Query().Get("request")
	}
	return kit.SafeNext(in.Next), ""
}

// provenByEID sends a person on who has confirmed with an eID, after the request that waited for that.
func (h *Handlers) provenByEID(c *fiber.Ctx, actor access.Principal, in eid.Result) error {
	next, request := afterEID(in)
	address, err := h.proven(c, actor, in.Token, next, request)
	if err != nil {
		return err
	}
	return c.Redirect(address, fiber.StatusSeeOther)
}

// issuerAnswer returns the parameters of the issuer's answer, and false if one of them is repeated.
func issuerAnswer(c *fiber.Ctx) (identity.AuthResponse, bool) {
	for _, name := range []string{"code", "state", "iss", "error"} {
		if len(c.Context().QueryArgs().PeekMulti(name)) > 1 {
			return identity.AuthResponse{}, false
		}
	}
	return identity.AuthResponse{Code: c.Query("code"), State: c.Query("state"), Issuer: c.Query("iss"), Error: c.Query("error")}, true
}

// nextAfterEID returns where a person goes who has just signed in: to the choice of party if there is more
// than one, S2.23.
func (h *Handlers) nextAfterEID(c *fiber.Ctx, in eid.Result) string {
	next := kit.SafeNext(in.Next)
	if h.Parties == nil {
		return next
	}
	actor, err := h.Access.Peek(c.UserContext(), in.Token)
	if err != nil {
		return next
	}
	list, err := h.Parties.Parties(c.UserContext(), actor)
	if err != nil || len(list.Parties) < 2 {
		return next
	}
	return kit.WithNext(site.Parties, next)
}

// redirectEIDFailure sends a person back to the sign-in page with a reason that they can act on. The log gets
// the operator's reason and nothing of the person.
func (h *Handlers) redirectEIDFailure(c *fiber.Ctx, err error) error {
	return h.redirectEIDFailureTo(c, eid.Result{}, err)
}

// redirectEIDFailureTo sends a person back to where they began: to the sign-in page, or to the page on which a factor is
// shown again. Both lead on to the address that they wanted.
func (h *Handlers) redirectEIDFailureTo(c *fiber.Ctx, began eid.Result, err error) error {
	why := ""
	switch fault.CodeOf(err) {
	case fault.SignedOut:
		why = site.WhyExpired
	case fault.EIDCancelled:
		why = whyCancelled
	case fault.EIDRefused:
		why = whyRefused
		h.Log.Warn("verify eID", "trace", kit.TraceOf(c), "provider", c.Params("way"), "error", err)
	case fault.PartnerDown:
		why = whyDown
		h.Log.Warn("call eID issuer", "trace", kit.TraceOf(c), "provider", c.Params("way"), "error", err)
	case fault.PartnerUnset:
		why = whyUnset
	default:
		return err
	}
	next, request := afterEID(began)
	query, page := url.Values{"why": {why}}, site.Login
	if next != site.Overview {
		query.Set("next", next)
	}
	switch {
	case began.SteppedUp:
		page = site.StepUp
		if request != "" {
			query.Set("request", request)
		}
	case why == whyCancelled && c.Params("way") == "se":
		query.Set("way", "se")
	}
	return c.Redirect(site.With(page, query), fiber.StatusSeeOther)
}

// eidNotice returns the sentence for a person who came back from an eID without a session.
func eidNotice(v *kit.Page, why string) string {
	switch why {
	case whyRefused, whyCancelled, whyDown, whyUnset:
		return v.T("eid.why." + strings.TrimPrefix(why, "eid-"))
	}
	return ""
}
