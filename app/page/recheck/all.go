package recheck

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// fleetCheck is the check of the vehicles of the agreement shown that have passages in the month. Replies of the server have
// several vehicles each.
type fleetCheck struct {
	after   toll.VehicleID // to continue after, empty in the beginning
	done    bool
	failure string // why the check ended early
	checked int
	lines   int
	posted  money.Ore
	found   []finding  // vehicles whose month does not agree, or is too large
	listing ui.Listing // of those
}

// finding is a vehicle whose month does not agree, or has too many passages to be checked with others.
type finding struct {
	vehicle  toll.VehicleID
	plate    toll.Plate
	tooLarge bool
}

// ownVehicles returns the vehicles of the agreement shown, or of all agreements.
func (p *page) ownVehicles() []api.VehicleOverview {
	overview := p.Session.Overview()
	if overview == nil {
		return nil
	}
	return fleet.Vehicles(fleet.Only(overview, p.Session.Agreement()))
}

// checkAll rates the month of every vehicle again.
func (p *page) checkAll(ctx app.Context) {
	p.all = &fleetCheck{}
	p.checkNext(ctx, p.all)
}

// fleetResult is the months of several vehicles that have been rated again.
type fleetResult struct {
	reply   api.FleetRecheckReply
	reports []recheck.Report
	tariffs *session.Tariffs
}

// checkNext checks the vehicles of the next reply, until all are checked or another selection is asked for.
func (p *page) checkNext(ctx app.Context, check *fleetCheck) {
	asked, tariffs := api.FleetRecheckRequest{Month: p.asked.month, Agreement: p.Session.Agreement(), After: check.after}, p.Session.Tariffs()
	frame.Call(ctx, func(ctx context.Context) (fleetResult, error) { return rateFleet(ctx, p.Session, asked, tariffs) },
		func(ctx app.Context, r fleetResult, err error) {
			if check != p.all || err != nil && p.Session.HandleSignedOut(err) {
				return
			}
			if err != nil {
				check.failure, _ = p.ErrorText(err)
				p.Announce(check.failure)
				return
			}
			p.Session.SetTariffs(r.tariffs)
			check.add(r)
			if check.done {
				p.Announce(p.allVerdict(check))
				return
			}
			p.checkNext(ctx, check)
		})
}

// add takes the vehicles of a reply into the check.
func (check *fleetCheck) add(r fleetResult) {
	for i, v := range r.reply.Vehicles {
		report := r.reports[i]
		check.checked++
		check.lines += len(report.Lines)
		check.posted += report.Posted
		if v.TooLarge || !report.Agrees() {
			check.found = append(check.found, finding{v.Vehicle, v.Plate, v.TooLarge})
		}
	}
	check.after = r.reply.Next
	check.done = check.after == ""
}

// rateFleet fetches the month of several vehicles and rates it again, as rate does for one.
func rateFleet(ctx context.Context, s *session.Session, asked api.FleetRecheckRequest, tariffs *session.Tariffs) (r fleetResult, err error) {
	if r.reply, err = s.Client.FleetRecheck(ctx, asked); err != nil {
		return r, err
	}
	if r.tariffs, err = tariffsOf(ctx, s, tariffs, r.reply.Tariffs); err != nil {
		return r, err
	}
	for _, v := range r.reply.Vehicles {
		r.reports = append(r.reports, recheck.Check(r.tariffs.Plan, v.Statement))
	}
	return r, nil
}

// allVerdict says in one sentence how far the check has come, and then whether every vehicle's month agrees.
func (p *page) allVerdict(check *fleetCheck) string {
	w, large := p.Words(), 0
	for _, f := range check.found {
		if f.tooLarge {
			large++
		}
	}
	switch {
	case check.failure != "":
		return check.failure
	case !check.done:
		return w.N("check.all.progress", check.checked)
	case check.checked == 0:
		return w.T("check.none")
	case len(check.found) > large:
		return w.N("check.all.differ", len(check.found)-large, "all", w.Number(int64(check.checked)))
	case large > 0:
		return w.N("check.all.failed", large)
	}
	return w.N("check.all.agree", check.checked, "lines", w.N("check.lines", check.lines), "amount", w.Kroner(check.posted))
}

// allReport shows the verdict and a link to each vehicle whose month does not agree or could not be checked.
func (p *page) allReport(check *fleetCheck) []app.UI {
	w, color := p.Words(), "info"
	switch {
	case check.failure != "" || len(check.found) > 0:
		color = "warning"
	case check.done && check.checked > 0:
		color = "success"
	}
	rows := make([]ui.Row, 0, len(check.found))
	for _, f := range check.found {
		text := w.T("check.all.see")
		if f.tooLarge {
			text = w.T("check.all.again")
		}
		rows = append(rows, ui.Row{ID: "check-" + string(f.vehicle), Cells: []app.UI{
			app.A().Class("bp-plate").Href(selection{vehicle: f.vehicle, month: p.asked.month}.address()).Text(f.plate.String()),
			app.Elem("span").Text(text),
		}})
	}
	done := ""
	if check.done && check.checked > 0 {
		done = w.T("check.device")
	}
	body := []app.UI{app.Elem("div").ID("verdict").Body(ui.Alert(color, p.allVerdict(check), done))}
	if len(rows) > 0 {
		first, end := check.listing.Bounds(len(rows))
		body = append(body, ui.Table{
			Kind: "figures", Caption: w.T("check.title"), Groups: []ui.Group{{Rows: rows[first:end]}},
			Columns: []ui.Column{{Text: w.T("overview.vehicle")}, {Text: w.T("check.all.result")}},
		}.UI(), ui.ListingPager("check", &check.listing, len(rows), fleet.ListingTexts(w, check.listing, len(rows))))
	}
	return body
}
