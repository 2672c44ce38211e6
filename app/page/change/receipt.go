package change

import (
	"context"
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// receiptPage confirms a change: what happened, what happens with passages from then on, and what passages in between
// cost before and now. It can be opened again, printed and forwarded.
type receiptPage struct {
	app.Compo
	base

	query frame.Query[api.FleetReceipt]
}

// NewReceipt returns the page that confirms a change.
func NewReceipt(s *session.Session) app.Composer { return &receiptPage{base: frame.New(s)} }

// OnMount asks for the receipt again whenever passages have been priced.
func (p *receiptPage) OnMount(ctx app.Context) {
	p.Subscribe(ctx, frame.Handlers{Event: func(ctx app.Context, _ api.Event) { p.query.Refresh(ctx) }, Resync: p.query.Refresh})
}

// OnNav asks for the receipt of the change whose key is in the address.
func (p *receiptPage) OnNav(ctx app.Context) {
	key := ctx.Page().URL().Query().Get("key")
	p.Enter(ctx, p.Words().T("change.receipt"))
	p.query.Load(ctx, &p.base, frame.Request[api.FleetReceipt]{
		Get: func(ctx context.Context) (api.FleetReceipt, error) { return p.Session.Client.FleetReceipt(ctx, key) },
		Answered: func(ctx app.Context, r api.FleetReceipt) {
			if !r.Pending {
				p.RefreshOverview(ctx)
			}
		},
	})
}

// Render shows the receipt.
func (p *receiptPage) Render() app.UI {
	return frame.Show(&p.base, site.ChangeReceipt, p.Words().T("change.receipt"), &p.query, p.receipt)
}

func (p *receiptPage) receipt(r api.FleetReceipt) []app.UI {
	w := p.Words()
	facts := []ui.Fact{
		{Name: w.T("change.effective"), Value: w.Instant(r.Effective)},
		{Name: w.T("change.made"), Value: w.Instant(r.At)},
		{Name: w.T("change.who"), Value: who(w, r.FleetEvent)},
		{Name: w.T("change.agreement"), Value: r.Agreement},
	}
	if r.Tag != "" {
		facts = append(facts, ui.Fact{Name: w.T("overview.tag"), Value: string(r.Tag)})
	}
	points := append([]string{}, outcome(w, r.FleetEvent)...)
	switch r.Kind {
	case toll.ChangeMove, toll.ChangeAdd, toll.ChangeTransfer:
		points = append(points, w.T("change.then.joins", "plate", r.To.String(), "number", r.Agreement))
		if r.Ordered {
			points = append(points, w.T("agree.done.tag"))
		}
	case toll.ChangeHold, toll.ChangeLost, toll.ChangeReopen, toll.ChangeSettle, toll.ChangeRemove, toll.ChangeSend, toll.ChangeCentre, toll.ChangeReference, toll.ChangeOrder, toll.ChangeReceive, toll.ChangeFacts:
	}
	return []app.UI{
		ui.Confirmation(what(w, r.FleetEvent), w.T("change.number"), strconv.FormatInt(r.ID, 10), points, ui.Facts(facts), p.prices(r)),
		p.buyer(r),
		app.Elem("div").Class("bp-buttons").Body(
			ui.Button("secondary", w.T("change.print"), ui.On("print", func(app.Context) { p.Session.Window.Print() })).ID("print"),
			ui.NextLink(site.With(site.FleetHistory, url.Values{"agreement": {r.Agreement}}), w.T("change.history"))),
		app.Elem("p").Class("bp-quiet").Text(p.Contact("app.help", "app.help.call")),
	}
}

// buyer is the text that the seller of a vehicle forwards to the buyer. It is hidden unless the vehicle is sold and has left the
// agreement.
func (p *receiptPage) buyer(r api.FleetReceipt) app.UI {
	w := p.Words()
	if r.Reason != toll.ReasonSold || r.From == nil || r.Kept {
		return app.Elem("div").Hidden(true)
	}
	text := w.T("change.buyer.text", "plate", r.From.String(), "at", w.Instant(r.Effective), "number", strconv.FormatInt(r.ID, 10))
	copied := func(app.Context) {
		if p.Session.Window.Copy(text) {
			p.Toast(w.T("change.buyer.copied"))
		}
	}
	return ui.Card("buyer", w.T("change.buyer"), app.Elem("p").Text(text), app.Elem("div").Class("bp-buttons").Body(
		ui.Button("secondary", w.T("change.buyer.copy"), ui.On("copy/"+r.Key, copied)).ID("copy"),
		ui.Button("secondary", w.T("change.buyer.share"), ui.On("share/"+r.Key, func(ctx app.Context) {
			if !p.Session.Window.Share(text) {
				copied(ctx)
			}
		})).ID("share")))
}

// prices shows what the passages of each vehicle since the change counts cost before and now.
func (p *receiptPage) prices(r api.FleetReceipt) app.UI {
	w := p.Words()
	if len(r.Prices) == 0 {
		return app.Elem("div").Hidden(true)
	}
	if r.Pending {
		return ui.Stack(app.Elem("p").Role("status").Text(w.T("change.pricing")),
			app.Elem("p").Body(ui.Button("secondary", w.T("change.pricing.see"), ui.On("see", p.query.Reload)).ID("see")))
	}
	return priceTable(w, r.Prices)
}

// priceTable shows what passages of vehicles cost before a change and after it. It is hidden if there are none.
func priceTable(w *i18n.Words, prices []api.FleetPrice) app.UI {
	rows := make([]ui.Row, 0, len(prices))
	for _, price := range prices {
		rows = append(rows, ui.Row{ID: "price-" + price.Plate.Country + price.Plate.Text, Cells: []app.UI{
			app.Elem("span").Class("bp-plate").Text(price.Plate.String()), app.Elem("span").Text(w.Number(int64(price.Passages))),
			app.Elem("span").Text(w.Kroner(price.Before)), app.Elem("span").Text(w.Kroner(price.Now)), app.Elem("span").Text(w.Kroner(price.Now - price.Before)),
		}})
	}
	if len(rows) == 0 {
		return app.Elem("div").Hidden(true)
	}
	return ui.Table{
		Kind: "prices", Caption: w.T("change.prices"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{
			{Text: w.T("overview.vehicle")},
			{Text: w.T("change.passages"), Number: true},
			{Text: w.T("change.before"), Number: true},
			{Text: w.T("change.now"), Number: true},
			{Text: w.T("change.difference"), Number: true},
		},
	}.UI()
}

// what names a change with its vehicles.
func what(w *i18n.Words, e api.FleetEvent) string {
	plate := ""
	switch {
	case e.Kind == toll.ChangeMove && e.From != nil:
		return w.T("change.done.moved", "from", e.From.String(), "to", e.To.String())
	case e.To != nil:
		plate = e.To.String()
	case e.From != nil:
		plate = e.From.String()
	case e.Tag != "":
		plate = string(e.Tag)
	}
	return w.T("change.done."+string(e.Kind), "what", plate)
}

// who names the person who made a change, and whom they acted for if that is somebody else.
func who(w *i18n.Words, e api.FleetEvent) string {
	switch {
	case e.Kind == toll.ChangeSend || e.Kind == toll.ChangeReceive:
		return w.T("change.who.office")
	case e.Kind == toll.ChangeFacts:
		return w.T("change.who.register")
	case e.Actor == "":
		return w.T("change.who.gone")
	case e.Actor != e.Party:
		return w.T("change.who.for", "person", e.Actor, "party", e.Party)
	}
	return e.Actor
}
