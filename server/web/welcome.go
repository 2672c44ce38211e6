package web

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Addresses of what a person meets on the way in, once.
const (
	welcomePath  = "/welcome"
	customerPath = "/welcome/customer"
)

func (s *server) mountWelcome() {
	s.app.Get(welcomePath, s.inside(s.welcomePage))
	s.app.Post(welcomePath, s.inside(s.welcome))
	s.app.Get(customerPath, s.inside(s.customerPage))
	s.app.Post(customerPath, s.inside(s.answerCustomer))
	s.app.Get(findPath, s.inside(s.findPage))
	s.app.Post(findPath, s.inside(s.find))
	s.app.Get(linkFoundPath, s.foundLetter)
	s.app.Post(linkFoundPath, s.inside(s.linkFound))
	s.app.Get(oldPath, s.inside(s.oldPage))
	s.app.Post(oldPath, s.inside(s.linkOld))
	s.app.Get(termsPath+":kind", s.terms)
}

// ungated are the pages that are the person's own: whoever agrees to nothing can still see, take out and
// erase what we know, and leave.
func ungated(path string) bool { return path == "/profile" || path == "/sessions" }

// threshold is where a person goes before a page, empty when nothing is missing, S2.18, S1.09.
func (s *server) threshold(ctx context.Context, actor access.Principal, path string) (string, error) {
	if ungated(path) {
		return "", nil
	}
	missing, err := s.Profile.Requirements(ctx, actor)
	switch {
	case err != nil:
		return "", err
	case path == "/" && !missing.NeedsDetails() && !actor.Role.May(role.SeeOverview): // a driver sees passages alone
		return "/passages", nil
	case missing.NeedsDetails():
		return welcomePath, nil
	case missing.Customer && path != becomePath && path != becamePath: // who is on the way has answered
		return customerPath, nil
	}
	return "", nil
}

// box is a question that is answered with a tick.
type box struct {
	Name, Label, Hint    string
	Given, Needed, Wrong bool
}

// boxOf names a consent's box: an address that is given is no consent to use it.
func boxOf(kind toll.ConsentKind) string { return "consent-" + string(kind) }

// welcomePage asks for what is missing, and for nothing else.
func (s *server) welcomePage(c *fiber.Ctx, actor access.Principal, v view) error {
	v.Next = safeNext(c.Query("next"))
	missing, err := s.Profile.Requirements(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if !missing.NeedsDetails() {
		return c.Redirect(v.Next, fiber.StatusSeeOther)
	}
	return s.showWelcome(c, v, missing, fiber.StatusOK)
}

func (s *server) showWelcome(c *fiber.Ctx, v view, missing person.Requirements, status int) error {
	v.Title, v.Boxes, v.Form = v.T("welcome.title"), nil, &form{Action: welcomePath, Submit: v.T("welcome.submit")}
	if missing.Name {
		v.Form.Fields = append(v.Form.Fields, field{Name: "name", Label: v.T("ways.name"), Complete: "name", Max: 100, Value: c.FormValue("name")})
	}
	if missing.Email {
		email := emailField(v)
		email.Hint, email.Value = v.T("welcome.email.hint"), c.FormValue("email")
		v.Form.Fields = append(v.Form.Fields, email)
	}
	for i := range v.Form.Fields {
		v.Form.Fields[i].Wrong = v.Form.Fields[i].Name == v.FailureAt
	}
	if missing.Consent {
		for _, kind := range toll.Consents() {
			name := string(kind)
			v.Boxes = append(v.Boxes, box{
				Name: boxOf(kind), Label: v.T("consent." + name), Hint: v.T("welcome.consent." + name),
				Given: c.FormValue(boxOf(kind)) != "", Needed: kind == toll.ConsentPrivacy, Wrong: boxOf(kind) == v.FailureAt,
			})
		}
	}
	return s.pages.send(c, status, "welcome", v)
}

func (s *server) welcome(c *fiber.Ctx, actor access.Principal, v view) error {
	v.Next = safeNext(c.FormValue("next"))
	given := person.OnboardingDetails{Name: strings.TrimSpace(c.FormValue("name")), Email: c.FormValue("email"), Consents: api.ConsentRequest{Given: map[toll.ConsentKind]bool{}}}
	for _, kind := range toll.Consents() {
		given.Consents.Given[kind] = c.FormValue(boxOf(kind)) != ""
	}
	missing, err := s.Profile.Requirements(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if missing.Email { // each asks for a letter
		if err := s.Desk.AllowRequest(c.UserContext(), actor, "welcome"); err != nil {
			return err
		}
	}
	waits, err := s.Profile.CompleteOnboarding(c.UserContext(), actor, given)
	if code := fault.CodeOf(err); err != nil && (code == fault.FieldWrong || code == fault.FieldMissing || code == fault.ConsentNeeded) {
		known, status := s.explain(c, err)
		v.Failure, v.FailureAt = v.Fault(&known), known.Field
		if code == fault.ConsentNeeded {
			v.FailureAt = boxOf(toll.ConsentPrivacy)
		}
		return s.showWelcome(c, v, missing, status)
	}
	if err != nil {
		return err
	}
	if waits {
		return s.ended(c, v, done{
			Title: v.T("ways.sent.title"), Text: v.T("welcome.sent", "email", given.Email), Notes: []string{v.T("ways.sent.missing", "phones", servicePhones)},
			Href: withNext(welcomePath, v.Next), Go: v.T("welcome.followed"),
		})
	}
	return c.Redirect(v.Next, fiber.StatusSeeOther)
}

// customerPage asks whether the person is a customer of a toll company already, S2.25. It can be opened
// at any time; who has no agreement is led here once, S1.09.
func (s *server) customerPage(c *fiber.Ctx, _ access.Principal, v view) error {
	v.Title, v.Next = v.T("welcome.customer.title"), safeNext(c.Query("next"))
	return s.pages.send(c, fiber.StatusOK, "customer", v)
}

// answerCustomer goes the way that the person has chosen, S2.26, and does not ask again.
func (s *server) answerCustomer(c *fiber.Ctx, actor access.Principal, _ view) error {
	if err := s.Profile.MarkCustomerAsked(c.UserContext(), actor); err != nil {
		return err
	}
	to := safeNext(c.FormValue("next"))
	switch c.FormValue("answer") {
	case "yes":
		to = findPath
	case "no":
		to = becomePath
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}
