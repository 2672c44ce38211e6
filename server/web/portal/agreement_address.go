package portal

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
)

func (h *Handlers) mountAgreementAddresses(app *fiber.App) {
	app.Get(site.AgreementAddress, h.SignedIn(mayChange(h.addressesPage), site.AgreementAddress))
	app.Post(site.AgreementAddress, h.SignedIn(mayChange(h.setAddresses)))
}

// addressBox is the box of an agreement: whether it gets the new address.
type addressBox struct {
	Number, Text, Line string
	Ticked             bool
}

// addressesView is the content of the page of the agreements' addresses.
type addressesView struct {
	kit.FormPage
	Boxes []addressBox
	Saved bool
}

func (h *Handlers) newAddressesView(c *fiber.Ctx, actor access.Principal, p *kit.Page) (*addressesView, error) {
	v := &addressesView{FormPage: kit.FormPage{Page: *p}}
	v.Form = &kit.Form{
		Title: v.T("address.title"), Lead: v.T("address.lead"), Action: site.AgreementAddress, Submit: v.T("address.submit"),
		Fields: []kit.Field{{Name: "address", Label: v.T("address.new"), Complete: "off"}},
	}
	v.Title, v.Self = v.Form.Title, site.AgreementAddress
	list, err := h.Agreements.Addresses(c.UserContext(), actor)
	if err != nil {
		return nil, err
	}
	profile, err := h.Person.Profile(c.UserContext(), actor)
	if err != nil {
		return nil, err
	}
	own := addressLine(profile.Details)
	v.Form.Fields[0].Value = own
	for _, a := range list {
		box := addressBox{Number: a.Number, Text: v.T("address.of", "number", a.Number), Line: a.Line, Ticked: true}
		if a.Line == "" {
			box.Line = v.T("address.profile", "address", own)
		}
		v.Boxes = append(v.Boxes, box)
	}
	return v, nil
}

// addressesPage shows the address of each agreement, and asks for a new one and for the agreements that get it, S1.27.
func (h *Handlers) addressesPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newAddressesView(c, actor, p)
	if err != nil {
		return err
	}
	v.Saved = c.Query("done") == "saved"
	return h.Send(c, fiber.StatusOK, "addresses", v)
}

// setAddresses changes the address of the agreements that are ticked.
func (h *Handlers) setAddresses(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	var numbers []string
	for _, number := range c.Request().PostArgs().PeekMulti("agreement") {
		numbers = append(numbers, string(number))
	}
	err := h.Agreements.SetAddresses(c.UserContext(), actor, numbers, c.FormValue("address"))
	if err == nil {
		return c.Redirect(site.With(site.AgreementAddress, url.Values{"done": {"saved"}}), fiber.StatusSeeOther)
	}
	v, failed := h.newAddressesView(c, actor, p)
	if failed != nil {
		return failed
	}
	for i := range v.Boxes {
		v.Boxes[i].Ticked = slices.Contains(numbers, v.Boxes[i].Number)
	}
	known, _ := h.Explain(c, err)
	if wrong := known.About("agreement"); wrong != nil && wrong.Code == fault.FieldMissing {
		v.AddFailure("agreements", v.T("address.none"))
	}
	return h.SendFormErrorOn(c, v, v.Form, "addresses", err)
}
