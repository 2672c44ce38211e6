//go:build !js

// Package pagetest opens pages in tests: natively, in a window in memory, in front of a server whose
// answers the test decides.
package pagetest

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Noon is the time of every test: 20 November 2026.
var Noon = oslo.At(oslo.Date(2026, time.November, 20), 12, 0, 0)

// Screen is a page that is open.
type Screen struct {
	Page   app.Composer
	Window *browser.Window

	t          *testing.T
	session    *session.Session
	dispatcher app.ClientDispatcher
}

// Open opens a page at an address and waits for its answers.
func Open(t *testing.T, server *Server, address string, newPage func(*session.Session) app.Composer) *Screen {
	t.Helper()
	return OpenIn(t, &browser.Window{Transport: server, Address: address, Service: Service()}, newPage)
}

// Service returns how the customer service of the tests is reached.
func Service() browser.ServiceContact {
	return browser.ServiceContact{Phones: []string{"72 54 09 00"}, Emails: []string{"kundeservice@bompass.example"}}
}

// OpenIn opens a page in a window that the test has prepared, at the window's address.
func OpenIn(t *testing.T, w *browser.Window, newPage func(*session.Session) app.Composer) *Screen {
	t.Helper()
	return show(t, w, session.New(w, func() time.Time { return Noon }), newPage)
}

// show opens a new page in the window at the window's address.
func show(t *testing.T, w *browser.Window, held *session.Session, newPage func(*session.Session) app.Composer) *Screen {
	t.Helper()
	s := &Screen{Page: newPage(held), Window: w, t: t, session: held}
	s.dispatcher = app.NewClientTester(s.Page)
	t.Cleanup(s.dispatcher.Close)
	s.Navigate(w.Address)
	return s
}

// OpenNext opens another page in the same program: it shares the session of the page before.
func OpenNext(t *testing.T, before *Screen, address string, newPage func(*session.Session) app.Composer) *Screen {
	t.Helper()
	before.Window.Address = address
	return show(t, before.Window, before.session, newPage)
}

// Navigate changes the address while the page stays.
func (s *Screen) Navigate(address string) {
	s.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Window.Address = address
	s.dispatcher.Nav(u)
	s.Wait()
}

// Wait waits until nothing is under way.
func (s *Screen) Wait() { s.dispatcher.Consume() }

// Do runs what a person does on the page and waits for what follows.
func (s *Screen) Do(action func(app.Context)) {
	s.dispatcher.Context().Dispatch(action)
	s.Page.Update()
	s.Wait()
}

// Text returns the page's HTML with non-breaking spaces replaced by spaces.
func (s *Screen) Text() string {
	return strings.ReplaceAll(app.HTMLString(s.Page), "\u00a0", " ")
}

// Shows fails the test unless the page has all of these texts.
func (s *Screen) Shows(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.Text(), text) {
			s.t.Errorf("the page does not show %q", text)
		}
	}
}

// Hides fails the test if the page has any of these texts.
func (s *Screen) Hides(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.Text(), text) {
			s.t.Errorf("the page shows %q", text)
		}
	}
}

// HasElement reports whether some element of the page has all of these attributes, in any order.
func (s *Screen) HasElement(attributes ...string) bool {
	for element := range strings.SplitSeq(s.Text(), "<") {
		element, _, _ = strings.Cut(element, ">")
		if !slices.ContainsFunc(attributes, func(a string) bool { return !strings.Contains(element, " "+a) }) {
			return true
		}
	}
	return false
}

// Neutral returns the HTML of a page's first paint in a language.
func Neutral(t *testing.T, lang string, newPage func(*session.Session) app.Composer) string {
	t.Helper()
	p := newPage(session.NeutralIn(lang))
	dispatcher := app.NewServerTester(p)
	defer dispatcher.Close()
	return strings.ReplaceAll(app.HTMLString(p), "\u00a0", " ")
}

// Line returns a passage of Kari's petrol car at E18 Maritim that costs 23.20 kroner.
func Line(id toll.PassageID, at time.Time) api.PassageLine {
	return api.PassageLine{
		ID: id, At: at, Name: "E18 Maritim", Charger: "Fjellinjen", Direction: toll.Inbound, Vehicle: fixture.KariPetrol,
		Plate: toll.NewPlate("NO", "DP45821"), MatchedBy: toll.ByTag, Tag: "9578010000000000012", Priced: true, List: 2900, Net: 2320,
		Steps: []rating.Step{
			{Rule: rating.RuleList, Ore: 2900, Class: "light petrol", Band: "rush", Tariff: "oslo@2025-01-01"},
			{Rule: rating.RuleTag, Ore: -580, Num: 1, Den: 5},
		},
	}
}
