package recheck

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// fleetCheck is the check of all vehicles of the agreement shown, one after the other.
type fleetCheck struct {
	vehicles []api.VehicleOverview
	checked  int
	lines    int
	posted   money.Ore
	differ   []toll.VehicleID // whose month does not agree
	failed   []toll.VehicleID // which could not be checked
	listing  ui.Listing       // of those in differ and failed
}

// ownVehicles returns the vehicles of the agreement shown, or of all agreements.
func (p *page) ownVehicles() []api.VehicleOverview {
	overview := p.Session.Overview()
	if overview == nil {
		return nil
	}
	return fleet.Vehicles(fleet.Only(overview, p.Session.Agreement()))
}

// checkAll rates the month of every vehicle again. Vehicles without passages in this month are checked too: the month
// chosen may be another one.
func (p *page) checkAll(ctx app.Context) {
	p.all = &fleetCheck{vehicles: p.ownVehicles()}
	p.checkNext(ctx, p.all)
}

// checkNext checks the next vehicle, until all are checked or another selection is asked for.
func (p *page) checkNext(ctx app.Context, check *fleetCheck) {
	if check != p.all {
		return
	}
	if check.checked == len(check.vehicles) {
		p.Announce(p.allVerdict(check))
		return
	}
	vehicle := check.vehicles[check.checked].ID
	asked, tariffs := selection{vehicle: vehicle, month: p.asked.month}, p.Session.Tariffs()
	frame.Call(ctx, func(ctx context.Context) (result, error) { return rate(ctx, p.Session, asked, tariffs) },
		func(ctx app.Context, r result, err error) {
			switch {
			case err != nil && p.Session.HandleSignedOut(err):
				return
			case err != nil:
				check.failed = append(check.failed, vehicle)
			default:
				p.Session.SetTariffs(r.tariffs)
				check.lines += len(r.report.Lines)
				check.posted += r.report.Posted
				if !r.report.Agrees() {
					check.differ = append(check.differ, vehicle)
				}
			}
			check.checked++
			p.checkNext(ctx, check)
		})
}

// allVerdict says in one sentence how far the check has come, and then whether every vehicle's month agrees.
func (p *page) allVerdict(check *fleetCheck) string {
	w, n := p.Words(), len(check.vehicles)
	switch {
	case check.checked < n:
		return w.T("check.all.progress", "checked", w.Number(int64(check.checked)), "n", w.Number(int64(n)))
	case len(check.differ) > 0:
		return w.N("check.all.differ", len(check.differ), "all", w.Number(int64(n)))
	case len(check.failed) > 0:
		return w.N("check.all.failed", len(check.failed))
	}
	return w.N("check.all.agree", n, "lines", w.N("check.lines", check.lines), "amount", w.Kroner(check.posted))
}

// allReport shows the verdict and a link to each vehicle whose month does not agree or could not be checked.
func (p *page) allReport(check *fleetCheck) []app.UI {
	w, color := p.Words(), "info"
	switch {
	case len(check.differ)+len(check.failed) > 0:
		color = "warning"
	case check.checked == len(check.vehicles):
		color = "success"
	}
	rows := []ui.Row{}
	add := func(ids []toll.VehicleID, text string) {
		for _, v := range check.vehicles {
			for _, id := range ids {
				if id == v.ID {
					rows = append(rows, ui.Row{ID: "check-" + string(id), Cells: []app.UI{
						app.A().Class("bp-plate").Href(selection{vehicle: id, month: p.asked.month}.address()).Text(v.Plate.String()),
						app.Elem("span").Text(text),
					}})
				}
			}
		}
	}
	add(check.differ, w.T("check.all.see"))
	add(check.failed, w.T("check.all.again"))
	done := ""
	if check.checked == len(check.vehicles) {
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
