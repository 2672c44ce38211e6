package portal

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/payment"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/invoice"
	"bompass/shared/role"
	"bompass/shared/site"
)

// paying is what paying an invoice needs: the right to change something of the customer, and a mandate that is valid.
var paying = api.Endpoint{Name: "invoice.pay", Method: fiber.MethodPost, Path: site.PayInvoice, Access: api.Customer, Right: role.Change}

func (h *Handlers) mountPay(app *fiber.App) {
	app.Get(site.PayInvoice, h.SignedIn(h.mayPay(h.payPage)))
	app.Post(site.PayInvoice, h.SignedIn(h.mayPay(h.pay)))
	app.Get(site.InvoicePaid, h.SignedIn(h.mayPay(h.paidPage)))
}

// mayPay returns a handler for those who may pay.
func (h *Handlers) mayPay(handle kit.SignedInHandler) kit.SignedInHandler {
	return func(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
		if err := h.Authorize(c.UserContext(), kit.Caller{Kind: kit.Person, Person: actor}, paying); err != nil {
			return err
		}
		return handle(c, actor, p)
	}
}

// payable reports whether an actor may pay what is outstanding by card.
func (h *Handlers) payable(actor access.Principal) bool {
	return h.Payments.Offered() && actor.Role.May(paying.Right)
}

// markPayable marks a document of which the actor can pay something by card, S4.43.
func (h *Handlers) markPayable(actor access.Principal, i *api.InvoiceSummary) {
	i.Payable = h.payable(actor) && i.State.Open() && i.Outstanding > 0
}

// hidePay removes the documents that the actor cannot pay by card.
func (h *Handlers) hidePay(actor access.Principal, list []api.Owed) {
	for i := range list {
		if !h.payable(actor) {
			list[i].Pay = ""
		}
	}
}

// payView is the page on which a person says how much to pay.
type payView struct {
	kit.FormPage
	Sum, VAT, Outstanding string
	Number, Key           string
	Terms                 string // address
	Accepted              bool
	Stopped               bool // the person has just stopped at the provider
	None                  bool // nothing is to be paid
	Back                  string
}

// newPayView returns the page of an invoice. Its form is sent on to the provider's page.
func (h *Handlers) newPayView(c *fiber.Ctx, actor access.Principal, p *kit.Page, number string) (*payView, error) {
	reply, err := h.Invoices.Invoice(c.UserContext(), actor.Customer, number, false)
	if err != nil {
		return nil, err
	}
	v := &payView{
		FormPage: kit.FormPage{Page: *p}, Number: number, Terms: site.Terms + "card", Back: invoiceAddress(number), None: reply.Outstanding <= 0,
		Sum: p.Kroner(reply.Total), VAT: p.Kroner(reply.VAT), Outstanding: p.Kroner(reply.Outstanding), Stopped: c.Query("why") == "cancelled",
	}
	v.Title = v.T(payTitle(reply.Kind), "number", number)
	v.Self = site.With(site.PayInvoice, url.Values{"number": {number}})
	v.Form = &kit.Form{Title: v.Title, Lead: v.T("pay.lead"), Action: site.PayInvoice, Submit: v.T("pay.do"), Fields: []kit.Field{{
		Name: "amount", Label: v.T("pay.amount"), Hint: v.T("pay.amount.hint"), Mode: "decimal", Complete: "off",
		Value: v.Decimal(int64(reply.Outstanding), 2),
	}}}
	if to := h.Payments.Page(); to != "" { // the answer to the form leads there
		c.Set(fiber.HeaderContentSecurityPolicy, strings.Replace(kit.Policy, "form-action 'self'", "form-action 'self' "+to, 1))
	}
	return v, nil
}

// payTitle names what is paid.
func payTitle(kind invoice.Kind) string {
	if kind == invoice.KindReminder {
		return "pay.title.reminder"
	}
	return "pay.title"
}

func invoiceAddress(number string) string {
	return site.With(site.Invoice, url.Values{"number": {number}})
}

// payPage asks how much is to be paid, S4.48–S4.50, S4.56.
func (h *Handlers) payPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newPayView(c, actor, p, c.Query("number"))
	if err != nil {
		return err
	}
	v.Key = kit.NewKey()
	return h.Send(c, fiber.StatusOK, "pay", v)
}

// pay begins a payment and leads to the provider's page, S4.57.
func (h *Handlers) pay(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	number, key := c.FormValue("number"), c.FormValue("key")
	if key == "" || len(key) > keyMax {
		return fault.New(fault.BadRequest, "why", "the form has no key")
	}
	req := payment.Request{Number: number, Terms: c.FormValue("terms") != "", Key: key}
	req.Amount, _ = i18n.ParseAmount(c.FormValue("amount")) // 0 is refused with its field
	made, err := h.Payments.Begin(c.UserContext(), actor, req, p.T("pay.text", "number", number), p.Lang())
	switch {
	case err == nil && made.Address != "" && made.State.Open() && made.State != invoice.PaymentPending:
		return c.Redirect(made.Address, fiber.StatusSeeOther)
	case err == nil:
		return c.Redirect(site.With(site.InvoicePaid, url.Values{"payment": {made.ID}}), fiber.StatusSeeOther)
	case fault.CodeOf(err) != fault.FieldWrong && fault.CodeOf(err) != fault.FieldMissing:
		return err
	}
	v, failed := h.newPayView(c, actor, p, number)
	if failed != nil {
		return failed
	}
	v.Key, v.Accepted = kit.NewKey(), req.Terms
	known, _ := h.Explain(c, err)
	if wrong := known.About("terms"); wrong != nil {
		v.AddFailure("terms", v.Fault(wrong))
	}
	return h.SendFormErrorOn(c, v, v.Form, "pay", err)
}

// keyMax is the maximum length of the key of a form.
const keyMax = 64

// fact is a line of a receipt.
type fact struct{ Name, Value string }

// paidView is what has become of a payment.
type paidView struct {
	kit.Page
	Heading, Text string
	Wait          bool // the page asks again
	Facts         []fact
	Again, Back   string // addresses; empty for none
	State         invoice.PaymentState
}

// paidPage shows what the server knows of a payment. The browser's address says nothing about it but its number, and that the
// person has left the provider's page.
func (h *Handlers) paidPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	made, err := h.Payments.Look(c.UserContext(), actor, c.Query("payment"), c.Query("left") != "")
	if err != nil {
		return err
	}
	pay := url.Values{"number": {made.Number}}
	if made.State == invoice.PaymentCancelled {
		pay.Set("why", "cancelled")
		return c.Redirect(site.With(site.PayInvoice, pay), fiber.StatusSeeOther)
	}
	v := &paidView{Page: *p, State: made.State, Back: invoiceAddress(made.Number)}
	switch made.State {
	case invoice.PaymentPaid:
		v.Heading, v.Facts = v.T("pay.paid.title"), receipt(p, made)
	case invoice.PaymentDeclined:
		v.Heading, v.Text, v.Again = v.T("pay.declined.title"), declinedText(p, made.Reason), site.With(site.PayInvoice, pay)
	case invoice.PaymentExpired:
		v.Heading, v.Text, v.Again = v.T("pay.expired.title"), v.T("pay.expired.text"), site.With(site.PayInvoice, pay)
	case invoice.PaymentUnplaced:
		v.Heading, v.Text = v.T("pay.unplaced.title"), v.T("pay.unplaced.text")
	case invoice.PaymentStarted, invoice.PaymentProvider, invoice.PaymentAction, invoice.PaymentPending, invoice.PaymentCancelled:
		v.Heading, v.Text, v.Wait = v.T("pay.wait.title"), v.T("pay.wait.text"), true
	}
	v.Title = v.Heading
	v.Self = site.With(site.InvoicePaid, url.Values{"payment": {made.ID}})
	return h.Send(c, fiber.StatusOK, "paid", v)
}

// declinedText says why a card was declined, as far as the provider says it in a way that helps.
func declinedText(p *kit.Page, reason string) string {
	switch reason { // Stripe's codes
	case "insufficient_funds":
		return p.T("pay.declined.text.insufficient_funds")
	case "expired_card":
		return p.T("pay.declined.text.expired_card")
	case "authentication_required":
		return p.T("pay.declined.text.authentication_required")
	case "incorrect_number":
		return p.T("pay.declined.text.incorrect_number")
	}
	return p.T("pay.declined.text")
}

// receipt returns what was paid.
func receipt(p *kit.Page, made payment.Payment) []fact {
	list := []fact{
		{p.T("pay.paid.amount"), p.Kroner(made.Received)},
		{p.T("pay.paid.invoice"), made.Number},
		{p.T("pay.paid.at"), p.Instant(made.Paid)},
	}
	if made.LastFour != "" {
		brand := made.Brand
		if brand != "" {
			brand = strings.ToUpper(brand[:1]) + brand[1:]
		}
		list = append(list, fact{p.T("pay.paid.card"), p.T("pay.paid.card.text", "brand", brand, "digits", made.LastFour)})
	}
	return append(list, fact{p.T("pay.paid.reference"), made.Reference})
}
