package page

import (
	"net/url"

	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
	"bompass/shared/trip"
	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func NewOverview(s *session.Session) app.Composer { return newOverview(s) }
func NewPassages(s *session.Session) app.Composer { return newPassages(s) }
func NewBlank(s *session.Session) app.Composer    { return newBlank(s) }
func NewMissing(s *session.Session) app.Composer  { return newMissing(s) }

// Open opens or closes a row, as its button does.
func Open(p app.Composer, line api.PassageLine) { p.(*passages).toggle(line.ID) }

// Choose puts dates in the fields and sends the form.
func Choose(ctx app.Context, p app.Composer, from, to string) {
	page := p.(*passages)
	page.draft.from, page.draft.to = from, to
	page.submit(ctx)
}

// Leave logs out, as the name menu does.
func Leave(ctx app.Context, p app.Composer) { p.(*overview).f.leave(ctx) }

// Listing is what a page knows of a period.
type Listing struct{ l listing }

func (l *Listing) Add(page api.PassageListReply)                { l.l.add(page) }
func (l *Listing) Take(line api.PassageLine) (isNew, sure bool) { return l.l.take(line) }
func (l *Listing) CatchUp(page api.PassageListReply)            { l.l.catchUp(page) }
func (l *Listing) State() ([]api.PassageLine, int, money.Ore)   { return l.l.lines, l.l.count, l.l.total }

func Chosen(u *url.URL, today oslo.Day) (api.PassageListRequest, error) {
	return chosen(u, today).request()
}

// Presets are the addresses of the ready choices on a day.
func Presets(s *session.Session) (hrefs []string) {
	p := newPassages(s)
	for _, preset := range p.presets() {
		hrefs = append(hrefs, preset.Href)
	}
	return hrefs
}

func NewCheck(s *session.Session) app.Composer  { return newCheck(s) }
func NewPrices(s *session.Session) app.Composer { return newPrices(s) }

// ShowAll shows every line of a checked bill, as the button does.
func ShowAll(p app.Composer) { p.(*check).all = true }

// Search looks for stations, and Add takes one of them, as the field and the buttons do.
func Search(p app.Composer, query string)        { p.(*prices).query = query }
func Add(p app.Composer, station toll.StationID) { p.(*prices).add(station) }

// Explain opens a line of the trip.
func Explain(p app.Composer, id toll.PassageID) { p.(*prices).open[id] = true }

func Planned(u *url.URL, today oslo.Day) trip.Trip { return planned(u, today) }
func PlanHref(t trip.Trip) string                  { return planHref(t) }
