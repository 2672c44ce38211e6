package change

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// NewMove returns the page on which a tag is moved to another vehicle, S2.67–S2.70.
func NewMove(s *session.Session) app.Composer {
	return newChange(s, subject{
		path: site.MoveTag, title: "change.move", save: func(*changePage) string { return "change.move.save" },
		offers: func(l api.FleetLine) bool {
			return l.Tag != "" && toll.CheckTagChange(l.Status, toll.ChangeMove) == nil
		},
		ask: (*changePage).askMove, then: (*changePage).thenMove,
		next: func(p *changePage, ctx app.Context) { p.lookUp(ctx, p.country, p.plate) },
		complete: func(p *changePage, req *api.FleetChangeRequest) {
			req.Kind, req.Keep = toll.ChangeMove, p.keeps()
		},
	})
}

// keeps reports whether the vehicle that the tag is on is to stay on its agreement.
func (p *changePage) keeps() bool {
	l := p.line()
	return p.keep == yes && l != nil && l.Vehicle != ""
}

func (p *changePage) askMove() []app.UI {
	w := p.Words()
	var keep app.UI
	if l := p.line(); l != nil && l.Vehicle != "" {
		keep = ui.Field{ID: "keep", Label: w.T("change.keep", "plate", l.Plate.String())}.Radios(p.keep, []ui.Option{
			{Value: no, Text: w.T("change.keep.no")}, {Value: yes, Text: w.T("change.keep.yes")},
		}, choose(&p.keep))
	}
	return []app.UI{ui.Lead(w.T("change.move.lead")), p.choice(w.T("change.move.tag")), p.plateFields(), slot(keep), p.whenFields()}
}

func (p *changePage) thenMove() []app.UI {
	w, r := p.Words(), p.tried
	points := []string{w.T("change.then.move", "tag", string(r.Tag), "to", r.To.String(), "at", w.Instant(r.Effective))}
	if r.From != nil {
		points = append(points, leaves(w, r.FleetEvent))
	}
	return []app.UI{p.facts(), p.consequences(points)}
}

// consequences lists what a change does, and what the passages since it counts cost before and after it.
func (p *changePage) consequences(points []string) app.UI {
	w := p.Words()
	list := make([]app.UI, 0, len(points))
	for _, text := range points {
		list = append(list, app.Elem("li").Text(text))
	}
	return ui.Stack(ui.Heading("then", w.T("change.then")), app.Elem("ul").Class("bp-then").Body(list...), priceTable(w, p.tried.Prices))
}
