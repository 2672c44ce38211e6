package vehicles

import (
	"cmp"
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/fleet"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// lines returns the lines of the chosen agreement, or all. There are none before they have been loaded.
func (p *listPage) lines() []api.FleetLine {
	if p.fleet.Answer() == nil {
		return nil
	}
	number := ""
	if overview := p.query.Answer(); overview != nil {
		for _, a := range overview.Agreements {
			if a.ID == p.Session.Agreement() {
				number = a.Number
			}
		}
	}
	if number == "" {
		return p.fleet.Answer().Lines
	}
	return slices.DeleteFunc(slices.Clone(p.fleet.Answer().Lines), func(l api.FleetLine) bool { return l.Agreement != number })
}

// labels returns the lines by their vehicles.
func (p *listPage) labels() map[toll.VehicleID]api.FleetLine {
	byVehicle := map[toll.VehicleID]api.FleetLine{}
	for _, l := range p.lines() {
		if l.Vehicle != "" {
			byVehicle[l.Vehicle] = l
		}
	}
	return byVehicle
}

// loose lists the tags that are on no vehicle.
func (p *listPage) loose() app.UI {
	w := p.Words()
	var items []app.UI
	for _, l := range p.lines() {
		if l.Tag != "" && l.Vehicle == "" {
			items = append(items, app.Elem("li").Body(
				app.A().Class("ds-link bp-tagnumber").Attr("translate", "no").Href(tagAddress(l.Tag)).Text(string(l.Tag)), app.Text(" "),
				ui.Badge(fleet.TagColor(l.Status), fleet.TagText(w, l.Tag, l.Status, false))))
		}
	}
	return app.If(len(items) > 0, ui.Card("loose", w.T("vehicles.loose"), app.Elem("p").Text(w.T("vehicles.loose.why")), app.Elem("ul").Class("bp-stack").Body(items...)))
}

// tagAddress returns the address of a tag's page.
func tagAddress(tag toll.TagID) string {
	return site.With(site.Tag, url.Values{"tag": {string(tag)}})
}

// centre is the sum of the vehicles of a cost centre.
type centre struct {
	name     string
	vehicles int
	net      money.Ore
}

// centres is a table of what each cost centre has cost this month. It is hidden while no vehicle has one.
func (p *listPage) centres() app.UI {
	w := p.Words()
	var list []centre
	named := false
	for _, l := range p.lines() {
		if l.Vehicle == "" {
			continue
		}
		named = named || l.Centre != ""
		i := slices.IndexFunc(list, func(c centre) bool { return c.name == l.Centre })
		if i < 0 {
			i = len(list)
			list = append(list, centre{name: l.Centre})
		}
		list[i].vehicles++
		list[i].net += l.Net
	}
	if !named {
		return app.Elem("div").Hidden(true)
	}
	slices.SortFunc(list, func(a, b centre) int {
		return cmp.Or(-cmp.Compare(min(len(a.name), 1), min(len(b.name), 1)), cmp.Compare(a.name, b.name))
	})
	rows := make([]ui.Row, 0, len(list))
	for _, c := range list {
		name := c.name
		if name == "" {
			name = w.T("vehicles.centres.none")
		}
		rows = append(rows, ui.Row{ID: "centre-" + c.name, Cells: []app.UI{
			app.Elem("span").Text(name), number(w, c.vehicles), app.Elem("span").Class("bp-amount").Text(w.Kroner(c.net)),
		}})
	}
	table := ui.Table{
		Kind: "figures", Caption: w.T("vehicles.centres"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{
			{Text: w.T("vehicles.centre")},
			{Text: w.T("vehicles.centres.vehicles"), Number: true},
			{Text: w.T("overview.month"), Number: true},
		},
	}.UI()
	return ui.Card("centres", w.T("vehicles.centres"), table)
}
