//go:build !js

package passages_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/page/passages"
	"bompass/app/pagetest"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

func passageServer(reply api.PassageListReply) *pagetest.Server {
	return pagetest.With(api.PassageList.Endpoint, reply)
}

func TestFirstQuestionIsTheMonthSoFar(t *testing.T) {
	server := passageServer(api.PassageListReply{
		Lines: []api.PassageLine{pagetest.Line("b", pagetest.Noon), pagetest.Line("a", pagetest.Noon.Add(-24*time.Hour))}, Count: 70, Total: 162400, Next: "n",
	})
	s := pagetest.Open(t, server, "/passages", passages.New)
	if server.Calls("/api/v1/passages?from=2026-11-01&to=2026-11-20") != 1 {
		t.Error("the month so far was not asked for")
	}
	s.Shows("Fredag 20. november", "Torsdag 19. november", "1 624,00 kr", "70 passeringer", "Viser 2 av 70", "Vis flere")
	s.Hides("Listepris")
}

func TestRowOpensAndCloses(t *testing.T) {
	line := pagetest.Line("a", pagetest.Noon)
	s := pagetest.Open(t, passageServer(api.PassageListReply{Lines: []api.PassageLine{line}, Count: 1}), "/passages", passages.New)
	s.Do(func(app.Context) { passages.Toggle(s.Page, line) })
	s.Shows("Hvorfor kostet det 23,20 kr?", "Noe som ikke stemmer?", `href="/passages/dispute?passage=a"`)
	s.Do(func(app.Context) { passages.Toggle(s.Page, line) })
	s.Hides("Hvorfor kostet det 23,20 kr?")
}

func TestNextPageIsAppended(t *testing.T) {
	server := passageServer(api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("b", pagetest.Noon)}, Count: 2, Total: 4640, Next: "n"})
	s := pagetest.Open(t, server, "/passages", passages.New)
	server.Fault = &fault.Error{Code: fault.Busy}
	s.Do(func(ctx app.Context) { passages.LoadMore(ctx, s.Page) })
	s.Shows("opptatt", "Prøv igjen", `id="passage-b"`)
	server.Fault = nil
	server.With(api.PassageList.Endpoint, api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon.Add(-time.Hour))}, Count: 2, Total: 4640})
	s.Do(func(ctx app.Context) { passages.LoadMore(ctx, s.Page) })
	s.Shows(`id="passage-a"`, `id="passage-b"`, "Viser 2 av 2")
	s.Hides("Prøv igjen", "Vis flere")
	if n := server.Calls("/api/v1/passages?after=n&from=2026-11-01"); n != 2 {
		t.Errorf("the next page was asked for %d times, want twice", n)
	}
	s.Do(func(ctx app.Context) { passages.LoadMore(ctx, s.Page) })
	if n := server.Count(api.PassageList.Endpoint); n != 3 {
		t.Errorf("there is no page after the last, and %d pages were asked for", n)
	}
}

// The button that prints everything fetches what is missing, lists it and then prints. The line at the end counts the rows
// that are on the page.
func TestPrintingAllFetchesTheRest(t *testing.T) {
	server := passageServer(api.PassageListReply{Lines: lines("p", 40), Count: 60, Next: "n"})
	s := pagetest.Open(t, server, "/passages", passages.New)
	s.Shows("Viser 12 av 60", "Skriv ut alle 60", "Utskriften viser de 12 nyeste av 60")
	server.With(api.PassageList.Endpoint, api.PassageListReply{Lines: lines("q", 20), Count: 60})
	s.Do(func(ctx app.Context) { passages.PrintAll(ctx, s.Page) })
	s.Shows(`id="passage-p0"`, `id="passage-p39"`, `id="passage-q19"`, "Viser 60 av 60")
	s.Hides("Skriv ut alle", "Utskriften viser")
	if s.Window.Printed != 1 || s.Window.FocusID != "passages-shown" {
		t.Errorf("printed %d times, focus on %q", s.Window.Printed, s.Window.FocusID)
	}
}

// lines returns passages, newest first.
func lines(name string, n int) (list []api.PassageLine) {
	for i := range n {
		list = append(list, pagetest.Line(toll.PassageID(fmt.Sprint(name, i)), pagetest.Noon.Add(-time.Duration(i)*time.Hour)))
	}
	return list
}

// A long list is shown in parts, so that the browser can answer a finger; the rest follows when the end comes near.
func TestRowsFollowWhenTheEndComesNear(t *testing.T) {
	lines := []api.PassageLine{}
	for i := range 40 {
		lines = append(lines, pagetest.Line(toll.PassageID(fmt.Sprint("p", i)), pagetest.Noon.Add(-time.Duration(i)*time.Hour)))
	}
	s := pagetest.Open(t, passageServer(api.PassageListReply{Lines: lines, Count: 40}), "/passages", passages.New)
	for _, want := range []int{12, 22, 32, 40} {
		if got := strings.Count(s.Text(), `id="passage-p`); got != want {
			t.Fatalf("got %d rows, want %d", got, want)
		}
		if near := s.Window.Near; near != nil {
			s.Window.Near = nil
			near()
			s.Wait()
		}
	}
	if s.Window.Near != nil {
		t.Error("the page still waits for the end of the list")
	}
}

// Whoever asks for more before the rows have followed goes on at the next row, not at the next page of the server.
func TestMoreGoesOnAtTheNextRow(t *testing.T) {
	lines := []api.PassageLine{}
	for i := range 30 {
		lines = append(lines, pagetest.Line(toll.PassageID(fmt.Sprint("p", i)), pagetest.Noon.Add(-time.Duration(i)*time.Hour)))
	}
	s := pagetest.Open(t, passageServer(api.PassageListReply{Lines: lines, Count: 31, Next: "n"}), "/passages", passages.New)
	for _, want := range []int{22, 30} {
		focus := fmt.Sprint("passage-p", strings.Count(s.Text(), `id="passage-p`))
		s.Do(func(ctx app.Context) { passages.LoadMore(ctx, s.Page) })
		if got := strings.Count(s.Text(), `id="passage-p`); got != want || s.Window.FocusID != focus {
			t.Errorf("%d rows with focus on %q, want %d and %q", got, s.Window.FocusID, want, focus)
		}
	}
}

// S1.20: at most 30 days or one calendar month.
// A print-out of a list that is not complete says so, and reading goes on where the next page begins.
func TestIncompleteListSaysSoOnPaperAndGoesOnAtTheNextPage(t *testing.T) {
	server := passageServer(api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("b", pagetest.Noon)}, Count: 2, Total: 4640, Next: "n"})
	screen := pagetest.Open(t, server, "/passages", passages.New)
	screen.Shows("Utskriften viser de 1 nyeste av 2 passeringer.")
	server.With(api.PassageList.Endpoint, api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon.Add(-time.Hour))}, Count: 2, Total: 4640})
	screen.Do(func(ctx app.Context) { passages.LoadMore(ctx, screen.Page) })
	screen.Hides("Utskriften viser")
	if got := screen.Window.FocusID; got != "passage-a" {
		t.Errorf("focus is on %q", got)
	}
}

func TestPeriodIsCheckedBeforeTheServerIsAsked(t *testing.T) {
	for name, c := range map[string]struct{ address, want string }{
		"69 days":          {"/passages?from=2026-01-01&to=2026-03-10", "Perioden er 69 dager"},
		"end before start": {"/passages?from=2026-03-10&to=2026-03-01", "Sluttdatoen er før startdatoen"},
		"no start":         {"/passages?from=&to=2026-03-01", "Velg både en startdato og en sluttdato"},
		"not a date":       {"/passages?from=2026-03-01&to=soon", "Velg både en startdato og en sluttdato"},
	} {
		t.Run(name, func(t *testing.T) {
			server := &pagetest.Server{}
			s := pagetest.Open(t, server, c.address, passages.New)
			s.Shows(c.want, `aria-describedby="period-wrong"`)
			if n := server.Count(api.PassageList.Endpoint); n != 0 {
				t.Errorf("the server was asked %d times", n)
			}
			if want := "Feil: Passeringer – Bompass"; s.Window.PageTitle != want {
				t.Errorf("title: got %q, want %q", s.Window.PageTitle, want)
			}
		})
	}
}

func TestFocusMovesToTheErrorsOfTheForm(t *testing.T) {
	s := pagetest.Open(t, &pagetest.Server{}, "/passages", passages.New)
	s.Do(func(ctx app.Context) { passages.Submit(ctx, s.Page, "2026-01-01", "2026-11-20") })
	s.Shows("Perioden er 324 dager", `id="mistakes"`, `href="#to"`)
	if s.Window.FocusID != "mistakes" || !strings.HasPrefix(s.Window.PageTitle, "Feil: ") {
		t.Errorf("focus on %q, title %q", s.Window.FocusID, s.Window.PageTitle)
	}
}

// The server may refuse what the page allows, such as a vehicle of another customer.
func TestRefusedFieldIsMarked(t *testing.T) {
	server := &pagetest.Server{Fault: fault.New(fault.NotFound).At("vehicle")}
	s := pagetest.Open(t, server, "/passages?vehicle=x", passages.New)
	s.Shows(`href="#vehicle"`, `aria-describedby="vehicle-wrong"`)
	if s.Window.FocusID != "mistakes" {
		t.Errorf("focus on %q", s.Window.FocusID)
	}
}

func TestArrivingPassageIsInsertedIfItMatchesTheQuery(t *testing.T) {
	server := passageServer(api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon.Add(-time.Hour))}, Count: 1, Total: 2320})
	for name, c := range map[string]struct {
		address string
		change  func(*api.PassageLine)
		shown   bool
	}{
		"any vehicle":       {"/passages", func(*api.PassageLine) {}, true},
		"the same vehicle":  {"/passages?vehicle=" + string(fixture.KariPetrol), func(*api.PassageLine) {}, true},
		"another vehicle":   {"/passages?vehicle=" + string(fixture.KariElectric), func(*api.PassageLine) {}, false},
		"another agreement": {"/passages?agreement=x", func(l *api.PassageLine) { l.Agreement = "y" }, false},
		"two months before": {"/passages", func(l *api.PassageLine) { l.At = l.At.AddDate(0, -2, 0) }, false},
		"after the period":  {"/passages?from=2026-11-01&to=2026-11-19", func(*api.PassageLine) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := pagetest.Open(t, server, c.address, passages.New)
			s.Window.FocusID = "passage-a"
			line := pagetest.Line("b", pagetest.Noon)
			c.change(&line)
			s.Publish(api.Event{Kind: "passage", Lines: []api.PassageLine{line}, Balance: 4640})
			if !c.shown {
				s.Hides(`id="passage-b"`, "46,40 kr", "Ny passering")
				return
			}
			s.Shows(`id="passage-b"`, "46,40 kr", "2 passeringer", "bp-fresh-1", "Ny passering")
			if s.Window.FocusID != "passage-a" {
				t.Errorf("focus went to %q when rows moved", s.Window.FocusID)
			}
		})
	}
}

func TestEachArrivalIsFreshOnce(t *testing.T) {
	s := pagetest.Open(t, &pagetest.Server{}, "/passages", passages.New)
	for i, id := range []toll.PassageID{"a", "b", "c"} {
		s.Publish(api.Event{Kind: "passage", Lines: []api.PassageLine{pagetest.Line(id, pagetest.Noon.Add(time.Duration(i)*time.Minute))}})
		if n := strings.Count(s.Text(), "bp-fresh-"); n != 1 {
			t.Errorf("after %s: %d rows are fresh, want 1", id, n)
		}
	}
}

func TestListIsResyncedWhenTheStreamIsBack(t *testing.T) {
	server := passageServer(api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon.Add(-time.Hour))}, Count: 1, Total: 2320})
	s := pagetest.Open(t, server, "/passages", passages.New)
	s.Connect(false)
	server.With(api.PassageList.Endpoint, api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("b", pagetest.Noon), pagetest.Line("a", pagetest.Noon.Add(-time.Hour))}, Count: 2, Total: 4640})
	s.Connect(true)
	s.Shows("46,40 kr", "2 passeringer", `id="passage-b"`)
}

// Only the server can tell whether an old passage was in the count before.
func TestListIsResyncedForAPassageBeyondThePagesFetched(t *testing.T) {
	server := passageServer(api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon)}, Count: 2, Total: 4640, Next: "n"})
	s := pagetest.Open(t, server, "/passages", passages.New)
	server.With(api.PassageList.Endpoint, api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon)}, Count: 3, Total: 6960, Next: "n"})
	s.Publish(api.Event{Kind: "passage", Lines: []api.PassageLine{pagetest.Line("old", pagetest.Noon.Add(-24*time.Hour))}})
	s.Shows("69,60 kr", "3 passeringer")
}

func TestListKeepsToTheAgreementShownBefore(t *testing.T) {
	overview := api.OverviewReply{Agreements: []api.AgreementOverview{
		{ID: "a", Number: "7001001", Vehicles: []api.VehicleOverview{{ID: fixture.KariPetrol, Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol"}}},
		{ID: "b", Number: "7001002", Vehicles: []api.VehicleOverview{{ID: fixture.KariElectric, Plate: toll.NewPlate("NO", "EK31204"), Class: "light electric"}}},
	}}
	server := passageServer(api.PassageListReply{}).With(api.Overview.Endpoint, overview)
	s := pagetest.Open(t, server, "/passages?agreement=b&from=2026-11-01&to=2026-11-20", passages.New)
	s.Shows("EK 31204", "agreement=b&from=2026-10-01")
	s.Hides(`<option value="` + string(fixture.KariPetrol))
	s.Navigate("/passages")
	if n := server.Calls("/api/v1/passages?agreement=b&from=2026-11-01&to=2026-11-20"); n != 2 {
		t.Errorf("the agreement was asked for %d times, want twice", n)
	}
}

// S1.20: a ready choice is always one that may be asked for.
func TestPresetsAreAlwaysAllowed(t *testing.T) {
	first := oslo.Date(2023, time.December, 31)
	for day := first; day < first+800; day++ {
		s := session.New(&browser.Window{}, func() time.Time { return oslo.At(day, 8, 0, 0) })
		for _, href := range passages.Presets(s) {
			u, err := url.Parse(href)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := passages.Request(u, day); err != nil {
				t.Errorf("%s offers %s: %v", day, href, err)
			}
		}
		if _, err := passages.Request(&url.URL{Path: "/passages"}, day); err != nil {
			t.Errorf("%s: the page without a selection: %v", day, err)
		}
	}
}

// S1.16: an invoice's passages are shown without the form; one press leaves them. What arrives is not on the invoice.
func TestPassagesOfAnInvoice(t *testing.T) {
	server := passageServer(api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon)}, Count: 1, Total: 2320})
	s := pagetest.Open(t, server, "/passages?invoice=100002", passages.New)
	if server.Count(api.PassageList.Endpoint) != 1 {
		t.Error("the passages were not asked for once")
	}
	s.Shows("Passeringer på faktura 100002", `id="passage-a"`, "Velg periode i stedet", `href="/passages"`, `href="/invoices/details?number=100002"`,
		`href="/api/v1/passages/export?format=xlsx&invoice=100002"`)
	s.Hides("Sum for perioden", `id="from"`)
	s.Publish(api.Event{Kind: "passage", Lines: []api.PassageLine{pagetest.Line("b", pagetest.Noon)}})
	s.Hides(`id="passage-b"`)
	s.Navigate("/passages")
	s.Shows(`id="from"`, "Sum for perioden", `href="/api/v1/passages/export?format=csv&from=2026-11-01&to=2026-11-20"`)
	empty := pagetest.Open(t, passageServer(api.PassageListReply{}), "/passages?invoice=100002", passages.New)
	empty.Shows("Ingen passeringer på fakturaen")
}

// More passages than a file may have are not offered as one.
func TestFileOfTooManyIsNotOffered(t *testing.T) {
	s := pagetest.Open(t, passageServer(api.PassageListReply{Lines: lines("p", 1), Count: api.PassageExportMax + 1, Next: "n"}), "/passages", passages.New)
	s.Shows("inntil 10 000 passeringer")
	s.Hides("/api/v1/passages/export")
}
