package portal

import (
	"context"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"bompass/server/testclock"
	"bompass/server/web/kit"
	"bompass/shared/invoice"
	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// clockPath is the page that moves the business time of an agreement.
const clockPath = "/dev/clock"

// Clock moves the business time of agreements.
type Clock interface {
	Payers(ctx context.Context) ([]testclock.Payer, error)
	Show(ctx context.Context, id toll.AgreementID) (s testclock.State, found bool, err error)
	Move(ctx context.Context, id toll.AgreementID, to testclock.Target) error
}

// mountClock adds the page of the test clock. Anyone can use it, so it exists only while the product is tried out.
func (h *Handlers) mountClock(app *fiber.App) {
	app.Get(clockPath, h.clockPage)
	app.Post(clockPath, h.moveClock)
}

// clockView is the content of the page of the test clock.
type clockView struct {
	kit.Page
	Payers    []testclock.Payer
	Chosen    toll.AgreementID // empty before one is chosen
	Name      string
	Today     string
	Targets   []kit.Link // Href is the target
	Events    []kit.Link // Href is the day
	Documents []clockDocument
	Invoices  string // address of the customer's own page
}

// clockDocument is a row of the table of documents.
type clockDocument struct{ Name, State, Issued, Due, Outstanding string }

func (h *Handlers) clockPage(c *fiber.Ctx) error {
	p, err := h.PublicPage(c)
	if err != nil {
		return err
	}
	if p.CSRF == "" {
		p.CSRF = h.VisitorPage(c).CSRF
	}
	v := &clockView{Page: *p}
	v.Title = v.T("clock.title")
	if v.Payers, err = h.Clock.Payers(c.UserContext()); err != nil {
		return err
	}
	if id := toll.AgreementID(c.Query("agreement")); id != "" {
		s, found, err := h.Clock.Show(c.UserContext(), id)
		if err != nil {
			return err
		}
		if !found {
			return h.NotFound(c)
		}
		v.show(&s)
	}
	return h.Send(c, fiber.StatusOK, "clock", v)
}

// show fills in what the clock of an agreement shows.
func (v *clockView) show(s *testclock.State) {
	today := oslo.DayOf(s.Now)
	v.Chosen, v.Name, v.Today = s.Payer.Agreement, s.Payer.Name, v.LongDay(today)
	for _, to := range []testclock.Target{testclock.MonthEnd, testclock.DueDate, testclock.Reminder} {
		v.Targets = append(v.Targets, kit.Link{Href: string(to), Text: v.T("clock.to." + string(to))})
	}
	for _, e := range s.Events {
		v.Events = append(v.Events, kit.Link{Href: v.Day(e.Day), Text: v.T("clock.event."+string(e.Kind), "number", e.Number, "rule", e.Rule, "day", v.Day(e.On))})
	}
	for i := range s.Documents {
		d := &s.Documents[i]
		state := v.T("invoices.state." + string(d.State))
		if key := "invoices.state.reminder." + string(d.State); d.Kind == invoice.KindReminder && v.Has(key) {
			state = v.T(key)
		}
		v.Documents = append(v.Documents, clockDocument{Name: d.Number, State: state, Issued: v.Day(d.Issued), Due: v.Day(d.Due), Outstanding: v.Kroner(d.Outstanding)})
	}
	v.Invoices = site.With(site.Invoices, url.Values{"from": {(today.Month() - 12).First().String()}, "to": {today.String()}})
}

// moveClock moves a clock and shows it.
func (h *Handlers) moveClock(c *fiber.Ctx) error {
	if _, err := h.RequireAnyForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	id := c.FormValue("agreement")
	if err := h.Clock.Move(c.UserContext(), toll.AgreementID(id), testclock.Target(c.FormValue("to"))); err != nil {
		return err
	}
	return c.Redirect(site.With(clockPath, url.Values{"agreement": {id}}), fiber.StatusSeeOther)
}
