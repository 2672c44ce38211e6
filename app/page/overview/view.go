package overview

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/passagelist"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/oslo"
	"bompass/shared/site"
)

// toPay shows what is to be paid: the invoices that are not paid, then what is not invoiced yet, and what this month has cost.
func (p *page) toPay(reply *api.OverviewReply) app.UI {
	w := p.Words()
	owed := owedOf(reply)
	shown, month := owed.Unbilled, w.T("overview.month.so.far", "month", w.Month(reply.Month), "amount", w.Kroner(reply.Total), "passages", w.N("overview.passages", passageCount(reply)))
	invoices := []app.UI{app.Elem("span").Text(w.T("overview.pay.none"))}
	note := w.N("overview.unbilled", owed.Passages)
	if owed.Passages > 0 {
		note += " " + w.T("overview.unbilled.since", "date", w.Day(owed.Since))
	}
	if owed.Invoices > 0 {
		shown, note = owed.Outstanding, note+": "+w.Kroner(owed.Unbilled)
		invoices = p.unpaid(owed)
	}
	amount := app.Elem("p").Class("bp-balance-amount").Attr("translate", "no").Text(w.Kroner(shown))
	if p.balanceUpdates > 0 && owed.Invoices == 0 { // two class names in turn, as for fresh rows: each starts the animation again
		amount = amount.Class("bp-moved-" + strconv.Itoa(p.balanceUpdates%2))
	}
	said := []app.UI{
		app.Elem("p").Class("bp-balance-note").Body(invoices...),
		app.Elem("p").Class("bp-balance-note").Body(
			app.Elem("span").Text(note),
			app.If(p.Live(), app.Elem("span").Class("bp-live").Text(w.T("app.live"))),
		),
		amount,
	}
	if owed.Invoices > 0 { // the amount is what is to be paid, and not what the line above it says
		said = []app.UI{amount, said[0], said[1]}
	}
	return app.Elem("section").Class("bp-balance").Aria("labelledby", "balance").Body(
		app.Elem("h2").ID("balance").Class("bp-balance-title").Text(w.T("overview.pay")),
		app.Elem("div").Body(said...),
		app.Elem("p").Class("bp-balance-unbilled").Body(
			app.Elem("span").Text(month), app.If(p.comparison(reply) != "", app.Elem("span").Text(" "+p.comparison(reply)))),
	)
}

// unpaid says how many invoices are to be paid, and until when.
func (p *page) unpaid(owed api.Owed) []app.UI {
	w := p.Words()
	text := w.N("overview.pay.invoices", owed.Invoices, "date", w.Day(owed.Due))
	if owed.Due < p.Session.Today() {
		text = w.T("overview.pay.overdue", "date", w.Day(owed.Due))
	}
	return []app.UI{
		app.Elem("span").Text(text + " "), app.A().Class("ds-link").Href(site.Invoices).Text(w.T("overview.pay.see")),
		app.If(owed.Pay != "", app.Elem("span").Class("bp-buttons").Body(p.PayLink(owed.Pay))),
	}
}

// owedOf adds up what is owed under the agreements shown.
func owedOf(reply *api.OverviewReply) (sum api.Owed) {
	for _, o := range reply.Owed {
		sum.Outstanding, sum.Invoices = sum.Outstanding+o.Outstanding, sum.Invoices+o.Invoices
		sum.Unbilled, sum.Passages = sum.Unbilled+o.Unbilled, sum.Passages+o.Passages
		if o.Pay != "" && (sum.Due == 0 || o.Due < sum.Due) {
			sum.Pay = o.Pay // what is due first
		}
		sum.Due, sum.Since = earlier(sum.Due, o.Due), earlier(sum.Since, o.Since)
	}
	return sum
}

// earlier returns the earlier of two days, of which 0 is none.
func earlier(a, b oslo.Day) oslo.Day {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func passageCount(reply *api.OverviewReply) (n int) {
	for _, a := range reply.Agreements {
		n += a.Passages
	}
	if reply.Unagreed != nil {
		n += reply.Unagreed.Passages
	}
	return n
}

// latestPassages shows the latest passages, nil for a role that may not see passages.
func (p *page) latestPassages() app.UI {
	if !p.May(api.PassageList.Endpoint) {
		return nil
	}
	w := p.Words()
	table := passagelist.Table{
		Words: w, View: p.rows, Days: passagelist.ByDay(p.latest.Lines), Fresh: p.latest.Fresh, Plates: true,
	}
	body := table.UI(w.T("overview.latest"))
	if len(table.Days) == 0 {
		if len(p.shown().Agreements) == 0 { // nothing was driven, and nothing is missing
			return nil
		}
		body = ui.Empty(w.T("overview.latest.none"), "")
	}
	return app.Elem("section").Class("bp-card bp-card-flush").Aria("labelledby", "latest").Body(
		app.Elem("div").Class("bp-card-head").Body(
			ui.Heading("latest", w.T("overview.latest")),
			ui.NextLink(site.Passages, w.T("overview.latest.all")).Aria("describedby", "latest"),
		),
		body,
	)
}

// noAgreement leads a person without an agreement to becoming a customer and to finding an agreement. It is nil for a
// role that may do neither.
func (p *page) noAgreement() app.UI {
	if !p.May(api.AgreementDraft.Endpoint) {
		return nil
	}
	w := p.Words()
	return app.Elem("div").Class("bp-beside").Body(
		ui.Card("become", w.T("overview.become"), app.Elem("p").Text(w.T("overview.become.why")),
			app.Elem("p").Body(app.A().Class("ds-button").Href(site.NewAgreement).Text(w.T("overview.become")))),
		ui.Card("find", w.T("overview.find"), app.Elem("p").Text(w.T("overview.find.why")),
			app.Elem("p").Body(app.A().Class("ds-button").DataSet("variant", "secondary").Href(site.FindAgreements).Text(w.T("overview.find")))),
	)
}

// agreements shows a card for each agreement with its vehicles, and one for vehicles without an agreement.
func (p *page) agreements(reply *api.OverviewReply) app.UI {
	w := p.Words()
	cards := []app.UI{ui.Heading("agreements", w.T("overview.agreements"))}
	if reply.Unagreed != nil {
		cards = append(cards, p.unagreed(*reply.Unagreed))
	}
	for _, a := range reply.Agreements {
		cards = append(cards, p.agreement(a))
	}
	if len(reply.Agreements) > 0 && p.May(api.AgreementDraft.Endpoint) { // S1.13, S2.48, S2.49
		cards = append(cards, app.Elem("p").Class("bp-buttons").Body(
			ui.NextLink(site.NewAgreement, w.T("overview.agree")), app.A().Class("ds-link").Href(site.FindAgreements).Text(w.T("overview.find"))))
	}
	if len(cards) == 1 {
		return nil
	}
	return app.Elem("section").Class("bp-agreements").Aria("labelledby", "agreements").Body(cards...)
}

// agreement shows one agreement with its vehicles and what they have cost this month.
func (p *page) agreement(a api.AgreementOverview) app.UI {
	w := p.Words()
	return app.Elem("article").Class("bp-card bp-card-flush").Body(
		app.Elem("div").Class("bp-card-head").Body(
			app.Elem("div").Body(
				app.Elem("h3").Class("bp-card-title").Body(app.Text(a.Charger+" "), app.If(a.Blocked, ui.Badge("danger", w.T("overview.blocked")))),
				app.Elem("p").ID("agreement-"+a.Number).Class("bp-sub").Text(w.T("overview.agreement", "number", a.Number)+" · "+w.T("agree.details.kind."+string(a.Kind))+" · "+w.N("overview.vehicles", len(a.Vehicles))), // S2.44
				app.Elem("p").Body(app.A().Class("ds-link").Href(site.With(site.AgreementDetails, url.Values{"number": {a.Number}})).
					Aria("describedby", "agreement-"+a.Number).Text(w.T("agree.details"))), // S2.47
			),
			p.spent(a),
		),
		p.vehicles(a),
	)
}

// unagreed shows the vehicles that are on no agreement.
func (p *page) unagreed(a api.AgreementOverview) app.UI {
	w := p.Words()
	return app.Elem("article").Class("bp-card bp-card-flush").Body(
		app.Elem("div").Class("bp-card-head").Body(
			app.Elem("div").Body(
				app.Elem("h3").Class("bp-card-title").Text(w.T("overview.unagreed")),
				app.Elem("p").Class("bp-sub").Text(w.N("overview.vehicles", len(a.Vehicles))),
			),
			p.spent(a),
		),
		p.vehicles(a),
	)
}

func (p *page) spent(a api.AgreementOverview) app.UI {
	w := p.Words()
	return app.Elem("p").Class("bp-card-sum").Body(
		app.Elem("span").Class("bp-amount").Text(w.Kroner(a.Balance)),
		app.Elem("span").Class("bp-sub").Text(w.N("overview.passages", a.Passages)),
	)
}

// expand shows a list in full, or its beginning again. Focus goes to the number of vehicles above a list that has grown.
func (p *page) expand(ctx app.Context, list string) {
	p.expanded[list] = !p.expanded[list]
	if p.expanded[list] && list != tasksList {
		ctx.Defer(func(app.Context) { p.Session.Window.Focus("fleet-" + list + "-found") })
	}
}

// expandButton returns the button that shows a list in full, or its beginning again.
func (p *page) expandButton(list string, all, fewer string) app.UI {
	text := all
	if p.expanded[list] {
		text = fewer
	}
	return app.Elem("p").Class("bp-card-foot").Body(
		ui.Button("tertiary", text, ui.On("unfold/"+list, func(ctx app.Context) { p.expand(ctx, list) })).ID("unfold-"+list).
			Aria("expanded", strconv.FormatBool(p.expanded[list])))
}
