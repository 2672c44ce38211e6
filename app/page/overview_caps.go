package page

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// How many the overview shows of a list before it is asked for all.
const (
	capsMax  = 4
	tasksMax = 4
)

// climb is one vehicle's way towards one cap.
type climb struct {
	vehicle api.VehicleOverview
	cap     api.CapOverview
}

func climbs(reply *api.OverviewReply) (list []climb) {
	for _, v := range vehiclesOf(reply) {
		for _, c := range v.Caps {
			list = append(list, climb{v, c})
		}
	}
	slices.SortStableFunc(list, func(a, b climb) int { return cmp.Compare(b.cap.Count*a.cap.Of, a.cap.Count*b.cap.Of) })
	return list
}

// caps shows how far each vehicle is from driving for free.
func (p *overview) caps(reply *api.OverviewReply) app.UI {
	w, list := p.f.words(), climbs(reply)
	if len(list) == 0 {
		return nil
	}
	shown := list
	if !p.unfold[capsFold] {
		shown = list[:min(capsMax, len(list))]
	}
	meters := make([]app.UI, 0, len(shown))
	for i, c := range shown {
		m := ui.Meter{
			ID: "cap-" + strconv.Itoa(i), Name: c.vehicle.Plate.String(), Note: capName(w, c.cap), Count: c.cap.Count, Of: c.cap.Of,
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
		app.If(len(list) > capsMax, p.unfolder(capsFold, w.T("overview.caps.all", "n", w.Number(int64(len(list)))), w.T("overview.caps.fewer"))),
	)
}

// capName says what a cap counts.
func capName(w *i18n.Words, c api.CapOverview) string {
	switch {
	case c.Station != "":
		return c.Station
	case c.Group != "":
		return c.Scheme + ", " + w.CapGroup(c.Group)
	}
	return c.Scheme
}

// tasks are the things that need the person, most pressing first.
func (p *overview) tasks(reply *api.OverviewReply) app.UI {
	w := p.f.words()
	list := p.agreementTasks(reply)
	for _, v := range vehiclesOf(reply) {
		if v.Tag != "" && toll.TagUnread(v.Passages, v.Unread) {
			list = append(list, ui.Task{
				Title: w.T("overview.task.silent", "plate", v.Plate),
				Text:  w.T("overview.task.silent.why", "unread", w.Number(int64(v.Unread)), "n", w.Number(int64(v.Passages))),
				Href:  p.passagesOf(v.ID), Link: w.T("overview.task.silent.see"),
			})
		}
	}
	if len(list) == 0 {
		return nil
	}
	shown := list
	if !p.unfold[tasksFold] {
		shown = list[:min(tasksMax, len(list))]
	}
	return app.Elem("section").Class("bp-card").Aria("labelledby", "tasks").Body(
		app.Elem("div").Class("bp-card-head").Body(ui.Heading("tasks", w.T("overview.tasks"))),
		ui.Tasks(shown),
		app.If(len(list) > tasksMax, p.unfolder(tasksFold, w.T("overview.tasks.all", "n", w.Number(int64(len(list)))), w.T("overview.tasks.fewer"))),
	)
}

func (p *overview) agreementTasks(reply *api.OverviewReply) (list []ui.Task) {
	w := p.f.words()
	for _, a := range reply.Agreements {
		if a.Blocked {
			list = append(list, ui.Task{Title: w.T("overview.task.blocked", "charger", a.Charger, "number", a.Number), Text: w.T("overview.blocked.why")})
		}
	}
	if reply.Unagreed != nil && len(reply.Unagreed.Vehicles) > 0 {
		list = append(list, ui.Task{Title: w.N("overview.task.unagreed", len(reply.Unagreed.Vehicles)), Text: w.T("overview.unagreed.why")})
	}
	for _, a := range reply.Agreements {
		if len(a.Vehicles) == 0 {
			list = append(list, ui.Task{Title: w.T("overview.task.bare", "charger", a.Charger, "number", a.Number), Text: w.T("overview.task.bare.why")})
		}
	}
	return list
}

// passagesOf is the address of a vehicle's passages this month.
func (p *overview) passagesOf(v toll.VehicleID) string {
	return address(passagesPath, url.Values{"vehicle": {string(v)}, "from": {p.reply.Month.First().String()}, "to": {p.f.s.Today().String()}})
}
