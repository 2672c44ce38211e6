package welcome

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// box is a question that is answered with a tick.
type box struct {
	Name, Label, Hint, Error string
	Given, Needed            bool
}

// boxName returns the name of a consent's box.
func boxName(kind toll.ConsentKind) string { return "consent-" + string(kind) }

// welcomeView is the content of the page that asks for what is missing.
type welcomeView struct {
	kit.FormPage
	Boxes []box
}

// welcomePage asks for what is missing, and for nothing else. A factor must have been confirmed recently for what the
// person signs in with, so that nothing that is typed is lost.
func (h *Handlers) welcomePage(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	v.Next = kit.SafeNext(c.Query("next"))
	missing, err := h.People.Requirements(c.UserContext(), actor)
	if err != nil {
		return err
	}
	switch {
	case !missing.NeedsDetails():
		return c.Redirect(v.Next, fiber.StatusSeeOther)
	case !missing.NeedsForm():
		return c.Redirect(kit.WithNext(mobilePath, v.Next), fiber.StatusSeeOther)
	case missing.Email || missing.Mobile:
		if err := h.Access.RequireStepUp(actor); err != nil {
			return err
		}
	}
	return h.sendWelcome(c, v, missing, nil)
}

// sendWelcome renders the form with what is wrong with its fields.
func (h *Handlers) sendWelcome(c *fiber.Ctx, p *kit.Page, missing person.Requirements, wrong error) error {
	v := &welcomeView{FormPage: kit.FormPage{Page: *p, Form: &kit.Form{Action: site.Welcome, Submit: p.T("welcome.submit"), Fields: h.welcomeFields(p, missing)}}}
	v.Title = v.T("welcome.title")
	v.Restrict()
	if missing.Consent {
		v.Boxes = consentBoxes(c, p)
	}
	if !kit.SafeMethod(c.Method()) {
		for i := range v.Form.Fields {
			v.Form.Fields[i].Value = c.FormValue(v.Form.Fields[i].Name)
		}
	}
	if wrong == nil {
		return h.Send(c, fiber.StatusOK, "welcome", v)
	}
	for _, f := range fieldFaults(wrong) {
		v.showFault(f)
	}
	_, status := h.Explain(c, wrong)
	return h.Send(c, status, "welcome", v)
}

// welcomeFields returns the fields of what is missing. The address is asked for as a whole.
func (h *Handlers) welcomeFields(p *kit.Page, missing person.Requirements) (fields []kit.Field) {
	if missing.Name {
		fields = append(fields, kit.Field{Name: "name", Label: p.T("register.name"), Complete: "name"})
	}
	if missing.Email {
		email := kit.EmailField(p)
		email.Hint = p.T("welcome.email.hint")
		fields = append(fields, email)
	}
	if missing.Mobile {
		mobile := mobileField(p)
		mobile.Hint = p.T("welcome.mobile.hint")
		if !h.People.ConfirmsMobile() {
			mobile.Hint = p.T("welcome.mobile.unconfirmed")
		}
		fields = append(fields, mobile)
	}
	if missing.Address {
		fields = append(fields,
			kit.Field{Name: "street", Label: p.T("profile.street"), Hint: p.T("welcome.street.hint"), Complete: "street-address"},
			kit.Field{Name: "postal_code", Label: p.T("profile.postal"), Complete: "postal-code"},
			kit.Field{Name: "city", Label: p.T("profile.city"), Complete: "address-level2"},
			countryField(p),
		)
	}
	return fields
}

func mobileField(p *kit.Page) kit.Field {
	return kit.Field{Name: "mobile", Label: p.T("profile.mobile"), Type: "tel", Complete: "tel"}
}

func countryField(p *kit.Page) kit.Field {
	f := kit.Field{Name: "country", Label: p.T("agree.country"), Hint: p.T("welcome.country.hint", "phones", p.ServicePhones()), Complete: "country", Value: "NO"}
	for _, code := range i18n.Countries() {
		f.Options = append(f.Options, kit.Option{Value: code, Text: p.T("country." + code)})
	}
	return f
}

func consentBoxes(c *fiber.Ctx, p *kit.Page) (boxes []box) {
	for _, kind := range toll.Consents() {
		boxes = append(boxes, box{
			Name: boxName(kind), Label: p.T("consent." + string(kind)), Hint: p.T("welcome.consent." + string(kind)),
			Given: c.FormValue(boxName(kind)) != "", Needed: kind == toll.ConsentPrivacy,
		})
	}
	return boxes
}

// fieldFaults returns the faults of single fields that an error consists of.
func fieldFaults(err error) []*fault.Error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.FieldWrong && f.Code != fault.FieldMissing && f.Code != fault.ConsentNeeded {
		return nil
	}
	return f.All()
}

// showFault shows a fault beside its field and above the form.
func (v *welcomeView) showFault(f *fault.Error) {
	text := v.Fault(f)
	for i := range v.Form.Fields {
		if field := &v.Form.Fields[i]; field.Name == f.Field {
			field.Error = text
			v.AddFailure(field.Name, text)
		}
	}
	for i := range v.Boxes {
		if b := &v.Boxes[i]; f.Code == fault.ConsentNeeded && b.Name == boxName(toll.ConsentKind(f.Field)) {
			b.Error = text
			v.AddFailure(b.Name, text)
		}
	}
}

func (h *Handlers) welcome(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	v.Next = kit.SafeNext(c.FormValue("next"))
	given := readWelcome(c)
	missing, err := h.People.Requirements(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if missing.Email || missing.Mobile { // each request sends a message
		if err := h.Access.AllowRequest(c.UserContext(), actor, "welcome"); err != nil {
			return err
		}
	}
	left, err := h.People.CompleteOnboarding(c.UserContext(), actor, given)
	if err != nil && len(fieldFaults(err)) > 0 {
		return h.sendWelcome(c, v, missing, err)
	}
	if err != nil {
		return err
	}
	return h.finishWelcome(c, v, given, left)
}

func readWelcome(c *fiber.Ctx) person.OnboardingDetails {
	given := person.OnboardingDetails{
		Name: strings.TrimSpace(c.FormValue("name")), Email: strings.TrimSpace(c.FormValue("email")),
		Contact: api.Details{
			Mobile: c.FormValue("mobile"), Street: c.FormValue("street"), PostalCode: c.FormValue("postal_code"), City: c.FormValue("city"), Country: c.FormValue("country"),
		},
		Consents: api.ConsentRequest{Given: map[toll.ConsentKind]bool{}},
	}
	for _, kind := range toll.Consents() {
		given.Consents.Given[kind] = c.FormValue(boxName(kind)) != ""
	}
	return given
}

// finishWelcome sends the person on, or says what is left to do.
func (h *Handlers) finishWelcome(c *fiber.Ctx, v *kit.Page, given person.OnboardingDetails, left person.OnboardingResult) error {
	done := kit.Done{Href: v.Next, Go: v.T("welcome.continue")}
	if left.MobileCode {
		done.Href = kit.WithNext(mobilePath, v.Next)
	}
	switch {
	case left.EmailLink:
		done.Title, done.Text = v.T("sent.title"), v.T("welcome.sent", "email", given.Email)
		done.Notes = []string{v.T("sent.missing", "phones", v.ServicePhones())}
		if !left.MobileCode {
			done.Href, done.Go = kit.WithNext(site.Welcome, v.Next), v.T("welcome.followed")
		}
		if left.Unchecked {
			done.Notes = append(done.Notes, v.T("welcome.mobile.stored"))
		}
	case left.Unchecked:
		done.Title, done.Text = v.T("welcome.saved"), v.T("welcome.mobile.stored")
	default:
		return c.Redirect(done.Href, fiber.StatusSeeOther)
	}
	return h.SendDone(c, v, done)
}

// customerPage asks whether the person is a customer of a toll company already, S2.25. It can be opened at any
// time; a person without an agreement is sent here once, S1.09.
func (h *Handlers) customerPage(c *fiber.Ctx, _ access.Principal, v *kit.Page) error {
	v.Title, v.Next = v.T("welcome.customer.title"), kit.SafeNext(c.Query("next"))
	return h.Send(c, fiber.StatusOK, "customer", v)
}

// answerCustomer sends the person where the answer leads, S2.26. The question is not asked again.
func (h *Handlers) answerCustomer(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	if err := h.People.MarkCustomerAsked(c.UserContext(), actor); err != nil {
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
