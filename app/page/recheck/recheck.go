// Package recheck is the page that rates a month again on the reader's own device and compares every
// charge with what was posted.
package recheck

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/passagelist"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

type base = frame.Page

type page struct {
	app.Compo
	base

	search       string // for a vehicle of a large fleet
	draft, asked selection
	all          *fleetCheck                    // of all vehicles, nil for one
	overview     frame.Query[api.OverviewReply] // the vehicles to choose among
	query        frame.Query[result]
	refused      *fault.Error // what the form may not ask for
	showsAll     bool         // every line, not only those that differ
	rows         *passagelist.View
}

// result is a month that has been rated again.
type result struct {
	reply   api.RecheckReply
	report  recheck.Report
	tariffs *session.Tariffs
	took    time.Duration // to rate the month
}

// New returns the page.
func New(s *session.Session) app.Composer {
	p := &page{base: frame.New(s), rows: passagelist.NewView()}
	p.OnAgreement = p.showAgreement
	return p
}

// showAgreement offers the vehicles of another agreement, or of all, and rates the same month of the first of them.
func (p *page) showAgreement(ctx app.Context, _ toll.AgreementID) {
	s := selection{month: p.asked.month}
	if vehicles := p.ownVehicles(); len(vehicles) > 0 {
		s.vehicle = vehicles[0].ID
	}
	ctx.Navigate(s.address())
}

// OnMount subscribes to events: a month that changes is rated again.
func (p *page) OnMount(ctx app.Context) {
	p.Subscribe(ctx, frame.Handlers{Event: p.handleEvent, Resync: p.query.Refresh})
	if p.Session.Overview() == nil {
		p.overview.Load(ctx, &p.base, frame.Request[api.OverviewReply]{Get: p.Session.Client.Overview, Answered: p.setVehicles})
	}
}

// OnNav takes vehicle and month from the address.
func (p *page) OnNav(ctx app.Context) {
	p.selectMonth(ctx, parseSelection(ctx.Page().URL(), p.Session.Today()))
	p.Enter(ctx, p.Words().T("check.title"))
}

// setVehicles rates the first vehicle's month when the address names none.
func (p *page) setVehicles(ctx app.Context, reply api.OverviewReply) {
	p.Session.SetOverview(reply)
	if p.asked.vehicle == "" && p.asked.month != 0 { // the address is known
		p.selectMonth(ctx, p.asked)
	}
}

// selectMonth rates a vehicle's month; without a vehicle the first one's.
func (p *page) selectMonth(ctx app.Context, s selection) {
	if vehicles := p.ownVehicles(); s.vehicle == "" && len(vehicles) > 0 {
		s.vehicle = vehicles[0].ID
	}
	p.draft, p.asked = s, s
	p.refused, p.showsAll = nil, false
	p.rows.Close()
	p.query.Reset()
	p.all = nil
	if s.vehicle == allVehicles {
		p.checkAll(ctx)
		return
	}
	p.load(ctx)
}

// load asks for the month and rates it.
func (p *page) load(ctx app.Context) {
	if p.asked.vehicle == "" || p.asked.vehicle == allVehicles {
		return
	}
	asked, tariffs := p.asked, &atomic.Pointer[session.Tariffs]{} // those of the answer before, for the next one
	tariffs.Store(p.Session.Tariffs())
	p.query.Load(ctx, &p.base, frame.Request[result]{
		Get: func(ctx context.Context) (result, error) {
			r, err := rate(ctx, p.Session, asked, tariffs.Load())
			if err == nil {
				tariffs.Store(r.tariffs)
			}
			return r, err
		},
		Answered: p.answered,
		Failed:   p.failed,
	})
}

// submit sends the form.
func (p *page) submit(ctx app.Context) {
	if p.draft.vehicle == "" {
		p.refuse(ctx, fault.New(fault.FieldMissing).At(vehicleField))
		return
	}
	p.MarkClean()
	if p.draft == p.asked {
		p.selectMonth(ctx, p.draft)
		return
	}
	ctx.Navigate(p.draft.address())
}

func (p *page) refuse(ctx app.Context, refused *fault.Error) {
	p.refused = refused
	p.FocusErrors(ctx, p.Words().T("check.title"))
}

func (p *page) answered(_ app.Context, r result) {
	p.refused = nil
	p.Session.SetTariffs(r.tariffs)
	p.Announce(p.verdict(r.report))
}

// failed shows a refusal that is about a field in the form.
func (p *page) failed(ctx app.Context, err error) bool {
	refused, ok := errors.AsType[*fault.Error](err)
	if !ok || refused.Field != vehicleField && refused.Field != monthField {
		return false
	}
	p.refuse(ctx, refused)
	return true
}

// rate fetches a vehicle's month, and the tariffs unless those given are of the same version, and rates it
// again. It is safe on any goroutine.
func rate(ctx context.Context, s *session.Session, asked selection, tariffs *session.Tariffs) (r result, err error) {
	r.reply, err = s.Client.Recheck(ctx, api.RecheckRequest{Vehicle: asked.vehicle, Month: asked.month})
	if err != nil {
		return r, err
	}
	if r.tariffs, err = tariffsOf(ctx, s, tariffs, r.reply.Tariffs); err != nil {
		return r, err
	}
	took := s.Stopwatch()
	r.report = recheck.Check(r.tariffs.Plan, r.reply.Statement)
	r.took = took()
	return r, nil
}

// tariffsOf returns the tariffs of a version: those given, or fetched ones.
func tariffsOf(ctx context.Context, s *session.Session, given *session.Tariffs, version string) (*session.Tariffs, error) {
	if given != nil && given.Version == version {
		return given, nil
	}
	return s.FetchTariffs(ctx)
}

// handleEvent rates the month again when a passage of the vehicle is new or costs something else.
func (p *page) handleEvent(ctx app.Context, e api.Event) {
	for _, line := range e.Lines {
		if line.Vehicle == p.asked.vehicle {
			p.query.Refresh(ctx)
			return
		}
	}
}
