package prices

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
)

// savedPreference is the name under which the device stores trips; savedMax is their maximum number.
const (
	savedPreference = "trips"
	savedMax        = 10
)

// savedTrip is a trip that the reader has saved on the device.
type savedTrip struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// savedTrips returns the trips saved on this device, the latest first.
func (p *page) savedTrips() (list []savedTrip) {
	if json.Unmarshal([]byte(p.Session.Window.Preference(savedPreference)), &list) != nil {
		return nil
	}
	return list
}

func (p *page) storeTrips(list []savedTrip) {
	text, err := json.Marshal(list)
	if err == nil {
		p.Session.Window.SetPreference(savedPreference, string(text))
	}
}

// saveTrip saves the trip shown on this device. A trip with the same address is saved once.
func (p *page) saveTrip(app.Context) {
	names := make([]string, len(p.trip.Stops))
	for i, s := range p.trip.Stops {
		names[i], _ = p.stationName(s.Station)
	}
	saved := savedTrip{Name: strings.Join(names, " – "), Address: tripAddress(p.trip)}
	list := slices.DeleteFunc(p.savedTrips(), func(t savedTrip) bool { return t.Address == saved.Address })
	list = append([]savedTrip{saved}, list...)
	p.storeTrips(list[:min(savedMax, len(list))])
	p.Toast(p.Words().T("prices.saved.done"))
}

// forgetTrip removes a saved trip from the device.
func (p *page) forgetTrip(t savedTrip) {
	p.storeTrips(slices.DeleteFunc(p.savedTrips(), func(s savedTrip) bool { return s == t }))
	p.Session.Window.Focus("trip")
}

// saved lists the trips saved on this device, and offers to save the one shown.
func (p *page) saved() app.UI {
	w, list := p.Words(), p.savedTrips()
	rows := make([]app.UI, 0, len(list))
	for _, t := range list {
		rows = append(rows, app.Elem("li").Class("bp-buttons").Body(
			app.A().Class("ds-link").Href(t.Address).Text(t.Name),
			ui.Button("tertiary", w.T("prices.remove"), ui.On("forget/"+t.Address, func(app.Context) { p.forgetTrip(t) })).
				Aria("label", w.T("prices.remove.name", "name", t.Name))))
	}
	return app.Elem("div").Class("bp-stack").Body(
		app.If(len(p.trip.Stops) > 0, app.Elem("p").Body(
			ui.Button("secondary", w.T("prices.save"), ui.On("save", p.saveTrip)).Aria("describedby", "save-hint"),
			app.Elem("span").ID("save-hint").Class("bp-sub").Text(w.T("prices.save.hint")))),
		app.If(len(list) > 0, app.Elem("div").Body(
			app.Elem("h3").Class("bp-card-title").Text(w.T("prices.saved")), app.Elem("ul").Body(rows...))),
	)
}
