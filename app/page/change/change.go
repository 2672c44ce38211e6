// Package change has the pages on which a person moves a tag, reports it as lost, adds or removes a vehicle, and reads the
// receipt and the history of such changes.
package change

import (
	"context"
	"net/url"
	"time"

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
	"bompass/shared/toll"
)

type base = frame.Page

// stage is how far the person has come on a page.
type stage int

// The stages. stageVehicle is left out for a vehicle that the register has.
const (
	stageAsk     stage = iota // what is to change
	stageVehicle              // the person states the facts of the vehicle
	stageCheck                // what will happen, before it is saved
)

// subject is what a page changes.
type subject struct {
	path  string
	title string // key of the heading
	// offers reports whether a line can be chosen; nil on a page without a choice.
	offers func(api.FleetLine) bool
	ask    func(*changePage) []app.UI
	then   func(*changePage) []app.UI // what will happen
	save   func(*changePage) string   // key of the text of the button that saves
	// next goes on from the questions. complete adds to a request what the page asks about.
	next     func(*changePage, app.Context)
	complete func(*changePage, *api.FleetChangeRequest)
}

// changePage is a page that changes a tag or a vehicle: it asks, shows what will happen, and saves.
type changePage struct {
	app.Compo
	base

	subject *subject
	query   frame.Query[api.FleetReply]
	stage   stage
	chosen  string // the tag or, for a line without one, the vehicle
	search  string // typed into the field of the choice

	country, plate  string
	looked          *api.VehicleLookupReply
	stated          toll.StatedVehicle
	right           bool // the plate of a stated vehicle was compared
	reason          toll.ChangeReason
	fate            toll.ChangeKind // of the tag of a vehicle that is removed
	keep            string          // yes, no: the vehicle that loses its tag stays on the agreement
	when, day, hour string          // when is now or then
	end             bool
	agreement       string // number of the agreement that a vehicle joins, or newAgreement
	order           string // yes, no
	terms           map[toll.TermsKind]bool

	tried   *api.FleetReceipt // what the change would do
	refused *fault.Error
	sending bool
}

// lineField is the id of the field that chooses a tag or a vehicle.
const lineField = "line"

// Values of radios.
const (
	yes, no      = "yes", "no"
	now, then    = "now", "then"
	newAgreement = "new"
)

func newChange(s *session.Session, of subject) *changePage {
	return &changePage{base: frame.New(s), subject: &of, country: "NO", keep: no, when: now, terms: map[toll.TermsKind]bool{}}
}

// OnNav asks for tags and vehicles. The address may name the one that is to change.
func (p *changePage) OnNav(ctx app.Context) {
	query := ctx.Page().URL().Query()
	p.chosen = query.Get("tag")
	if p.chosen == "" {
		p.chosen = query.Get("vehicle")
	}
	p.Enter(ctx, p.title())
	p.query.Load(ctx, &p.base, frame.Request[api.FleetReply]{
		Get: p.Session.Client.Fleet,
		Answered: func(app.Context, api.FleetReply) {
			if options := p.options(); p.line() == nil && len(options) == 1 {
				p.chosen = options[0].Value
			}
		},
	})
}

func (p *changePage) title() string { return p.Words().T(p.subject.title) }

// id returns what a line is chosen by.
func id(l api.FleetLine) string {
	if l.Tag != "" {
		return string(l.Tag)
	}
	return string(l.Vehicle)
}

// line returns the line that is chosen, nil if there is none. A vehicle with a tag can be named by its own id.
func (p *changePage) line() *api.FleetLine {
	if p.query.Answer() == nil || p.chosen == "" {
		return nil
	}
	for _, l := range p.query.Answer().Lines {
		if (id(l) == p.chosen || string(l.Vehicle) == p.chosen) && p.subject.offers != nil && p.subject.offers(l) {
			return &l
		}
	}
	return nil
}

// lineText names a line by its plate and tag.
func lineText(w *i18n.Words, l api.FleetLine) string {
	switch {
	case l.Vehicle == "":
		return w.T("change.tag.loose", "tag", string(l.Tag), "status", w.T("change.status."+string(l.Status)))
	case l.Tag == "":
		return w.T("change.vehicle.bare", "plate", l.Plate.String())
	}
	return w.T("change.vehicle.tagged", "plate", l.Plate.String(), "tag", string(l.Tag))
}

func (p *changePage) options() (list []ui.Option) {
	for _, l := range p.query.Answer().Lines {
		if p.subject.offers != nil && p.subject.offers(l) {
			list = append(list, ui.Option{Value: id(l), Text: lineText(p.Words(), l)})
		}
	}
	return list
}

// choice is the field that chooses a tag or a vehicle.
func (p *changePage) choice(label string) app.UI {
	options := append([]ui.Option{{Text: p.Words().T("change.choose")}}, p.options()...)
	chosen := ""
	if l := p.line(); l != nil {
		chosen = id(*l)
	}
	return fleet.Picker{
		Field: p.field(lineField, label, ""), Words: p.Words(), Options: options, Chosen: chosen, Search: &p.search,
		Focus: p.Session.Window.Focus, Choose: func(_ app.Context, v string) { p.chosen = v },
	}.UI()
}

func (p *changePage) field(id, label, hint string) ui.Field {
	return p.WithError(p.refused, ui.Field{ID: id, Label: label, Hint: hint})
}

// request returns the change as it is filled in.
func (p *changePage) request() api.FleetChangeRequest {
	req := api.FleetChangeRequest{Key: p.query.Answer().Key, At: p.at()}
	if l := p.line(); l != nil {
		req.Tag, req.Version = l.Tag, l.Version
		if l.Tag == "" {
			req.Vehicle = l.Vehicle
		}
	}
	if p.looked != nil {
		req.Country, req.Plate, req.Looked = p.looked.Plate.Country, p.looked.Plate.Text, p.looked.Looked
		if p.looked.Found == nil {
			stated := p.stated
			req.Stated = &stated
		}
	}
	p.subject.complete(p, &req)
	return req
}

// at returns the instant from which the change counts, zero for now.
func (p *changePage) at() time.Time {
	day, err := oslo.ParseDay(p.day)
	clock, wrong := time.Parse("15:04", p.hour)
	if p.when != then || err != nil || wrong != nil {
		return time.Time{}
	}
	return oslo.At(day, clock.Hour(), clock.Minute(), 0)
}

// checkWhen returns a fault if a time is to be given and is not.
func (p *changePage) checkWhen() error {
	if p.when == then && p.at().IsZero() {
		return fault.New(fault.FieldMissing).At("at")
	}
	return nil
}

// next goes on from the questions, unless one is not answered.
func (p *changePage) next(ctx app.Context) {
	if p.sending {
		return
	}
	var faults fault.List
	if p.subject.offers != nil && p.line() == nil {
		faults.Add(fault.New(fault.FieldMissing).At(lineField))
	}
	faults.Add(p.checkWhen())
	if err := faults.Err(); err != nil {
		p.refuse(ctx, err)
		return
	}
	p.subject.next(p, ctx)
}

// lookUp asks the register for the vehicle, and goes on to the next stage.
func (p *changePage) lookUp(ctx app.Context, country, plate string) {
	p.begin()
	frame.Call(ctx, func(ctx context.Context) (api.VehicleLookupReply, error) {
		return p.Session.Client.LookUpVehicle(ctx, api.VehicleLookupRequest{Country: country, Plate: plate})
	}, func(ctx app.Context, reply api.VehicleLookupReply, err error) {
		p.sending = false
		if err != nil {
			p.refuse(ctx, err)
			return
		}
		p.looked, p.country, p.plate, p.right = &reply, reply.Plate.Country, reply.Plate.String(), false
		if reply.Found == nil {
			p.show(ctx, stageVehicle)
			return
		}
		p.try(ctx)
	})
}

// state goes on with the facts that the person states.
func (p *changePage) state(ctx app.Context) {
	var faults fault.List
	if !p.right {
		faults.Add(fault.New(fault.FieldMissing).At("right"))
	}
	if _, wrong := p.stated.Facts(); wrong != "" {
		faults.Add(fault.New(fault.FieldMissing).At(wrong))
	}
	if err := faults.Err(); err != nil {
		p.refuse(ctx, err)
		return
	}
	p.try(ctx)
}

// try asks what the change would do, and shows it.
func (p *changePage) try(ctx app.Context) {
	req := p.request()
	p.begin()
	frame.Call(ctx, func(ctx context.Context) (api.FleetReceipt, error) {
		return p.Session.Client.CheckChange(ctx, req)
	}, func(ctx app.Context, receipt api.FleetReceipt, err error) {
		p.sending = false
		if err != nil {
			p.show(ctx, stageAsk)
			p.refuse(ctx, err)
			return
		}
		p.tried = &receipt
		p.show(ctx, stageCheck)
	})
}

// send saves the change and opens its receipt.
func (p *changePage) send(ctx app.Context) {
	if p.sending {
		return
	}
	req := p.request()
	p.begin()
	frame.Call(ctx, func(ctx context.Context) (api.FleetReceipt, error) {
		return p.Session.Client.ChangeFleet(ctx, req)
	}, func(ctx app.Context, receipt api.FleetReceipt, err error) {
		p.sending = false
		if err != nil {
			p.refuse(ctx, err)
			return
		}
		p.MarkClean(p.title())
		ctx.Navigate(site.With(site.ChangeReceipt, url.Values{"key": {receipt.Key}}))
	})
}

func (p *changePage) begin() { p.sending, p.refused = true, nil }

func (p *changePage) show(ctx app.Context, s stage) {
	p.stage, p.refused = s, nil
	ctx.Defer(func(app.Context) { p.Session.Window.FocusHeading() })
}

// refuse shows why the change is refused. If somebody else has changed something, the page shows how things are.
func (p *changePage) refuse(ctx app.Context, err error) {
	if p.refused, _ = p.Refusal(err, p.subject.path); p.refused == nil {
		return
	}
	if p.refused.Code == fault.ChangedMeanwhile {
		p.stage = stageAsk
		p.query.Reload(ctx)
	}
	p.FocusErrors(ctx, p.title())
}

// fields are the ids of the fields of all stages.
func fields() []string {
	return []string{lineField, "country", "plate", "at", "reason", "fate", "agreement", "kind", "fuel", "euro", "right", "end", "general", "special"}
}

// Render shows the stage.
func (p *changePage) Render() app.UI {
	return frame.Show(&p.base, p.subject.path, p.title(), &p.query, func(api.FleetReply) []app.UI {
		w := p.Words()
		if p.subject.offers != nil && len(p.options()) == 0 {
			return []app.UI{ui.Title(p.title()), ui.Empty(w.T("change.none"), w.T("change.none.hint")), app.Elem("p").Body(ui.NextLink(site.Overview, w.T("app.missing.home")))}
		}
		return []app.UI{p.back(), ui.Title(p.title()), p.OtherError(p.refused, fields()...), p.form()}
	})
}

// back goes back to the questions, or to the overview.
func (p *changePage) back() app.UI {
	w := p.Words()
	if p.stage == stageAsk {
		return app.Elem("p").Class("bp-back").Body(app.A().Class("ds-link").Href(site.Overview).Text(w.T("agree.back")))
	}
	return app.Elem("p").Class("bp-back").Body(ui.Button("tertiary", w.T("agree.back"), ui.On("back", func(ctx app.Context) { p.show(ctx, stageAsk) })).ID("back"))
}

// form is the form of the stage.
func (p *changePage) form() app.UI {
	w := p.Words()
	summary := p.ErrorSummary(p.refused, fields()...)
	switch p.stage {
	case stageVehicle:
		return ui.StackedForm(p.title(), ui.Submit("state", p.state), append(append([]app.UI{summary}, p.statedFields()...), ui.SubmitButton(w.T("agree.next")))...)
	case stageCheck:
		return ui.StackedForm(p.title(), ui.Submit("save", p.send), append(append([]app.UI{summary}, p.subject.then(p)...), ui.SubmitButton(w.T(p.subject.save(p))))...)
	case stageAsk:
	}
	return ui.StackedForm(p.title(), ui.Submit("ask", p.next), append(append([]app.UI{summary}, p.subject.ask(p)...), ui.SubmitButton(w.T("agree.next")))...)
}
