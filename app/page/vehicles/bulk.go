package vehicles

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// What is done with the vehicles that are selected.
const (
	doTransfer  = "transfer"
	doCentre    = "centre"
	doReference = "reference"
)

// Fields of the form about the vehicles selected.
const (
	actionField    = "action"
	agreementField = "agreement"
	textField      = "label"
)

// selection is the vehicles that are selected in the list, and what is to be done with them.
type selection struct {
	vehicles  map[toll.VehicleID]bool
	action    string
	agreement string // number of the one that the vehicles go to
	text      string // the label
	refused   *fault.Error
	failed    []api.FleetRefusal // of the last change
	sending   bool
}

// selects reports whether vehicles can be selected: a company has many of them.
func (p *listPage) selects() bool {
	me, _ := p.Session.Me()
	return p.fleet.Answer() != nil && p.May(api.FleetBulk.Endpoint) && me.Kind == toll.Company
}

// pick is the box that selects a vehicle.
func (p *listPage) pick(v listed) app.UI {
	id, plate := v.ID, v.Plate.String()
	return ui.Pick("pick-"+string(id), p.Words().T("vehicles.pick", "plate", plate), p.selected.vehicles[id], func(_ app.Context, on bool) {
		if on {
			p.selected.vehicles[id] = true
		} else {
			delete(p.selected.vehicles, id)
		}
	})
}

// pickAll is the box that selects every vehicle that the search shows, or none.
func (p *listPage) pickAll(found []listed) app.UI {
	if !p.selects() || len(found) == 0 {
		return app.Elem("div").Hidden(true)
	}
	all := !slices.ContainsFunc(found, func(v listed) bool { return !p.selected.vehicles[v.ID] })
	return app.Elem("div").Class("bp-pick-all").Body(ui.Field{ID: "pick-all", Label: p.Words().N("vehicles.pick.all", len(found))}.Checkbox(all,
		ui.Toggle("pick/all", func(_ app.Context, on bool) {
			// go-app keeps the first handler, so the vehicles are those found now, not when it was made.
			for _, v := range p.found(vehiclesOf(fleet.Only(p.query.Answer(), p.Session.Agreement()))) {
				if on {
					p.selected.vehicles[v.ID] = true
				} else {
					delete(p.selected.vehicles, v.ID)
				}
			}
		})))
}

// bulk is the form about the vehicles that are selected. It is hidden while there are none.
func (p *listPage) bulk() app.UI {
	w, n := p.Words(), len(p.selected.vehicles)
	if !p.selects() {
		return app.Elem("div").Hidden(true)
	}
	options := []ui.Option{{Value: doCentre, Text: w.T("vehicles.bulk.centre")}, {Value: doReference, Text: w.T("vehicles.bulk.reference")}}
	if len(p.fleet.Answer().Agreements) > 1 {
		options = append([]ui.Option{{Value: doTransfer, Text: w.T("vehicles.bulk.transfer")}}, options...)
	}
	body := []app.UI{p.failures(), p.ErrorSummary(p.selected.refused, actionField, agreementField, textField)}
	if n > 0 {
		body = append(body, p.field(actionField, w.T("vehicles.bulk.action"), "").Radios(p.selected.action, options, func(_ app.Context, v string) { p.selected.action = v }),
			p.value(), app.Elem("div").Class("bp-buttons").Body(
				ui.SubmitButton(w.N("vehicles.bulk.save", n)),
				ui.Button("tertiary", w.T("vehicles.bulk.none"), ui.On("pick/none", func(app.Context) {
					p.selected.vehicles = map[toll.VehicleID]bool{}
					p.FocusTitle()
				})).ID("pick-none")),
			p.exportSelected(n))
	}
	return app.Elem("div").Hidden(n == 0 && len(p.selected.failed) == 0).Body(
		ui.Card("bulk", w.N("vehicles.bulk", n), ui.StackedForm(w.T("vehicles.bulk.form"), ui.Submit("bulk", p.change), body...)))
}

func (p *listPage) field(id, label, hint string) ui.Field {
	return p.WithError(p.selected.refused, ui.Field{ID: id, Label: label, Hint: hint})
}

// value is the field for what the vehicles get.
func (p *listPage) value() app.UI {
	w := p.Words()
	switch p.selected.action {
	case doTransfer:
		options := []ui.Option{{Text: w.T("change.choose")}}
		for _, a := range p.fleet.Answer().Agreements {
			if !a.Full {
				options = append(options, ui.Option{Value: a.Number, Text: w.T("vehicles.bulk.agreement", "number", a.Number)})
			}
		}
		return p.field(agreementField, w.T("vehicles.agreement"), w.T("vehicles.bulk.transfer.hint")).Select(p.selected.agreement, options,
			ui.Change("bulk/agreement", func(_ app.Context, v string) { p.selected.agreement = v }))
	case doCentre, doReference:
		return p.field(textField, w.T("vehicles.bulk."+p.selected.action+".label"), w.T("vehicles.bulk.label.hint")).Text(p.selected.text, ui.Input{Kind: "text"},
			ui.Change("bulk/text", func(_ app.Context, v string) { p.selected.text = v }))
	}
	return app.Elem("div").Hidden(true)
}

// failures names the vehicles that the last change left as they were, with the reasons.
func (p *listPage) failures() app.UI {
	if len(p.selected.failed) == 0 {
		return app.Elem("div").Hidden(true)
	}
	w := p.Words()
	items := make([]app.UI, 0, len(p.selected.failed))
	for _, r := range p.selected.failed {
		items = append(items, app.Elem("li").Text(r.Plate.String()+": "+w.Fault(&r.Fault)))
	}
	return ui.Alert("warning", w.N("vehicles.bulk.failed", len(items)), "", app.Elem("ul").Body(items...))
}

// exportMax is the maximum number of vehicles whose ids fit into an address.
const exportMax = 400

// exportSelected links to the file of the vehicles that are selected.
func (p *listPage) exportSelected(n int) app.UI {
	w := p.Words()
	if n > exportMax {
		return app.Elem("p").Class("bp-quiet").Text(w.T("vehicles.bulk.export.many", "max", w.Number(exportMax)))
	}
	address := func(format string) string {
		return api.FleetExport.Path + "?" + url.Values{"format": {format}, "vehicles": {packed(p.selected.vehicles)}}.Encode()
	}
	return app.Elem("p").Body(
		app.A().Class("ds-link").Href(address("xlsx")).Download("").ID("export-selected").Text(w.N("vehicles.bulk.export", n)), app.Text(" · "),
		app.A().Class("ds-link").Href(address("csv")).Download("").Text(w.T("vehicles.export.csv")))
}

// packed returns ids in the short form of api.FleetExportRequest.
func packed(ids map[toll.VehicleID]bool) string {
	var bytes []byte
	for _, id := range slices.Sorted(maps.Keys(ids)) { // in any order, each drawing would change the address
		b, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
		if err == nil {
			bytes = append(bytes, b...)
		}
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}

// change changes the vehicles that are selected, a part at a time.
func (p *listPage) change(ctx app.Context) {
	if p.selected.sending {
		return
	}
	req, wrong := p.request()
	if wrong != "" {
		p.selected.refused = fault.New(fault.FieldMissing).At(wrong)
		p.FocusErrors(ctx, p.Words().T("vehicles.title"))
		return
	}
	ids := slices.Sorted(maps.Keys(p.selected.vehicles))
	p.selected.sending, p.selected.refused, p.selected.failed = true, nil, nil
	frame.Call(ctx, func(ctx context.Context) (all api.FleetBulkReply, err error) {
		for part := range slices.Chunk(ids, api.BulkMax) {
			req.Vehicles = part
			reply, err := p.Session.Client.ChangeVehicles(ctx, req)
			if err != nil {
				return all, err
			}
			all.Changed += reply.Changed
			all.Refused = append(all.Refused, reply.Refused...)
		}
		return all, nil
	}, p.changed)
}

// request returns the change as it is filled in, or the field that is empty.
func (p *listPage) request() (req api.FleetBulkRequest, missing string) {
	req.Key = p.fleet.Answer().Key
	text := p.selected.text
	switch p.selected.action {
	case doTransfer:
		req.Agreement, missing = p.selected.agreement, agreementField
		if req.Agreement != "" {
			missing = ""
		}
	case doCentre:
		req.Centre = &text
	case doReference:
		req.Reference = &text
	default:
		missing = actionField
	}
	return req, missing
}

// changed says what was changed, and shows the vehicles as they are now.
func (p *listPage) changed(ctx app.Context, reply api.FleetBulkReply, err error) {
	p.selected.sending = false
	var failed bool
	if p.selected.refused, failed = p.Refusal(err, site.Vehicles); p.selected.refused != nil {
		p.FocusErrors(ctx, p.Words().T("vehicles.title"))
	}
	p.fleet.Reload(ctx)
	p.query.Reload(ctx)
	if failed {
		return
	}
	p.MarkClean(p.Words().T("vehicles.bulk.form"))
	p.selected.vehicles, p.selected.failed, p.selected.text = map[toll.VehicleID]bool{}, reply.Refused, ""
	p.Toast(p.Words().N("vehicles.bulk.done", reply.Changed))
}
