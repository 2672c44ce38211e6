package welcome

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// Addresses of confirming the mobile number before the portal can be used, S4.15.
const (
	mobilePath       = "/welcome/mobile"
	resendMobilePath = "/welcome/mobile/send"
	changeMobilePath = "/welcome/mobile/change"
)

// mobileView is the content of the page that asks for the code sent to the mobile number. Form takes the code.
type mobileView struct {
	kit.FormPage
	Resend string        // address at which another code is requested
	Change *kit.FormPage // takes another number
	Sent   bool          // another code was sent
}

func (h *Handlers) newMobileView(p *kit.Page, number string) *mobileView {
	code := kit.CodeField(p)
	code.Hint = p.T("textcode.hint")
	mobile := mobileField(p)
	mobile.Value = number
	v := &mobileView{FormPage: kit.FormPage{Page: *p}, Resend: resendMobilePath}
	v.Title = p.T("welcome.confirm.title")
	v.Restrict()
	v.Form = &kit.Form{
		Title: v.Title, Lead: p.T("welcome.confirm.lead", "number", number), Action: mobilePath, Submit: p.T("profile.confirm"), Fields: []kit.Field{code},
	}
	v.Change = &kit.FormPage{Page: *p, Form: &kit.Form{Action: changeMobilePath, Submit: p.T("welcome.confirm.change"), Fields: []kit.Field{mobile}}}
	return v
}

// viewFor returns the page for the actor's number. It returns nil if there is nothing to confirm.
func (h *Handlers) viewFor(c *fiber.Ctx, actor access.Principal, p *kit.Page) (*mobileView, error) {
	missing, err := h.People.Requirements(c.UserContext(), actor)
	if err != nil || !missing.MobileCode {
		return nil, err
	}
	details, err := h.People.Profile(c.UserContext(), actor)
	if err != nil {
		return nil, err
	}
	return h.newMobileView(p, details.Mobile), nil
}

func (h *Handlers) mobilePage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	p.Next = kit.SafeNext(c.Query("next"))
	v, err := h.viewFor(c, actor, p)
	if err != nil {
		return err
	}
	if v == nil {
		return c.Redirect(p.Next, fiber.StatusSeeOther)
	}
	v.Sent = c.Query("sent") != ""
	return h.Send(c, fiber.StatusOK, "mobile", v)
}

// confirmMobile confirms the number by the code.
func (h *Handlers) confirmMobile(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	p.Next = kit.SafeNext(c.FormValue("next"))
	_, err := h.People.ConfirmCode(c.UserContext(), actor, api.ConfirmRequest{Channel: person.Mobile, Code: c.FormValue("code")})
	if err != nil {
		return h.sendMobileError(c, actor, p, "code", err)
	}
	return c.Redirect(p.Next, fiber.StatusSeeOther)
}

// resendMobileCode sends another code.
func (h *Handlers) resendMobileCode(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	p.Next = kit.SafeNext(c.FormValue("next"))
	err := h.Access.AllowRequest(c.UserContext(), actor, "code "+person.Mobile)
	if err == nil {
		err = h.People.SendCode(c.UserContext(), actor, person.Mobile)
	}
	if err != nil {
		return h.sendMobileError(c, actor, p, "code", err)
	}
	return c.Redirect(site.With(mobilePath, map[string][]string{"next": {p.Next}, "sent": {"1"}}), fiber.StatusSeeOther)
}

// changeMobile corrects the number and sends a code to it.
func (h *Handlers) changeMobile(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	p.Next = kit.SafeNext(c.FormValue("next"))
	err := h.Access.AllowRequest(c.UserContext(), actor, "code "+person.Mobile)
	if err == nil {
		err = h.People.ChangeMobile(c.UserContext(), actor, c.FormValue("mobile"))
	}
	if err != nil {
		return h.sendMobileError(c, actor, p, "mobile", err)
	}
	return c.Redirect(kit.WithNext(mobilePath, p.Next), fiber.StatusSeeOther)
}

// sendMobileError renders the page again with what is wrong with one of its fields.
func (h *Handlers) sendMobileError(c *fiber.Ctx, actor access.Principal, p *kit.Page, field string, wrong error) error {
	switch fault.CodeOf(wrong) {
	case fault.CodeWrong, fault.FieldMissing, fault.FieldWrong, fault.TooMany, fault.TooManyToday:
	default:
		return wrong
	}
	v, err := h.viewFor(c, actor, p)
	if err != nil {
		return err
	}
	if v == nil {
		return c.Redirect(p.Next, fiber.StatusSeeOther)
	}
	known, status := h.Explain(c, wrong)
	kit.SetRetryAfter(c, known)
	form := v.Form
	if field == "mobile" {
		form = v.Change.Form
		form.Fields[0].Value = c.FormValue("mobile")
	}
	form.Fields[0].Error = v.Fault(&known)
	v.AddFailure(field, v.Fault(&known))
	return h.Send(c, status, "mobile", v)
}
