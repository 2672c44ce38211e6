package web

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/shared/fault"
	"bompass/shared/oslo"
)

// Addresses of the way back for who has the password and has lost every other factor.
const (
	lostPath     = "/login/lost"
	lostCodePath = "/login/lost/code"
	lostStopPath = "/lost/stop"
	stopHerePath = "/security/lost/stop"
)

func (s *server) mountLost() {
	s.app.Get(lostPath, s.lostPage)
	s.app.Post(lostPath, s.askLost)
	s.app.Post(lostCodePath, s.findLost)
	stop := way{form: func(v view) *form {
		return &form{Title: v.T("ways.lost.stop.title"), Lead: v.T("ways.lost.stop.lead"), Action: lostStopPath, Submit: v.T("ways.lost.stop.submit"), Danger: true, Fields: []field{{Name: "link"}}}
	}, do: func(c *fiber.Ctx, v view) (done, error) {
		err := s.Locksmith.StopLostFactorClaimByLink(c.UserContext(), s.link(c))
		if err == nil {
			s.forget(c, linkCookie)
		}
		return done{Title: v.T("ways.lost.stopped.title"), Text: v.T("ways.lost.stopped.text"), Href: forgotPath, Go: v.T("ways.forgot.title")}, err
	}}
	s.app.Get(lostStopPath, s.opened(stop))
	s.app.Post(lostStopPath, s.submitted(stop))
	s.app.Post(stopHerePath, s.inside(s.stopLostHere))
}

// lostView is what the page about lost factors shows.
type lostView struct {
	EID     string // address of the way in with an eID; empty when none opens the account
	Why     string // why no letter can be sent; empty when one can
	Asked   bool   // a letter is on its way
	Ready   bool   // its code can be written
	Day, At string // from when
}

func (s *server) lostPage(c *fiber.Ctx) error {
	s.chooseLanguage(c)
	return s.showLost(c, nil)
}

// showLost shows the ways back, with what is wrong with the code.
func (s *server) showLost(c *fiber.Ctx, wrong error) error {
	state, err := s.Locksmith.LostFactor(c.UserContext(), s.step(c))
	if err != nil {
		return s.again(c, whyExpired, err)
	}
	v := s.signInView(c)
	v.Title, v.Lost = v.T("ways.lost.title"), &lostView{Asked: state.Claim != nil, Ready: state.Ready}
	if state.EID && s.EID != nil {
		v.Lost.EID = withNext("/login/eid/no", securityPath)
	}
	if state.LetterError != nil {
		v.Lost.Why = lostWhy(v, state.LetterError)
	}
	if state.Claim != nil {
		v.Lost.Day, v.Lost.At = v.Day(oslo.DayOf(state.Claim.Opens)), v.Clock(state.Claim.Opens)
	}
	v.Form = &form{
		Action: lostCodePath, Submit: v.T("ways.lost.submit"),
		Fields: []field{{Name: "code", Label: v.T("ways.lost.code"), Hint: v.T("ways.lost.code.hint"), Complete: "off", Max: 40}},
	}
	status := fiber.StatusOK
	if wrong != nil {
		known, of := s.explain(c, wrong)
		v.Failure, v.FailureAt, v.Form.Fields[0].Wrong = v.Fault(&known), "code", true
		status = of
	}
	return s.pages.send(c, status, "lost", v)
}

// lostWhy says why no letter can be sent, and what to do instead.
func lostWhy(v view, err error) string {
	code := fault.CodeOf(err)
	if code == fault.FieldMissing {
		return v.T("ways.lost.why.address", "phones", servicePhones)
	}
	if code == fault.Refused {
		return v.T("ways.lost.why.young", "days", int(factor.AddressSettled.Hours()/24), "phones", servicePhones)
	}
	return v.T("ways.lost.why.unset", "phones", servicePhones)
}

func (s *server) askLost(c *fiber.Ctx) error {
	if err := s.ownForm(c); err != nil {
		return s.again(c, whyExpired, err)
	}
	err := s.Locksmith.SendLostFactorCode(c.UserContext(), s.visitor(c), s.step(c))
	switch {
	case err == nil:
		return c.Redirect(lostPath, fiber.StatusSeeOther)
	case fault.CodeOf(err) == fault.TooMany:
		return s.showLost(c, err)
	}
	return s.again(c, whyExpired, err)
}

// findLost takes the code from the letter and leads to a new app.
func (s *server) findLost(c *fiber.Ctx) error {
	if err := s.ownForm(c); err != nil {
		return s.again(c, whyExpired, err)
	}
	err := s.Locksmith.VerifyLostFactorCode(c.UserContext(), s.visitor(c), s.step(c), c.FormValue("code"))
	switch {
	case err == nil:
		return c.Redirect(enrolPath, fiber.StatusSeeOther)
	case fault.CodeOf(err) == fault.SignedOut:
		s.forget(c, stepCookie)
		return s.again(c, whyExpired, err)
	case fault.CodeOf(err) == fault.CodeWrong, fault.CodeOf(err) == fault.TooMany:
		return s.showLost(c, err)
	}
	return err
}

// stopLostHere stops it from within. Everybody is signed out, this browser too: whoever asked knows the
// password.
func (s *server) stopLostHere(c *fiber.Ctx, actor access.Principal, v view) error {
	if err := s.Locksmith.StopLostFactorClaim(c.UserContext(), actor); err != nil {
		return err
	}
	s.streams.end(actor.Session)
	s.forgetSession(c)
	v.Inside = false
	return s.ended(c, v, done{Title: v.T("ways.lost.stopped.title"), Text: v.T("ways.lost.stopped.text"), Href: forgotPath, Go: v.T("ways.forgot.title")})
}
