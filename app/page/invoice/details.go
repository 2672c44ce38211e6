package invoice

import (
	"context"
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/site"
)

// linesID is the id of the heading above the lines of an invoice.
const linesID = "lines"

// The numbers of rows that are shown at first, and added when the end of the list comes near.
const (
	rowsAtFirst = 12
	rowsAdded   = 30
)

// endID is the id of what follows the rows.
const endID = "lines-end"

// detailsPage shows one invoice.
type detailsPage struct {
	app.Compo
	base

	query frame.Query[api.InvoiceReply]
	check frame.Query[checked]
	open  map[int]bool // lines that are open
	shown int
}

// NewDetails returns the page of one invoice.
func NewDetails(s *session.Session) app.Composer {
	return &detailsPage{base: frame.New(s), open: map[int]bool{}, shown: rowsAtFirst}
}

// OnMount subscribes to payments.
func (p *detailsPage) OnMount(ctx app.Context) { p.Subscribe(ctx, whenPaid(p.query.Refresh)) }

// OnNav asks for the invoice in the address.
func (p *detailsPage) OnNav(ctx app.Context) {
	at := ctx.Page().URL()
	req := api.InvoiceRequest{Number: at.Query().Get("number")}
	clear(p.open)
	p.shown = rowsAtFirst
	p.check.Reset()
	p.Enter(ctx, p.Words().T("invoices.single"))
	p.query.Load(ctx, &p.base, frame.Request[api.InvoiceReply]{
		Get:      func(ctx context.Context) (api.InvoiceReply, error) { return p.Session.Client.Invoice(ctx, req) },
		Answered: p.answered,
	})
}

func (p *detailsPage) answered(ctx app.Context, reply api.InvoiceReply) {
	p.SetTitle(p.name(&reply))
	ctx.Defer(func(ctx app.Context) {
		p.follow(ctx)
	})
}

// follow adds rows when the end of those on the page comes near.
func (p *detailsPage) follow(ctx app.Context) {
	if reply := p.query.Answer(); reply == nil || p.shown >= len(reply.Lines) {
		return
	}
	p.WhenNear(ctx, endID, func(ctx app.Context) {
		p.shown += rowsAdded
		ctx.Defer(p.follow)
	})
}

// name returns the document with its number.
func (p *detailsPage) name(reply *api.InvoiceReply) string {
	return nameOf(p.Words(), reply.Kind, reply.Number)
}

// Render shows the invoice.
func (p *detailsPage) Render() app.UI {
	return frame.Show(&p.base, site.Invoice, p.Words().T("invoices.single"), &p.query, func(reply api.InvoiceReply) []app.UI { return p.body(&reply) })
}

func (p *detailsPage) body(reply *api.InvoiceReply) []app.UI {
	parts := []app.UI{ui.Title(p.name(reply)), ui.Columns(p.summary(reply), p.toPay(reply))}
	if reply.Kind == invoice.KindReminder {
		return append(parts, p.reminder(reply), p.back())
	}
	if len(reply.Lines) > 0 && p.May(api.Recheck.Endpoint) {
		parts = append(parts, p.checkCard(reply))
	}
	parts = append(parts, p.lines(reply), ui.Columns(p.sums("chargers", "invoices.chargers", "passages.charger", reply.Chargers), p.sums("vehicles", "invoices.vehicles", "passages.vehicle", reply.Vehicles)), p.rates(reply))
	return append(parts, p.back())
}

// back leads to the list.
func (p *detailsPage) back() app.UI {
	return app.Elem("p").Body(app.A().Class("ds-link").Href(site.Invoices).Text(p.Words().T("invoices.back")))
}

// summary shows what the document is for.
func (p *detailsPage) summary(reply *api.InvoiceReply) app.UI {
	w := p.Words()
	facts := []ui.Fact{
		{Name: w.T("invoices.state"), Value: stateText(w, &reply.InvoiceSummary)},
		{Name: w.T("invoices.date"), Value: w.Day(reply.Issued)},
		{Name: w.T("invoices.due"), Value: w.Day(reply.Due)},
	}
	if reply.Kind != invoice.KindReminder {
		facts = append(facts, ui.Fact{Name: w.T("invoices.period"), Value: w.T("invoices.period.text", "from", w.Day(reply.From), "to", w.Day(reply.To))})
	}
	if reply.Agreement != "" {
		facts = append(facts, ui.Fact{Name: w.T("vehicles.agreement"), Value: reply.Agreement})
	}
	if reply.Credits != "" {
		facts = append(facts, ui.Fact{Name: w.T("invoices.credits"), Value: reply.Credits})
	}
	if reply.Reason != "" {
		facts = append(facts, ui.Fact{Name: w.T("invoices.note"), Value: reply.Reason})
	}
	facts = append(facts, ui.Fact{Name: w.T("invoices.total"), Value: w.Kroner(reply.Total)}, ui.Fact{Name: w.T("invoices.vat"), Value: w.Kroner(reply.VAT)})
	for _, paid := range reply.Payments {
		facts = append(facts, ui.Fact{Name: w.T("invoices.paid", "date", w.Day(paid.On)), Value: w.Kroner(paid.Amount)})
	}
	title := "invoices.about"
	if reply.Kind == invoice.KindReminder {
		title = "invoices.reminder.about"
	}
	return ui.Card("summary", w.T(title), ui.Facts(facts), p.files(reply), p.related(reply))
}

// files offers the document as files. Those that say where vehicles have been are for readers who may see that.
func (p *detailsPage) files(reply *api.InvoiceReply) app.UI {
	w, places := p.Words(), len(reply.Lines) > 0 && reply.Kind != invoice.KindReminder
	link := func(form invoice.Form, key string) app.UI {
		return fileLink(reply.Number, form, "", w.T(key)).Download("")
	}
	return app.Elem("p").Class("bp-buttons").Body(
		link(invoice.FormPDF, "invoices.pdf"),
		app.If(places, link(invoice.FormDetailed, "invoices.pdf.lines")),
		app.If(places && reply.Company, link(invoice.FormEHF, "invoices.ehf")),
	)
}

// fileLink leads to a document as a file. The server sends it to the browser, which shows or saves it, so that the program
// holds none of it, and an installed one can do the same.
func fileLink(number string, form invoice.Form, show, text string) app.HTMLA {
	query := url.Values{"number": {number}, "form": {string(form)}}
	if show != "" {
		query.Set("show", show)
	}
	return app.A().Class("ds-button").DataSet("variant", "secondary").Href(site.With(api.InvoiceFile.Path, query)).Text(text)
}

// toPay shows how to pay what is outstanding.
func (p *detailsPage) toPay(reply *api.InvoiceReply) app.UI {
	w := p.Words()
	if !reply.State.Open() {
		return ui.Card("pay", w.T("invoices.pay"), app.Elem("p").Text(w.T("invoices.nothing.due")))
	}
	drawn := app.If(reply.Drawn && reply.Due >= p.Session.Today(), app.Elem("p").ID("drawn").Text(w.T("invoices.drawn", "date", w.Day(reply.Due))))
	return ui.Card("pay", w.T("invoices.pay"), drawn, payment(&p.base, &reply.InvoiceSummary), app.Elem("p").Class("bp-buttons").Body(payLink(&p.base, &reply.InvoiceSummary)))
}

// sums is a table of sums, such as of the toll companies.
func (p *detailsPage) sums(id, title, column string, list []invoice.Sum) app.UI {
	w := p.Words()
	rows := make([]ui.Row, 0, len(list))
	for i, s := range list {
		name := s.Name
		if name == "" {
			name = w.T("invoices.rest")
		}
		rows = append(rows, ui.Row{ID: id + "-" + strconv.Itoa(i), Cells: []app.UI{
			app.Elem("span").Text(name), app.Elem("span").Text(w.Number(int64(s.Lines))), app.Elem("span").Class("bp-amount").Text(w.Kroner(s.Amount)),
		}})
	}
	table := ui.Table{
		Kind: "figures", Caption: w.T(title), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{{Text: w.T(column)}, {Text: w.T("invoices.lines"), Number: true}, {Text: w.T("invoices.total"), Number: true}},
	}
	return ui.Card(id, w.T(title), table.UI())
}

// rates shows the VAT by rate.
func (p *detailsPage) rates(reply *api.InvoiceReply) app.UI {
	w := p.Words()
	rows := make([]ui.Row, 0, len(reply.Rates))
	amount := func(o money.Ore) app.UI { return app.Elem("span").Class("bp-amount").Text(w.Kroner(o)) }
	for _, r := range reply.Rates {
		name := w.T("invoices.rate.none")
		if r.Rate != invoice.NoVAT {
			name = w.Percent(int(r.Rate), 100_00)
		}
		rows = append(rows, ui.Row{ID: "rate-" + strconv.Itoa(int(r.Rate)), Cells: []app.UI{app.Elem("span").Text(name), amount(r.Base), amount(r.VAT)}})
	}
	return ui.Card("rates", w.T("invoices.rates"), ui.Table{
		Kind: "figures", Caption: w.T("invoices.rates"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{
			{Text: w.T("invoices.rate")},
			{Text: w.T("invoices.base"), Number: true},
			{Text: w.T("invoices.rates"), Number: true},
		},
	}.UI())
}

// dayOf returns the Norwegian day of a line.
func dayOf(l *invoice.Line) oslo.Day { return oslo.DayOf(l.At) }
