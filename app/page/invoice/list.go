// Package invoice has the pages of a customer's invoices: the list of all, and one for each, on which the reader's own device
// can rate every line again.
package invoice

import (
	"context"
	"net/url"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
)

type base = frame.Page

// months is the number of months whose invoices are listed at first, this one included.
const months = 13

// listPage lists the invoices of a period, those to pay first.
type listPage struct {
	app.Compo
	base

	draft, asked period
	refused      *fault.Error
	query        frame.Query[api.InvoiceListReply]
	open         map[string]bool // rows that are open, by number
}

// period is what a person asks for, as in the address and the fields: dates may be empty or invalid.
type period struct{ from, to string }

// New returns the page of all invoices.
func New(s *session.Session) app.Composer {
	p := &listPage{base: frame.New(s), open: map[string]bool{}}
	p.OnAgreement = func(ctx app.Context, _ toll.AgreementID) { p.load(ctx) }
	return p
}

// defaultPeriod is the latest months.
func defaultPeriod(today oslo.Day) period {
	return period{(today.Month() - months + 1).First().String(), today.String()}
}

// OnMount subscribes to payments.
func (p *listPage) OnMount(ctx app.Context) { p.Subscribe(ctx, whenPaid(p.query.Refresh)) }

// OnNav takes the period from the address and asks for its invoices.
func (p *listPage) OnNav(ctx app.Context) {
	q := ctx.Page().URL().Query()
	p.asked = defaultPeriod(p.Session.Today())
	if q.Has("from") || q.Has("to") {
		p.asked = period{q.Get("from"), q.Get("to")}
	}
	p.draft = p.asked
	p.Enter(ctx, p.Words().T("invoices.title"))
	p.query.Reset()
	p.load(ctx)
	if p.Session.Overview() == nil {
		p.RefreshOverview(ctx) // for the choice of an agreement
	}
}

// load asks for the invoices of the period and the chosen agreement.
func (p *listPage) load(ctx app.Context) {
	req, refused := p.request(p.asked)
	if p.refused = refused; refused != nil {
		p.FocusErrors(ctx, p.Words().T("invoices.title"))
		return
	}
	p.query.Load(ctx, &p.base, frame.Request[api.InvoiceListReply]{
		Get: func(ctx context.Context) (api.InvoiceListReply, error) { return p.Session.Client.Invoices(ctx, req) },
	})
}

// request returns the request for a period, or says which date is missing or wrong.
func (p *listPage) request(of period) (api.InvoiceListRequest, *fault.Error) {
	from, errFrom := oslo.ParseDay(of.from)
	to, errTo := oslo.ParseDay(of.to)
	switch {
	case errFrom != nil:
		return api.InvoiceListRequest{}, fault.New(fault.PeriodMissing).At("from")
	case errTo != nil:
		return api.InvoiceListRequest{}, fault.New(fault.PeriodMissing).At("to")
	case to < from:
		return api.InvoiceListRequest{}, fault.New(fault.PeriodReversed).At("to")
	}
	return api.InvoiceListRequest{Agreement: p.Session.Agreement(), From: from, To: to}, nil
}

func (p *listPage) submit(ctx app.Context) {
	if _, refused := p.request(p.draft); refused != nil {
		p.refused = refused
		p.FocusErrors(ctx, p.Words().T("invoices.title"))
		return
	}
	p.MarkClean()
	ctx.Navigate(p.draft.address())
}

// address returns the page's address with the period.
func (s period) address() string {
	return site.With(site.Invoices, url.Values{"from": {s.from}, "to": {s.to}})
}

// Render shows what is owed, the period, and the invoices.
func (p *listPage) Render() app.UI {
	w := p.Words()
	title := ui.Title(w.T("invoices.title"))
	if p.Session.Neutral() {
		return p.Layout(site.Invoices, title)
	}
	reply := p.query.Answer()
	switch {
	case p.refused != nil:
		return p.Layout(site.Invoices, title, p.form())
	case reply == nil || p.query.Err() != nil:
		return p.Layout(site.Invoices, title, p.form(), p.query.State(&p.base))
	case !reply.Any:
		return p.Layout(site.Invoices, title, p.owed(reply), ui.Empty(w.T("invoices.empty"), w.T("invoices.empty.hint")))
	}
	return p.Layout(site.Invoices, append([]app.UI{title, p.form(), p.owed(reply)}, p.tables(reply)...)...)
}

// form chooses the period.
func (p *listPage) form() app.UI {
	w, today := p.Words(), p.Session.Today()
	field := func(id, label string) ui.Field { return p.WithError(p.refused, ui.Field{ID: id, Label: w.T(label)}) }
	preset := func(key string, of period) ui.Preset {
		return ui.Preset{Href: of.address(), Text: w.T(key), Current: of == p.asked}
	}
	year, _, _ := today.YMD()
	return app.Elem("div").Class("bp-choose").Body(
		p.OtherError(p.refused, "from", "to"),
		ui.Form(w.T("invoices.choose"), ui.Submit("choose", p.submit),
			field("from", "passages.from").Date(p.draft.from, ui.Change("from", func(_ app.Context, v string) { p.draft.from = v })),
			field("to", "passages.to").Date(p.draft.to, ui.Change("to", func(_ app.Context, v string) { p.draft.to = v })),
			p.ErrorSummary(p.refused, "from", "to"),
			ui.SubmitButton(w.T("invoices.find")),
		),
		ui.Presets(w.T("passages.presets"), []ui.Preset{
			preset("invoices.latest", defaultPeriod(today)),
			preset("invoices.year", period{oslo.Date(year, 1, 1).String(), today.String()}),
			preset("invoices.year.before", period{oslo.Date(year-1, 1, 1).String(), oslo.Date(year-1, 12, 31).String()}),
		}),
	)
}

// owed shows what is to be paid, what is not invoiced yet, and the balance.
func (p *listPage) owed(reply *api.InvoiceListReply) app.UI {
	w := p.Words()
	var outstanding, unbilled money.Ore
	passages := 0
	for _, o := range reply.Owed {
		if chosen := p.Session.Agreement(); chosen == "" || o.Agreement == chosen {
			outstanding, unbilled, passages = outstanding+o.Outstanding, unbilled+o.Unbilled, passages+o.Passages
		}
	}
	return ui.Card("owed", w.T("overview.pay"), ui.Facts([]ui.Fact{
		{Name: w.T("invoices.owed"), Value: w.Kroner(outstanding)},
		{Name: w.N("overview.unbilled", passages), Value: w.Kroner(unbilled)},
		{Name: w.T("invoices.balance"), Value: w.Kroner(-outstanding - unbilled)},
	}), app.Elem("p").Class("bp-quiet").Text(w.T("invoices.balance.why")))
}

// tables shows the invoices that are overdue, those that are sent, and those that are settled, apart.
func (p *listPage) tables(reply *api.InvoiceListReply) []app.UI {
	w, today := p.Words(), p.Session.Today()
	if len(reply.Invoices) == 0 {
		return []app.UI{p.nothing()}
	}
	var overdue, sent, stopped, settled []api.InvoiceSummary
	for _, i := range reply.Invoices {
		switch {
		case !i.State.Open():
			settled = append(settled, i)
		case i.State == invoice.StateReminded:
			stopped = append(stopped, i)
		case i.Due < today:
			overdue = append(overdue, i)
		default:
			sent = append(sent, i)
		}
	}
	parts := []app.UI{ui.Heading("unpaid", w.T("invoices.open"))}
	if len(overdue)+len(sent)+len(stopped) == 0 {
		parts = append(parts, app.Elem("p").Class("bp-quiet").Text(w.T("overview.pay.none")))
	} else {
		parts = append(parts, p.table(w.T("invoices.open"), p.group("invoices.overdue", overdue), p.group("invoices.sent", sent), p.group("invoices.stopped", stopped)))
	}
	if len(settled) > 0 {
		parts = append(parts, ui.Heading("settled", w.T("invoices.settled")), p.table(w.T("invoices.settled"), p.group("", settled)))
	}
	return []app.UI{app.Elem("section").Class("bp-result bp-stack").Aria("label", w.T("invoices.title")).Body(parts...)}
}

// nothing says what to do when a period has no invoices: first to look at the choice of the agreement, then to widen the dates.
func (p *listPage) nothing() app.UI {
	w := p.Words()
	hint := w.T("invoices.none.hint")
	if p.Session.Agreement() != "" {
		hint = w.T("invoices.none.agreement")
	}
	return app.Elem("div").Body(ui.Empty(w.T("invoices.none"), hint),
		app.Elem("p").Body(ui.NextLink(period{oslo.Date(2019, 1, 1).String(), p.Session.Today().String()}.address(), w.T("invoices.all"))))
}

// group returns rows under a heading with their number and sum; without rows, none.
func (p *listPage) group(title string, list []api.InvoiceSummary) ui.Group {
	w := p.Words()
	g := ui.Group{}
	var sum money.Ore
	for i := range list {
		sum += list[i].Outstanding
		g.Rows = append(g.Rows, p.row(&list[i]))
	}
	if title != "" && len(list) > 0 {
		g.Title = w.T(title)
		if sum != 0 {
			g.Note = w.Kroner(sum)
		}
	}
	return g
}

func (p *listPage) table(caption string, groups ...ui.Group) app.UI {
	w := p.Words()
	return ui.Table{
		Kind: "invoices", Caption: caption, Groups: groups,
		Columns: []ui.Column{
			{Text: w.T("invoices.details")},
			{Text: w.T("invoices.number")},
			{Text: w.T("invoices.state")},
			{Text: w.T("invoices.date")},
			{Text: w.T("invoices.due")},
			{Text: w.T("invoices.total"), Number: true},
			{Text: w.T("invoices.vat"), Number: true},
			{Text: w.T("invoices.outstanding"), Number: true},
			{Text: w.T("invoices.reference")},
		},
	}.UI()
}

// row shows an invoice. The control left of its number opens how to pay it, S1.50.
func (p *listPage) row(i *api.InvoiceSummary) ui.Row {
	w := p.Words()
	text := func(s string) app.UI { return app.Elem("span").Text(s) }
	when := func(s string) app.UI { return app.Elem("span").Class("bp-when").Text(s) }
	name, shown := nameOf(w, i.Kind, i.Number), i.Number
	if i.Kind != invoice.KindInvoice {
		shown = name
	}
	expand := &ui.Expand{
		Open:   p.open[i.Number],
		Toggle: ui.On("open/"+i.Number, func(app.Context) { p.open[i.Number] = !p.open[i.Number] }),
		Label:  []app.UI{app.Elem("span").Class("ds-sr-only").Text(name + ", " + stateText(w, i) + ", " + w.Kroner(i.Total))},
	}
	if expand.Open {
		expand.Detail = p.detail(i)
	}
	return ui.Row{ID: "invoice-" + i.Number, Expand: expand, Cells: []app.UI{
		nil, app.Elem("span").Class("bp-station").Text(shown), stateBadge(w, i, i.Due < p.Session.Today()), when(w.Day(i.Issued)), when(w.Day(i.Due)),
		app.Elem("span").Class("bp-amount").Text(w.Kroner(i.Total)), text(w.Kroner(i.VAT)), app.Elem("span").Class("bp-amount").Text(w.Kroner(i.Outstanding)),
		app.Elem("span").Class("bp-tagnumber").Text(i.KID),
	}}
}

// nameOf returns a document with its number.
func nameOf(w *i18n.Words, kind invoice.Kind, number string) string {
	switch kind {
	case invoice.KindCredit:
		return w.T("invoices.credit.title", "number", number)
	case invoice.KindReminder:
		return w.T("invoices.reminder.title", "number", number)
	case invoice.KindInvoice:
	}
	return w.T("invoices.single.title", "number", number)
}

// stateText returns the state of a document in words.
func stateText(w *i18n.Words, i *api.InvoiceSummary) string {
	if key := "invoices.state.reminder." + string(i.State); i.Kind == invoice.KindReminder && w.Has(key) {
		return w.T(key)
	}
	return w.T("invoices.state." + string(i.State))
}

// stateBadge shows the state of a document.
func stateBadge(w *i18n.Words, i *api.InvoiceSummary, overdue bool) app.UI {
	color := "neutral"
	switch {
	case i.State == invoice.StatePaid:
		color = "success"
	case i.State.Open() && overdue && i.State != invoice.StateReminded:
		color = "warning"
	}
	return ui.Badge(color, stateText(w, i))
}

// detail shows how to pay a document, and leads to its passages, to a copy of it, and to the whole of it.
func (p *listPage) detail(i *api.InvoiceSummary) app.UI {
	w := p.Words()
	address, show := addressOf(i.Number), w.T("invoices.show")
	if i.Kind != invoice.KindInvoice {
		show = nameOf(w, i.Kind, i.Number)
	}
	return app.Elem("div").Class("bp-receipt").Body(
		app.Elem("h3").Class("bp-receipt-title").Text(w.T("invoices.pay")),
		payment(&p.base, i),
		app.Elem("p").Class("bp-buttons").Body(
			app.If(i.Kind != invoice.KindReminder && p.May(api.PassageList.Endpoint), ui.NextLink(passagesAddress(i.Number), w.T("invoices.passages"))),
			fileLink(i.Number, invoice.FormPDF, "1", show+" (PDF, "+w.T("invoices.tab")+")").Target("_blank"),
			ui.NextLink(address, w.T("invoices.details")),
			payLink(&p.base, i),
		),
	)
}

// addressOf returns the address of a document.
func addressOf(number string) string { return site.With(site.Invoice, url.Values{"number": {number}}) }

// passagesAddress returns the address of the passages of a document.
func passagesAddress(number string) string {
	return site.With(site.Passages, url.Values{"invoice": {number}})
}

// payLink leads to paying a document by card, if this person can.
func payLink(p *base, i *api.InvoiceSummary) app.UI { return app.If(i.Payable, p.PayLink(i.Number)) }

// whenPaid asks again when something of the customer is paid while a page is open.
func whenPaid(refresh func(app.Context)) frame.Handlers {
	return frame.Handlers{Resync: refresh, Event: func(ctx app.Context, e api.Event) {
		if e.Kind == api.EventPaid {
			refresh(ctx)
		}
	}}
}

// payment shows KID, account number and amount, each with a button that copies it. What a reminder has taken over is paid with it.
func payment(p *base, i *api.InvoiceSummary) app.UI {
	w := p.Words()
	if i.State == invoice.StateReminded {
		return app.Elem("p").Text(w.T("invoices.stopped.pay", "number", i.Reminder))
	}
	line := func(key, shown, plain string) app.UI {
		name := w.T(key)
		return app.Elem("div").Body(app.Elem("dt").Text(name), app.Elem("dd").Class("bp-buttons").Body(
			app.Elem("span").Attr("translate", "no").Text(shown+" "),
			app.If(plain != "", ui.Button("tertiary", w.T("codes.copy"), ui.On("copy/"+i.Number+"/"+key, func(app.Context) {
				if !p.Session.Window.Copy(plain) {
					p.Toast(w.T("invoices.copy.no"))
					return
				}
				p.Toast(w.T("invoices.copied", "what", name))
			})).ID("copy-"+strings.TrimPrefix(key, "invoices.")+"-"+i.Number).Aria("label", w.T("invoices.copy", "what", name)))))
	}
	return app.Elem("dl").Class("bp-facts").Body(
		line("invoices.kid", i.KID, i.KID), line("invoices.account", accountText(i.Account), i.Account), line("invoices.amount", w.Kroner(i.Outstanding), amountText(i.Outstanding)))
}
