package agreement

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/site"
)

// referenceField is the id of the field of the customer's reference.
const referenceField = "reference"

// detailsPage shows one agreement with its vehicles and changes what the customer may change on it, S2.47, S2.51,
// S2.52.
type detailsPage struct {
	app.Compo
	base

	query     frame.Query[api.AgreementDetailsReply]
	number    string
	reference string       // typed
	refused   *fault.Error // a field that the server refused
	sending   bool         // the reference is on its way
	expanded  bool         // the list of vehicles is shown with its search
	listing   ui.Listing   // of the vehicles
}

// vehiclesMax is the maximum number of vehicles before the list is expanded.
const vehiclesMax = 10

// NewDetails returns the page of one agreement.
func NewDetails(s *session.Session) app.Composer { return &detailsPage{base: frame.New(s)} }

// OnNav asks for the agreement whose number is in the address.
func (p *detailsPage) OnNav(ctx app.Context) {
	p.number = ctx.Page().URL().Query().Get("number")
	p.Enter(ctx, p.Words().T("agree.details"))
	p.query.Load(ctx, &p.base, frame.Request[api.AgreementDetailsReply]{
		Get: func(ctx context.Context) (api.AgreementDetailsReply, error) {
			return p.Session.Client.AgreementDetails(ctx, p.number)
		},
		Answered: func(_ app.Context, reply api.AgreementDetailsReply) {
			if !p.Dirty(p.formName()) {
				p.reference = reply.Reference
			}
		},
	})
}

func (p *detailsPage) formName() string { return p.Words().T("agree.details.reference") }

// save sends the reference.
func (p *detailsPage) save(ctx app.Context) {
	if p.sending {
		return
	}
	p.sending, p.refused = true, nil
	w, req := p.Words(), api.AgreementChangeRequest{Number: p.number, Reference: p.reference}
	frame.Call(ctx, func(ctx context.Context) (api.AgreementDetailsReply, error) {
		return p.Session.Client.ChangeAgreement(ctx, req)
	}, func(ctx app.Context, reply api.AgreementDetailsReply, err error) {
		p.sending = false
		var failed bool
		if p.refused, failed = p.Refusal(err, site.With(site.AgreementDetails, url.Values{"number": {p.number}})); p.refused != nil {
			p.FocusErrors(ctx, w.T("agree.details"))
		}
		if failed {
			return
		}
		p.MarkClean(p.formName())
		p.query.Set(reply)
		p.reference = reply.Reference
		p.Toast(w.T("agree.details.saved"))
	})
}

// Render shows the agreement.
func (p *detailsPage) Render() app.UI {
	return frame.Show(&p.base, site.AgreementDetails, p.Words().T("agree.details"), &p.query, p.details)
}

// details shows the facts of the agreement, the form of its reference, and its vehicles.
func (p *detailsPage) details(reply api.AgreementDetailsReply) []app.UI {
	w := p.Words()
	facts := []ui.Fact{
		{Name: w.T("agree.part.charger"), Value: reply.Charger},
		{Name: w.T("agree.details.kind"), Value: w.T("agree.details.kind." + string(reply.Kind))},
		{Name: w.T("agree.details.period"), Value: period(w, reply)},
	}
	var debit app.UI
	if reply.Debit != nil {
		facts = append(facts, ui.Fact{Name: w.T("agree.debit"), Value: w.T("agree.debit.since", "from", w.Day(reply.Debit.Since))})
		debit = app.Elem("p").Class("bp-quiet").ID("debit").Text(w.T("agree.debit.end"))
	}
	return []app.UI{
		ui.Title(w.T("agree.details.title", "number", reply.Number)),
		p.OtherError(p.refused, referenceField),
		ui.Card("about", w.T("agree.details.facts"), ui.Facts(facts), debit),
		ui.Card("change", p.formName(), p.referenceForm(reply)),
		p.vehicles(reply),
		p.changes(reply),
		app.Elem("p").Body(app.A().Class("ds-link").Href(site.Overview).Text(w.T("app.missing.home"))),
	}
}

// period returns the days on which an agreement is valid. An end is the instant after its last day.
func period(w *i18n.Words, reply api.AgreementDetailsReply) string {
	from := w.Day(oslo.DayOf(reply.From))
	if reply.To.IsZero() {
		return w.T("agree.details.running", "from", from)
	}
	return w.T("agree.details.ended", "from", from, "to", w.Day(oslo.DayOf(reply.To.Add(-1))))
}

// referenceForm changes the reference, or shows it to people who may not change it.
func (p *detailsPage) referenceForm(reply api.AgreementDetailsReply) app.UI {
	w := p.Words()
	if !p.May(api.AgreementChange.Endpoint) {
		value := reply.Reference
		if value == "" {
			value = w.T("agree.details.none")
		}
		return ui.ReadOnly(p.formName(), value, "")
	}
	field := p.WithError(p.refused, ui.Field{ID: referenceField, Label: p.formName(), Hint: w.T("agree.details.reference.hint")})
	return ui.StackedForm(p.formName(), ui.Submit("reference", p.save),
		field.Text(p.reference, ui.Input{Kind: "text", Complete: "off"}, ui.Change(referenceField, func(_ app.Context, v string) { p.reference = v })),
		p.ErrorSummary(p.refused, referenceField),
		ui.SubmitButton(w.T("agree.details.save")),
	)
}

// vehicles lists the vehicles of the agreement with class, tag and first day.
func (p *detailsPage) vehicles(reply api.AgreementDetailsReply) app.UI {
	w := p.Words()
	if len(reply.Vehicles) == 0 {
		return ui.Card("vehicles", w.T("agree.details.vehicles"), app.Elem("p").Text(w.T("agree.details.vehicles.none")))
	}
	shown := reply.Vehicles
	controls, pager := app.UI(app.Elem("div").Hidden(true)), app.UI(app.Elem("div").Hidden(true))
	if p.expanded && len(shown) > vehiclesMax {
		found := slices.DeleteFunc(slices.Clone(shown), func(v api.AgreementVehicle) bool {
			return !p.listing.Matches(v.Plate.String(), w.Class(v.Class), string(v.Tag))
		})
		texts := fleet.ListingTexts(w, p.listing, len(found))
		first, end := p.listing.Bounds(len(found))
		controls, pager = ui.ListingControls("vehicle", &p.listing, texts, nil), ui.ListingPager("vehicle", &p.listing, len(found), texts)
		shown = found[first:end]
	} else {
		shown = shown[:min(vehiclesMax, len(shown))]
	}
	rows := make([]ui.Row, 0, len(shown))
	for _, v := range shown {
		tag := string(v.Tag)
		if tag == "" {
			tag = w.T("overview.tag.none")
			if v.Ordered {
				tag = w.T("overview.tag.ordered")
			}
		}
		rows = append(rows, ui.Row{ID: "vehicle-" + v.Plate.Country + v.Plate.Text, Cells: []app.UI{
			app.Elem("span").Body(app.Elem("span").Class("bp-plate").Text(v.Plate.String()), app.If(v.Reference != "", app.Elem("span").Class("bp-sub").Text(v.Reference))),
			app.Elem("span").Text(i18n.Sentence(w.Class(v.Class))), app.Elem("span").Class("bp-row-action").Body(app.Elem("span").Text(tag), p.changeButton(v)),
			app.Elem("span").Text(w.Day(oslo.DayOf(v.From))),
		}})
	}
	table := ui.Table{
		Kind: "vehicles", Caption: w.T("agree.details.vehicles"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{{Text: w.T("overview.vehicle")}, {Text: w.T("overview.class")}, {Text: w.T("overview.tag")}, {Text: w.T("agree.details.since"), Number: true}},
	}.UI()
	return app.Elem("section").Class("bp-card bp-card-flush").Aria("labelledby", "vehicles").Body(
		app.Elem("div").Class("bp-card-head").Body(ui.Heading("vehicles", w.T("agree.details.vehicles"))), p.changeHint(reply), controls, table, pager, p.expandButton(len(reply.Vehicles)))
}

// changeButton changes the registration number that the tag of a row belongs to, S4.34. It is missing where the agreement
// or the state of the tag does not allow it, S4.36.
func (p *detailsPage) changeButton(v api.AgreementVehicle) app.UI {
	return app.If(v.Movable && p.May(api.FleetChange.Endpoint), app.A().Class("ds-button").DataSet("variant", "secondary").
		ID("change-"+v.Plate.Country+v.Plate.Text).Href(site.With(site.MoveTag, url.Values{"tag": {string(v.Tag)}})).
		Aria("label", p.Words().T("agree.details.change.of", "plate", v.Plate.String())).Text(p.Words().T("agree.details.change")))
}

// changeHint says which button people press who have changed vehicle, S4.42.
func (p *detailsPage) changeHint(reply api.AgreementDetailsReply) app.UI {
	some := slices.ContainsFunc(reply.Vehicles, func(v api.AgreementVehicle) bool { return v.Movable })
	return app.If(some && p.May(api.FleetChange.Endpoint), app.Elem("p").Class("bp-hint").Text(p.Words().T("agree.details.change.hint")))
}

// changes links to what can be done with the vehicles and tags of the agreement, S2.62, S4.34, and to its history.
func (p *detailsPage) changes(reply api.AgreementDetailsReply) app.UI {
	links := fleet.Links{Words: p.Words()}
	if p.May(api.FleetChange.Endpoint) && reply.To.IsZero() {
		links.Add(site.AddVehicle, nil, "change.add")
		if len(reply.Vehicles) > 0 {
			links.Add(site.MoveTag, nil, "change.move")
			links.Add(site.RemoveVehicle, nil, "change.remove")
		}
		links.Add(site.LostTag, nil, "change.lost")
		links.Add(site.AgreementAddress, nil, "profile.addresses")
	}
	links.Add(site.FleetHistory, url.Values{"agreement": {reply.Number}}, "change.history")
	return links.Card(p.Words().T("agree.details.do"))
}

// expandButton returns the button that shows all of n vehicles, or the first of them again.
func (p *detailsPage) expandButton(n int) app.UI {
	w := p.Words()
	text := w.T("overview.vehicles.all", "n", w.Number(int64(n)))
	if p.expanded {
		text = w.T("overview.vehicles.fewer")
	}
	return app.If(n > vehiclesMax, app.Elem("p").Class("bp-card-foot").Body(
		ui.Button("tertiary", text, ui.On("vehicles", func(app.Context) { p.expanded = !p.expanded })).ID("all-vehicles").
			Aria("expanded", strconv.FormatBool(p.expanded))))
}
