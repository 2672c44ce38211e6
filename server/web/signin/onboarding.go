package signin

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/site"
	"bompass/shared/toll"
)

func (h *Handlers) mountOnboarding(app *fiber.App) {
	app.Get(site.Welcome, h.SignedIn(h.welcomePage, site.Welcome))
	app.Post(site.Welcome, h.SignedIn(h.welcome, site.Welcome))
	app.Get(site.BecomeCustomer, h.SignedIn(h.customerPage))
	app.Post(site.BecomeCustomer, h.SignedIn(h.answerCustomer))
}

// isPersonal reports whether a page is the person's own: people who have agreed to nothing can still see, take
// out and erase what is stored about them, and sign out.
func isPersonal(path string) bool { return path == site.Profile || path == site.Sessions }

// Onboarding returns where a person must go before a page of the program. It returns an empty path when nothing
// is missing, S2.18, S1.09.
func (h *Handlers) Onboarding(ctx context.Context, actor access.Principal, path string) (string, error) {
	if isPersonal(path) {
		return "", nil
	}
	missing, err := h.Newcomers.Requirements(ctx, actor)
	switch {
	case err != nil:
		return "", err
	case path == site.Overview && !missing.NeedsDetails() && !actor.Role.May(role.SeeOverview): // a driver sees passages only
		return site.Passages, nil
	case missing.NeedsDetails():
		return site.Welcome, nil
	case missing.Customer && path != site.NewAgreement && path != site.AgreementReceipt:
		return site.BecomeCustomer, nil
	}
	return "", nil
}

// box is a question that is answered with a tick.
type box struct {
	Name, Label, Hint    string
	Given, Needed, Wrong bool
}

// boxName returns the name of a consent's box.
func boxName(kind toll.ConsentKind) string { return "consent-" + string(kind) }

// welcomeView is the content of the page that asks for what is missing.
type welcomeView struct {
	kit.FormPage
	Boxes []box
}

// welcomePage asks for what is missing, and for nothing else.
func (h *Handlers) welcomePage(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	v.Next = kit.SafeNext(c.Query("next"))
	missing, err := h.Newcomers.Requirements(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if !missing.NeedsDetails() {
		return c.Redirect(v.Next, fiber.StatusSeeOther)
	}
	return h.sendWelcome(c, v, missing, fiber.StatusOK)
}

func (h *Handlers) sendWelcome(c *fiber.Ctx, p *kit.Page, missing person.Requirements, status int) error {
	v := &welcomeView{FormPage: kit.FormPage{Page: *p, Form: &kit.Form{Action: site.Welcome, Submit: p.T("welcome.submit")}}}
	v.Title = v.T("welcome.title")
	if missing.Name {
		v.Form.Fields = append(v.Form.Fields, kit.Field{Name: "name", Label: v.T("register.name"), Complete: "name", Max: 100, Value: c.FormValue("name")})
	}
	if missing.Email {
		email := kit.EmailField(p)
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
				Name: boxName(kind), Label: v.T("consent." + name), Hint: v.T("welcome.consent." + name),
				Given: c.FormValue(boxName(kind)) != "", Needed: kind == toll.ConsentPrivacy, Wrong: boxName(kind) == v.FailureAt,
			})
		}
	}
	return h.Send(c, status, "welcome", v)
}

func (h *Handlers) welcome(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	v.Next = kit.SafeNext(c.FormValue("next"))
	given := person.OnboardingDetails{Name: strings.TrimSpace(c.FormValue("name")), Email: c.FormValue("email"), Consents: api.ConsentRequest{Given: map[toll.ConsentKind]bool{}}}
	for _, kind := range toll.Consents() {
		given.Consents.Given[kind] = c.FormValue(boxName(kind)) != ""
	}
	missing, err := h.Newcomers.Requirements(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if missing.Email { // each request sends an email
		if err := h.Access.AllowRequest(c.UserContext(), actor, "welcome"); err != nil {
			return err
		}
	}
	waits, err := h.Newcomers.CompleteOnboarding(c.UserContext(), actor, given)
	if code := fault.CodeOf(err); err != nil && (code == fault.FieldWrong || code == fault.FieldMissing || code == fault.ConsentNeeded) {
		known, status := h.Explain(c, err)
		v.Failure, v.FailureAt = v.Fault(&known), known.Field
		if code == fault.ConsentNeeded {
			v.FailureAt = boxName(toll.ConsentPrivacy)
		}
		return h.sendWelcome(c, v, missing, status)
	}
	if err != nil {
		return err
	}
	if waits {
		return h.SendDone(c, v, kit.Done{
			Title: v.T("sent.title"), Text: v.T("welcome.sent", "email", given.Email), Notes: []string{v.T("sent.missing", "phones", v.ServicePhones())},
			Href: kit.WithNext(site.Welcome, v.Next), Go: v.T("welcome.followed"),
		})
	}
	return c.Redirect(v.Next, fiber.StatusSeeOther)
}

// customerPage asks whether the person is a customer of a toll company already, S2.25. It can be opened at any
// time; a person without an agreement is sent here once, S1.09.
func (h *Handlers) customerPage(c *fiber.Ctx, _ access.Principal, v *kit.Page) error {
	v.Title, v.Next = v.T("welcome.customer.title"), kit.SafeNext(c.Query("next"))
	return h.Send(c, fiber.StatusOK, "customer", v)
}

// answerCustomer sends the person where the answer leads, S2.26. The question is not asked again.
func (h *Handlers) answerCustomer(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	if err := h.Newcomers.MarkCustomerAsked(c.UserContext(), actor); err != nil {
		return err
	}
	to := kit.SafeNext(c.FormValue("next"))
	switch c.FormValue("answer") {
	case "yes":
		to = site.FindAgreements
	case "no":
		to = site.NewAgreement
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}
