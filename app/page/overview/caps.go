package overview

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/fleet"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// The maximum number of entries of a list before it is expanded.
const (
	capsMax  = 5
	tasksMax = 4
)

// progress is how far one vehicle is towards one cap.
type progress struct {
	vehicle api.VehicleOverview
	cap     api.CapOverview
}

// progressList lists the progress of all vehicles, the furthest first.
func progressList(reply *api.OverviewReply) (list []progress) {
	for _, v := range fleet.Vehicles(reply) {
		for _, c := range v.Caps {
			list = append(list, progress{v, c})
		}
	}
	slices.SortStableFunc(list, func(a, b progress) int { return cmp.Compare(b.cap.Count*a.cap.Of, a.cap.Count*b.cap.Of) })
	return list
}

// caps shows how far each vehicle is from the cap above which passages are free.
func (p *page) caps(reply *api.OverviewReply) app.UI {
	w, list := p.Words(), progressList(reply)
	if len(list) == 0 {
		return nil
	}
	shown, more := list[:min(capsMax, len(list))], max(0, len(list)-capsMax)
	meters := make([]app.UI, 0, len(shown))
	for i, c := range shown {
		m := ui.Meter{
			ID: "cap-" + strconv.Itoa(i), Name: c.vehicle.Plate.String(), Note: fleet.CapName(w, c.cap), Count: c.cap.Count, Of: c.cap.Of,
			Text: w.T("overview.cap.of", "count", w.Number(int64(c.cap.Count)), "of", w.Number(int64(c.cap.Of))),
		}
		if c.cap.Count >= c.cap.Of {
			m.Done = w.T("overview.cap.reached")
		}
		meters = append(meters, app.Elem("li").Body(m.UI()))
	}
	return app.Elem("section").Class("bp-card").Aria("labelledby", "caps").Body(
		app.Elem("div").Class("bp-card-head").Body(app.Elem("div").Body(
			ui.Heading("caps", w.T("overview.caps")), app.Elem("p").Class("bp-sub").Text(w.T("overview.caps.why")))),
		app.Elem("ul").Class("bp-meters").Body(meters...),
		app.If(more > 0, app.Elem("p").Class("bp-card-foot bp-quiet").Text(w.N("overview.caps.more", more))),
	)
}

// tasks lists what the customer should see to, the most urgent first.
func (p *page) tasks(reply *api.OverviewReply) app.UI {
	w := p.Words()
	list := p.agreementTasks(reply)
	for _, v := range fleet.Vehicles(reply) {
		// Many passages on which the tag was not read mean that it is badly mounted or worn out.
		if v.Tag != "" && (v.Run.Passages > 0 || toll.TagUnread(v.Passages, v.Unread)) {
			task := ui.Task{
				Title: w.T("overview.task.silent", "plate", v.Plate),
				Text:  w.T("overview.task.silent.why", "unread", w.Number(int64(v.Unread)), "n", w.Number(int64(v.Passages))),
			}
			if v.Run.Passages > 0 {
				task.Title, task.Text = w.T("overview.task.run", "plate", v.Plate, "n", w.Number(int64(v.Run.Passages))), fleet.UnreadText(w, v.Run)
			}
			if p.May(api.PassageList.Endpoint) {
				task.Href, task.Link = p.passagesAddress(v.ID), w.T("overview.task.silent.see", "plate", v.Plate)
			}
			list = append(list, task)
		}
	}
	if len(list) == 0 {
		return nil
	}
	shown := list
	if !p.expanded[tasksList] {
		shown = list[:min(tasksMax, len(list))]
	}
	return app.Elem("section").Class("bp-card").Aria("labelledby", "tasks").Body(
		app.Elem("div").Class("bp-card-head").Body(ui.Heading("tasks", w.T("overview.tasks"))),
		ui.Tasks(shown),
		app.If(len(list) > tasksMax, p.expandButton(tasksList, w.T("overview.tasks.all", "n", w.Number(int64(len(list)))), w.T("overview.tasks.fewer"))),
	)
}

// agreementTasks lists blocked agreements, vehicles without an agreement, and agreements without a vehicle.
func (p *page) agreementTasks(reply *api.OverviewReply) (list []ui.Task) {
	w := p.Words()
	for _, a := range reply.Agreements {
		if a.Blocked {
			list = append(list, ui.Task{
				Title: w.T("overview.task.blocked", "charger", a.Charger, "number", a.Number), Text: w.T("overview.blocked.why"),
				Href: site.Help, Link: w.T("overview.task.blocked.see"),
			})
		}
	}
	if reply.Unagreed != nil && len(reply.Unagreed.Vehicles) > 0 {
		task := ui.Task{Title: w.N("overview.task.unagreed", len(reply.Unagreed.Vehicles)), Text: w.T("overview.unagreed.why")}
		if p.May(api.AgreementDraft.Endpoint) {
			task.Href, task.Link = site.NewAgreement, w.T("overview.task.unagreed.see")
		}
		list = append(list, task)
	}
	for _, a := range reply.Agreements {
		if len(a.Vehicles) == 0 {
			list = append(list, ui.Task{
				Title: w.T("overview.task.bare", "charger", a.Charger, "number", a.Number), Text: w.T("overview.task.bare.why"),
				Href: site.With(site.AgreementDetails, url.Values{"number": {a.Number}}), Link: w.T("overview.task.bare.see"),
			})
		}
	}
	return list
}

// passagesAddress returns the address of a vehicle's passages of this month.
func (p *page) passagesAddress(v toll.VehicleID) string {
	return site.With(site.Passages, url.Values{"vehicle": {string(v)}, "from": {p.query.Answer().Month.First().String()}, "to": {p.Session.Today().String()}})
}
