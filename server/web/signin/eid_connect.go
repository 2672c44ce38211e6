package signin

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// connectPath asks a signed-in person whether the eID that they have just proved is to open this account.
const connectPath = "/security/eid"

// connectPage says what will change before it is changed.
func (h *Handlers) connectPage(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	offer, err := h.EID.LinkOffer(c.UserContext(), actor)
	if err != nil && fault.CodeOf(err) == fault.SignedOut { // nothing is offered
		return c.Redirect(site.Security, fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	lead := v.T("eid.connect.lead")
	if offer.OtherPerson != "" {
		lead = v.T("eid.connect.join", "name", offer.OtherPerson)
	}
	v.Title = v.T("eid.connect.title")
	return h.SendForm(c, v, &kit.Form{
		Title: v.Title, Lead: lead, Action: connectPath, Submit: v.T("eid.connect.submit"), Fields: []kit.Field{{Name: "eid"}},
		Links: []kit.Link{{Href: site.Security, Text: v.T("login.back")}},
	})
}

func (h *Handlers) connect(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	err := h.EID.ConfirmLink(c.UserContext(), actor)
	switch {
	case err == nil:
		return h.SendDone(c, v, kit.Done{Title: v.T("eid.connected.title"), Text: v.T("eid.connected.text"), Href: site.Security, Go: v.T("security.title")})
	case fault.CodeOf(err) == fault.StepUp:
		return err
	}
	return h.sendConnectError(c, err)
}

// sendConnectError renders the security settings, where the person began, with the reason why an eID is not
// connected.
func (h *Handlers) sendConnectError(c *fiber.Ctx, wrong error) error {
	actor, err := h.CurrentActor(c)
	if err != nil {
		return h.RestartLogin(c, err)
	}
	known, status := h.Explain(c, wrong)
	if known.Code == fault.StepUp {
		return redirectToStepUp(c)
	}
	if !slices.Contains([]fault.Code{fault.EIDTaken, fault.EIDRefused, fault.EIDCancelled, fault.PartnerDown, fault.SignedOut}, known.Code) {
		return wrong
	}
	v, err := h.SignedInPage(c, actor)
	if err != nil {
		return err
	}
	v.AddFailure("eid", v.Fault(&known))
	return h.sendSecurity(c, actor, v, status)
}
