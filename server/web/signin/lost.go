package signin

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/site"
)

// Addresses of recovery for a person who has the password and has lost every other factor.
const (
	lostPath         = "/login/lost"
	lostCodePath     = "/login/lost/code"
	lostStopPath     = "/lost/stop"
	lostStopHerePath = "/security/lost/stop"
)

func (h *Handlers) mountLost(app *fiber.App) {
	app.Get(lostPath, h.lostPage)
	app.Post(lostPath, h.askLost)
	app.Post(lostCodePath, h.lostCodeSubmit)
	stop := kit.Flow{Form: lostStopForm, Submit: h.stopLost}
	app.Get(lostStopPath, h.ShowLinkedFlow(stop))
	app.Post(lostStopPath, h.SubmitFlow(stop))
	app.Post(lostStopHerePath, h.SignedIn(h.stopLostHere))
}

// lostClaim is an open claim of lost factors as a page shows it.
type lostClaim struct{ Day, At string } // from when its code can be used

// lostView is the content of the page about lost factors.
type lostView struct {
	kit.FormPage
	EID   string // address of signing in with an eID; empty if no eID belongs to the account
	Why   string // why no letter can be sent; empty if one can
	Ready bool   // the letter's code can be entered
	Lost  *lostClaim
}

func (h *Handlers) lostPage(c *fiber.Ctx) error {
	h.SavePreferences(c)
	return h.sendLost(c, nil)
}

// sendLost renders the ways to recover, with what is wrong with the code.
func (h *Handlers) sendLost(c *fiber.Ctx, wrong error) error {
	state, err := h.Factors.LostFactor(c.UserContext(), h.pendingLogin(c))
	if err != nil {
		return h.RestartLogin(c, err)
	}
	v := &lostView{FormPage: kit.FormPage{Page: *h.VisitorPage(c)}, Ready: state.Ready}
	v.Title = v.T("lost.title")
	if state.EID && h.EID != nil {
		v.EID = kit.WithNext(eidAddress("no"), site.Security)
	}
	if state.LetterError != nil {
		v.Why = whyNoLetter(&v.Page, state.LetterError)
	}
	if state.Claim != nil {
		v.Lost = &lostClaim{Day: v.Day(oslo.DayOf(state.Claim.Opens)), At: v.Clock(state.Claim.Opens)}
	}
	v.Form = &kit.Form{
		Action: lostCodePath, Submit: v.T("lost.submit"),
		Fields: []kit.Field{{Name: "code", Label: v.T("lost.code"), Hint: v.T("lost.code.hint"), Complete: "off"}},
	}
	status := fiber.StatusOK
	if wrong != nil {
		known, of := h.Explain(c, wrong)
		v.Form.Fields[0].Error = v.Fault(&known)
		v.AddFailure("code", v.Fault(&known))
		status = of
	}
	return h.Send(c, status, "lost", v)
}

// whyNoLetter explains why no letter can be sent, and what to do instead.
func whyNoLetter(v *kit.Page, err error) string {
	code := fault.CodeOf(err)
	if code == fault.FieldMissing {
		return v.T("lost.why.address", "phones", v.ServicePhones())
	}
	if code == fault.Refused {
		return v.T("lost.why.recent", "days", int(factor.AddressSettled.Hours()/24), "phones", v.ServicePhones())
	}
	return v.T("lost.why.unset", "phones", v.ServicePhones())
}

func (h *Handlers) askLost(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	err := h.Factors.SendLostFactorCode(c.UserContext(), h.Visitor(c), h.pendingLogin(c))
	switch {
	case err == nil:
		return c.Redirect(lostPath, fiber.StatusSeeOther)
	case fault.CodeOf(err) == fault.TooMany:
		return h.sendLost(c, err)
	}
	return h.RestartLogin(c, err)
}

// lostCodeSubmit accepts the code from the letter and leads to a new authenticator app.
func (h *Handlers) lostCodeSubmit(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	err := h.Factors.VerifyLostFactorCode(c.UserContext(), h.Visitor(c), h.pendingLogin(c), c.FormValue("code"))
	switch {
	case err == nil:
		return c.Redirect(enrolPath, fiber.StatusSeeOther)
	case fault.CodeOf(err) == fault.SignedOut:
		return h.endPendingLogin(c, err)
	case fault.CodeOf(err) == fault.CodeWrong, fault.CodeOf(err) == fault.TooMany:
		return h.sendLost(c, err)
	}
	return err
}

func lostStopForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("lost.stop.title"), Lead: v.T("lost.stop.lead"), Action: lostStopPath, Submit: v.T("lost.stop.submit"),
		Danger: true, Fields: []kit.Field{{Name: "link"}},
	}
}

func lostStopped(v *kit.Page) kit.Done {
	return kit.Done{Title: v.T("lost.stopped.title"), Text: v.T("lost.stopped.text"), Href: forgotPath, Go: v.T("forgot.title")}
}

// stopLost ends a claim by the link of an email.
func (h *Handlers) stopLost(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Factors.StopLostFactorClaimByLink(c.UserContext(), h.Link(c))
	if err == nil {
		h.ClearLink(c)
	}
	return lostStopped(v), err
}

// stopLostHere ends a claim for a signed-in person. Every session ends, this one too, because the claimant
// has the password.
func (h *Handlers) stopLostHere(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	if err := h.Factors.StopLostFactorClaim(c.UserContext(), actor); err != nil {
		return err
	}
	h.Streams.End(actor.Session)
	h.ClearSession(c)
	return h.SendDone(c, v, lostStopped(v))
}
