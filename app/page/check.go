package page

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// monthField is the id of the month's field, and its name in the request.
const monthField = "month"

// monthsBack is for how many months a bill can be chosen.
const monthsBack = 13

// bond is the vehicle and month whose bill is asked for. The vehicle is empty while none is known.
type bond struct {
	vehicle toll.VehicleID
	month   oslo.Month
}

// bonded reads the address; without a month, or with one that cannot be read, it is this month.
func bonded(u *url.URL, today oslo.Day) bond {
	q := u.Query()
	b := bond{vehicle: toll.VehicleID(q.Get("vehicle")), month: today.Month()}
	if month, err := oslo.ParseMonth(q.Get("month")); err == nil {
		b.month = month
	}
	return b
}

func (b bond) href() string {
	return address(checkPath, url.Values{"vehicle": {string(b.vehicle)}, "month": {b.month.String()}})
}

// checked is a bill that has been worked out again.
type checked struct {
	reply   api.BillReply
	report  recheck.Report
	tariffs *session.Tariffs
	took    time.Duration
}

// check is the page that works a month out again on the reader's own device.
type check struct {
	app.Compo
	f frame

	draft, asked bond
	turn         int // of the newest question; answers to older ones are dropped
	wrong        error
	refused      *fault.Error // what the form may not ask for
	done         *checked
	all          bool // show every line
	open         map[toll.PassageID]bool
}

func newCheck(s *session.Session) *check { return &check{f: frame{s: s}} }

// OnMount begins to listen: a bill that changes is checked again.
func (p *check) OnMount(ctx app.Context) {
	p.f.mount(ctx, listener{hear: p.heard, again: p.load})
	if p.f.s.Latest() == nil {
		p.fleet(ctx)
	}
}

// OnDismount stops listening.
func (p *check) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *check) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnNav takes vehicle and month from the address.
func (p *check) OnNav(ctx app.Context) {
	p.choose(ctx, bonded(ctx.Page().URL(), p.f.s.Today()))
	p.f.arrive(ctx, p.f.words().T("check.title"))
}

func (p *check) choose(ctx app.Context, b bond) {
	if latest := p.f.s.Latest(); b.vehicle == "" && latest != nil {
		b.vehicle = firstVehicle(*latest)
	}
	p.draft, p.asked = b, b
	p.done, p.wrong, p.refused, p.all, p.open = nil, nil, nil, false, map[toll.PassageID]bool{}
	p.load(ctx)
}

func firstVehicle(o api.OverviewReply) toll.VehicleID {
	for _, a := range agreementsOf(&o) {
		for _, v := range a.Vehicles {
			return v.ID
		}
	}
	return ""
}

// fleet learns the vehicles to choose among.
func (p *check) fleet(ctx app.Context) {
	load(ctx, p.f.s.Client.Overview, func(ctx app.Context, reply api.OverviewReply, err error) {
		switch {
		case err == nil:
			p.f.s.Remember(reply)
			if p.asked.vehicle == "" {
				p.choose(ctx, p.asked)
			}
		case !p.f.s.SignedOut(err):
			p.wrong = err
		}
	})
}

// submit sends the form.
func (p *check) submit(ctx app.Context) {
	if p.draft.vehicle == "" {
		p.refuse(ctx, fault.New(fault.FieldMissing).At(vehicleField))
		return
	}
	p.f.settle()
	if p.draft == p.asked {
		p.choose(ctx, p.draft)
		return
	}
	ctx.Navigate(p.draft.href())
}

func (p *check) refuse(ctx app.Context, refused *fault.Error) {
	p.refused = refused
	p.f.blame(ctx, p.f.words().T("check.title"))
}

// load asks for the bill and checks it.
func (p *check) load(ctx app.Context) {
	if p.asked.vehicle == "" {
		return
	}
	p.turn++
	turn, asked, kept := p.turn, p.asked, p.f.s.Tariffs()
	load(ctx, func(ctx context.Context) (checked, error) {
		return work(ctx, p.f.s, asked, kept)
	}, func(ctx app.Context, done checked, err error) {
		if turn != p.turn {
			return
		}
		known, _ := errors.AsType[*fault.Error](err)
		switch {
		case err == nil:
		case p.f.s.SignedOut(err):
			return
		case known != nil && (known.Field == vehicleField || known.Field == monthField):
			p.refuse(ctx, known)
			return
		default:
			p.wrong = err
			return
		}
		p.wrong, p.refused, p.done = nil, nil, &done
		p.f.s.Keep(done.tariffs)
		p.f.said = p.verdict()
	})
}

// work fetches a bill, and the tariffs it is rated by unless they are kept, and works it out.
func work(ctx context.Context, s *session.Session, asked bond, kept *session.Tariffs) (done checked, err error) {
	done.reply, err = s.Client.Bill(ctx, api.BillRequest{Vehicle: asked.vehicle, Month: asked.month})
	if err != nil {
		return done, err
	}
	if done.tariffs = kept; kept == nil || kept.Version != done.reply.Tariffs {
		if done.tariffs, err = s.FetchTariffs(ctx); err != nil {
			return done, err
		}
	}
	took := s.Watch()
	done.report = recheck.Check(done.tariffs.Plan, done.reply.Bill)
	done.took = took()
	return done, nil
}

// heard checks again when a passage of the vehicle is new or costs something else.
func (p *check) heard(ctx app.Context, e api.Event) {
	for _, line := range e.Lines {
		if line.Vehicle == p.asked.vehicle {
			p.load(ctx)
			return
		}
	}
}

// Render shows the choice and the verdict.
func (p *check) Render() app.UI {
	w := p.f.words()
	title, lead := ui.Title(w.T("check.title")), app.Elem("p").Class("bp-lead").Text(w.T("check.lead"))
	if p.f.s.Neutral() {
		return p.f.render(passagesPath, title, lead)
	}
	return p.f.render(passagesPath, title, lead,
		p.form(),
		app.Elem("section").Class("bp-result bp-stack").Aria("label", w.T("check.title")).Body(p.result()...),
	)
}

func (p *check) result() []app.UI {
	switch {
	case p.refused != nil:
		return nil // the form says why
	case p.wrong != nil:
		return []app.UI{p.f.failed(p.wrong, p.load)}
	case p.done == nil && p.asked.vehicle == "" && p.f.s.Latest() != nil:
		return []app.UI{ui.Empty(p.f.words().T("check.none.vehicle"), "")}
	case p.done == nil:
		return []app.UI{ui.Loading(p.f.words().T("app.loading"))}
	case len(p.done.report.Lines) == 0:
		return []app.UI{ui.Empty(p.f.words().T("check.none"), p.f.words().T("check.none.hint"))}
	}
	return p.found()
}
