package vehicles

import (
	"context"
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// tagPage shows one tag: its state and what that means, the vehicle that it is on, and what can be done with it.
type tagPage struct {
	app.Compo
	base

	query   frame.Query[api.FleetReply]
	vehicle frame.Query[api.VehicleReply] // that the tag is on
	tag     toll.TagID
}

// NewTag returns the page of one tag.
func NewTag(s *session.Session) app.Composer { return &tagPage{base: frame.New(s)} }

// OnNav asks for the tag in the address.
func (p *tagPage) OnNav(ctx app.Context) {
	p.tag = toll.TagID(ctx.Page().URL().Query().Get("tag"))
	p.Enter(ctx, p.Words().T("overview.tag"))
	p.query.Load(ctx, &p.base, frame.Request[api.FleetReply]{
		Get: func(ctx context.Context) (api.FleetReply, error) { return p.Session.Client.Fleet(ctx) },
		Answered: func(ctx app.Context, reply api.FleetReply) {
			p.SetTitle(p.Words().T("vehicles.tag.title", "tag", string(p.tag)))
			for _, l := range reply.Lines {
				if l.Tag == p.tag && l.Vehicle != "" {
					p.vehicle.Load(ctx, &p.base, frame.Request[api.VehicleReply]{Get: func(ctx context.Context) (api.VehicleReply, error) {
						return p.Session.Client.Vehicle(ctx, api.VehicleRequest{Vehicle: l.Vehicle})
					}})
				}
			}
		},
	})
}

// Render shows the tag.
func (p *tagPage) Render() app.UI {
	return frame.Show(&p.base, site.Tag, p.Words().T("overview.tag"), &p.query, p.body)
}

func (p *tagPage) body(reply api.FleetReply) []app.UI {
	w := p.Words()
	back := app.Elem("p").Body(app.A().Class("ds-link").Href(site.Vehicles).Text(w.T("vehicles.back")))
	history := fleet.Links{Words: w}
	history.Add(site.FleetHistory, url.Values{"tag": {string(p.tag)}}, "change.history")
	for _, l := range reply.Lines {
		if l.Tag == p.tag && p.tag != "" {
			alert := app.UI(app.Elem("div").Hidden(true))
			if v := p.vehicle.Answer(); v != nil && v.ID == l.Vehicle {
				alert = blocked(&p.base, *v)
			}
			return []app.UI{ui.Title(w.T("vehicles.tag.title", "tag", string(l.Tag))), alert, p.facts(l), p.changes(l), back}
		}
	}
	return []app.UI{ui.Title(w.T("vehicles.tag.title", "tag", string(p.tag))), ui.Empty(w.T("vehicles.tag.gone"), w.T("vehicles.tag.gone.why")), history.Card(w.T("vehicles.tag.do")), back}
}

// facts shows the state of the tag, what it means, and where the tag is.
func (p *tagPage) facts(l api.FleetLine) app.UI {
	w := p.Words()
	facts := []ui.Fact{{Name: w.T("vehicles.tag.number"), Value: string(l.Tag)}, {Name: w.T("vehicles.agreement"), Value: l.Agreement}}
	if l.Vehicle != "" {
		facts = append(facts, ui.Fact{Name: w.T("vehicles.single"), Value: l.Plate.String()}, ui.Fact{Name: w.T("vehicles.tag.since"), Value: w.Day(oslo.DayOf(l.Since))})
	}
	if l.Returned > 0 {
		facts = append(facts, ui.Fact{Name: w.T("vehicles.tag.deposit"), Value: w.Kroner(l.Returned)})
	}
	body := []app.UI{
		app.Elem("p").Body(ui.Badge(fleet.TagColor(l.Status), fleet.TagText(w, l.Tag, l.Status, false)), app.Text(" "+w.T("vehicles.tag."+string(l.Status)+".means"))),
		ui.Facts(facts),
	}
	if l.Vehicle != "" {
		body = append(body, app.Elem("p").Body(app.A().Class("ds-link").Href(vehicleAddress(l.Vehicle)).Text(w.T("vehicles.single.title", "plate", l.Plate.String()))))
	}
	return ui.Card("tag", w.T("vehicles.tag.about"), append(body, app.Elem("p").Body(app.A().Class("ds-link").Href(site.TagHelp).Text(w.T("vehicles.tag.help"))))...)
}

// changes links to what the state of the tag allows, and to its history.
func (p *tagPage) changes(l api.FleetLine) app.UI {
	links := fleet.Links{Words: p.Words()}
	tag := url.Values{"tag": {string(l.Tag)}}
	if p.May(api.FleetChange.Endpoint) {
		if toll.CheckTagChange(l.Status, toll.ChangeMove) == nil {
			links.Add(site.MoveTag, tag, "change.move")
		}
		switch {
		case toll.CheckTagChange(l.Status, toll.ChangeReopen) == nil:
			links.Add(site.LostTag, tag, "change.reopen.save")
		case toll.CheckTagChange(l.Status, toll.ChangeLost) == nil:
			links.Add(site.LostTag, tag, "change.lost")
		}
		if l.Vehicle != "" {
			links.Add(site.RemoveVehicle, tag, "change.remove")
			links.Add(site.TagOrders, url.Values{"vehicle": {string(l.Vehicle)}}, "change.order")
		}
	}
	links.Add(site.FleetHistory, tag, "change.history")
	return links.Card(p.Words().T("vehicles.tag.do"))
}
