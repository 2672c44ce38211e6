//go:build !js

package page_test

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/page"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/role"
	"bompass/shared/toll"
)

var noon = oslo.At(oslo.Date(2026, time.November, 20), 12, 0, 0)

// desk answers the contract's calls from what it holds, and keeps what was asked.
type desk struct {
	mu       sync.Mutex // a page asks for several things at once
	overview api.OverviewReply
	passages api.PassageListReply
	broken   *fault.Error
	role     role.Role
	asked    []string
}

func (d *desk) Do(_ context.Context, r apiclient.Request) (apiclient.Response, error) {
	path, _, _ := strings.Cut(r.Path, "?")
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, r.Path)
	var reply any = api.Empty{}
	switch path {
	case api.Me.Path:
		reply = api.MeReply{Person: "Kari Lund", Name: "Kari Lund", Customer: fixture.Kari, Language: "nb", CSRF: "token", Role: d.role}
	case api.Overview.Path:
		reply = d.overview
	case api.PassageList.Path:
		reply = d.passages
	}
	status := 200
	if d.broken != nil && path != api.Me.Path {
		reply, status = d.broken, fault.Status(d.broken.Code)
	}
	body, err := json.Marshal(reply)
	return apiclient.Response{Status: status, Body: body}, err
}

func (d *desk) askedFor(path string) (n int) {
	for _, asked := range d.asked {
		if strings.HasPrefix(asked, path) {
			n++
		}
	}
	return n
}

func line(id toll.PassageID, at time.Time) api.PassageLine {
	return api.PassageLine{
		ID: id, At: at, Name: "E18 Maritim", Charger: "Fjellinjen", Direction: toll.Inbound, Vehicle: fixture.KariPetrol,
		Plate: toll.NewPlate("NO", "DP45821"), MatchedBy: toll.ByTag, Tag: "9578010000000000012", Priced: true, List: 2900, Net: 2320,
		Steps: []rating.Step{
			{Rule: rating.RuleList, Ore: 2900, Class: "light petrol", Band: "rush", Tariff: "oslo@2025-01-01"},
			{Rule: rating.RuleTag, Ore: -580, Num: 1, Den: 5},
		},
	}
}

// open shows a page at an address and returns what is on screen, with what it was shown in.
func open(t *testing.T, d apiclient.Transport, address string, make func(*session.Session) app.Composer) (*browser.Window, *screen) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w := &browser.Window{Carrier: d, Address: address}
	s := &screen{page: make(session.New(w, func() time.Time { return noon })), t: t}
	s.disp = app.NewClientTester(s.page)
	t.Cleanup(s.disp.Close)
	s.disp.Nav(u)
	s.disp.Consume()
	return w, s
}

type screen struct {
	page app.Composer
	disp app.ClientDispatcher
	t    *testing.T
}

// text is the page's HTML with its non-breaking spaces made plain.
func (s *screen) text() string {
	return strings.ReplaceAll(app.HTMLString(s.page), "\u00a0", " ")
}

func (s *screen) shows(want ...string) {
	s.t.Helper()
	for _, w := range want {
		if !strings.Contains(s.text(), w) {
			s.t.Errorf("the page does not show %q", w)
		}
	}
}

func (s *screen) hides(unwanted ...string) {
	s.t.Helper()
	for _, w := range unwanted {
		if strings.Contains(s.text(), w) {
			s.t.Errorf("the page shows %q", w)
		}
	}
}

// marked tells whether some element of the page has all of these attributes: their order is nobody's.
func (s *screen) marked(attributes ...string) bool {
	for element := range strings.SplitSeq(s.text(), "<") {
		element, _, _ = strings.Cut(element, ">")
		if !slices.ContainsFunc(attributes, func(a string) bool { return !strings.Contains(element, " "+a) }) {
			return true
		}
	}
	return false
}

func (s *screen) do(fn func(app.Context)) {
	s.disp.Context().Dispatch(fn)
	s.page.Update()
	s.disp.Consume()
}

// The first paint says what a page is called and is about, in the reader's language, and nothing more.
func TestItPaintsWhatAPageIsAboutBeforeItRuns(t *testing.T) {
	for lang, want := range map[string][]string{
		"nb": {"Hva koster turen?", "Oversikt", "Passeringer"}, "en": {"What will the trip cost?", "Overview", "Passages"},
		"sv": {"Vad kostar resan?", "Översikt", "Passager"}, "de": {"Was kostet die Fahrt?", "Übersicht", "Durchfahrten"},
	} {
		for i, newPage := range []func(*session.Session) app.Composer{page.NewPrices, page.NewOverview, page.NewPassages} {
			p := newPage(session.NeutralIn(lang))
			disp := app.NewServerTester(p)
			html := app.HTMLString(p)
			disp.Close()
			if !strings.Contains(html, ">"+want[i]+"</h1>") || !strings.Contains(html, "bp-bone") || strings.Count(html, "<h1") != 1 {
				t.Errorf("%s: no heading %q: %s", lang, want[i], html)
			}
		}
	}
}

func TestItPaintsTheSameNeutralFrameForEveryone(t *testing.T) {
	pages := map[string]app.Composer{
		"blank":    page.NewBlank(session.Neutral()),
		"overview": page.NewOverview(session.Neutral()),
		"passages": page.NewPassages(session.Neutral()),
		"missing":  page.NewMissing(session.Neutral()),
		"check":    page.NewCheck(session.Neutral()),
		"prices":   page.NewPrices(session.Neutral()),
	}
	for name, p := range pages {
		disp := app.NewServerTester(p)
		html := app.HTMLString(p)
		disp.Close()
		for _, unwanted := range []string{" kr", "0,00", "Kari", "=\"false\"", " aria-expanded", "style="} {
			if strings.Contains(strings.ReplaceAll(html, "\u00a0", " "), unwanted) {
				t.Errorf("%s: the first paint has %q", name, unwanted)
			}
		}
		if !strings.Contains(html, "Bompass") || !strings.Contains(html, "bp-bone") {
			t.Errorf("%s: the first paint is not the neutral frame: %s", name, html)
		}
	}
}

func TestItShowsWhatTheMonthHasCost(t *testing.T) {
	d := &desk{overview: api.OverviewReply{
		Month: oslo.MonthOf(noon), Total: 123456, Latest: []api.PassageLine{line("a", noon)},
		Agreements: []api.AgreementOverview{{
			ID: "x", Number: "7001001", Charger: "Fjellinjen", Balance: 123456, Passages: 1,
			Vehicles: []api.VehicleOverview{{ID: fixture.KariPetrol, Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol"}},
		}},
		Unagreed: &api.AgreementOverview{Vehicles: []api.VehicleOverview{{ID: fixture.PerCar, Plate: toll.NewPlate("NO", "RK20877")}}},
	}}
	w, s := open(t, d, "/", page.NewOverview)
	s.shows("1 234,56 kr", "november 2026", "Avtale 7001001", "DP 45821", "Bensinbil", "E18 Maritim", "Kari Lund",
		"RK 20877", "står ikke på noen avtale", "1 passering<")
	if got, want := w.Named, "Oversikt – Bompass"; got != want {
		t.Errorf("title: got %q, want %q", got, want)
	}
	if w.FocusOn != "" {
		t.Errorf("the first page moved focus to %q", w.FocusOn)
	}
}

func TestItMovesTheBalanceWhenAPassageArrives(t *testing.T) {
	d := &desk{overview: api.OverviewReply{Month: oslo.MonthOf(noon), Total: 1000}}
	w, s := open(t, d, "/", page.NewOverview)
	s.hides("E18 Maritim")
	d.overview.Total, d.overview.Latest = 3320, []api.PassageLine{line("a", noon)}
	event, _ := json.Marshal(api.Event{Kind: "passage", Lines: d.overview.Latest, Balance: 3320})
	w.Streamed.Message(string(event))
	s.disp.Consume()
	s.shows("33,20 kr", "E18 Maritim", "Ny passering: E18 Maritim kl. 12:00, 23,20 kr")
}

func TestItSaysWhyThereIsNoAnswer(t *testing.T) {
	_, s := open(t, &desk{broken: &fault.Error{Code: fault.Internal, Trace: "t-17"}}, "/", page.NewOverview)
	s.shows("Noe gikk galt hos oss", "t-17", "Prøv igjen")
	s.hides("0,00 kr")
	_, s = open(t, &desk{broken: &fault.Error{Code: fault.Busy}}, "/passages", page.NewPassages)
	s.shows("opptatt", "Prøv igjen")
}

func TestItGoesToTheLoginPageWhenTheSessionHasEnded(t *testing.T) {
	for address, make := range map[string]func(*session.Session) app.Composer{
		"/": page.NewOverview, "/passages?from=2026-11-01&to=2026-11-02": page.NewPassages,
	} {
		w, _ := open(t, &desk{broken: &fault.Error{Code: fault.SignedOut}}, address, make)
		u, err := url.Parse(w.Left)
		if err != nil || u.Path != "/login" || u.Query().Get("next") != address {
			t.Errorf("%s: left for %q, want the login page and the way back", address, w.Left)
		}
	}
}

func TestItAsksForTheMonthSoFarAndShowsEachPassage(t *testing.T) {
	d := &desk{passages: api.PassageListReply{
		Lines: []api.PassageLine{line("b", noon), line("a", noon.Add(-24*time.Hour))}, Count: 70, Total: 162400, Next: "n",
	}}
	_, s := open(t, d, "/passages", page.NewPassages)
	if d.askedFor("/api/v1/passages?from=2026-11-01&to=2026-11-20") != 1 {
		t.Errorf("asked %v", d.asked)
	}
	s.shows("Fredag 20. november", "Torsdag 19. november", "1 624,00 kr", "70 passeringer", "Viser 2 av 70", "Vis flere")
	s.hides("Listepris")
}

func TestItExplainsAPassageStepByStep(t *testing.T) {
	first, second := line("a", noon.Add(-30*time.Minute)), line("b", noon)
	second.Steps = append(second.Steps, rating.Step{Rule: rating.RuleHour, Ore: -2320, By: "a", Mins: 60})
	second.Net = rating.Sum(second.Steps)
	d := &desk{passages: api.PassageListReply{Lines: []api.PassageLine{second, first}, Count: 2, Total: 2320}}
	_, s := open(t, d, "/passages", page.NewPassages)
	s.shows("Timesregel")
	s.do(func(app.Context) { page.Open(s.page, second) })
	s.shows("Hvorfor kostet det 0,00 kr?", "Listepris for bensinbil, rushtidstakst", "29,00 kr", "−5,80 kr", "Brikkerabatt, 20 %",
		"Timesregelen: betalt ved passeringen kl. 11:30 på E18 Maritim", "−23,20 kr", "Du betaler", "Oslo, gjelder fra 1. jan. 2025",
		"Med brikke 9578010000000000012")
	s.do(func(app.Context) { page.Open(s.page, second) })
	s.hides("Listepris")
}

func TestItNeverShowsAPriceThatIsNotKnown(t *testing.T) {
	unpriced := line("a", noon)
	unpriced.Priced, unpriced.Net, unpriced.Steps = false, 0, nil
	d := &desk{passages: api.PassageListReply{Lines: []api.PassageLine{unpriced}, Count: 1, Total: 500}}
	_, s := open(t, d, "/passages", page.NewPassages)
	s.do(func(app.Context) { page.Open(s.page, unpriced) })
	s.shows("Pris kommer", "Hvorfor er det ingen pris ennå?")
	s.hides("0,00 kr")
}

// S1.20: at most 30 days or one calendar month.
func TestItRefusesAPeriodBeforeAskingTheServer(t *testing.T) {
	cases := []struct{ name, address, want, title string }{
		{"69 days", "/passages?from=2026-01-01&to=2026-03-10", "Perioden er 69 dager", "Feil: Passeringer – Bompass"},
		{"end before start", "/passages?from=2026-03-10&to=2026-03-01", "Sluttdatoen er før startdatoen", "Feil: Passeringer – Bompass"},
		{"no start", "/passages?from=&to=2026-03-01", "Velg både en startdato og en sluttdato", "Feil: Passeringer – Bompass"},
		{"not a date", "/passages?from=2026-03-01&to=soon", "Velg både en startdato og en sluttdato", "Feil: Passeringer – Bompass"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := &desk{}
			w, s := open(t, d, c.address, page.NewPassages)
			s.shows(c.want, `aria-describedby="period-wrong"`)
			if n := d.askedFor(api.PassageList.Path); n != 0 {
				t.Errorf("the server was asked %d times", n)
			}
			if w.Named != c.title {
				t.Errorf("title: got %q, want %q", w.Named, c.title)
			}
		})
	}
}

func TestItMovesFocusToWhatSaysWhichFieldIsWrong(t *testing.T) {
	w, s := open(t, &desk{}, "/passages", page.NewPassages)
	s.do(func(ctx app.Context) { page.Choose(ctx, s.page, "2026-01-01", "2026-11-20") })
	s.shows("Perioden er 324 dager")
	s.shows(`id="mistakes"`, `href="#to"`)
	if w.FocusOn != "mistakes" || !strings.HasPrefix(w.Named, "Feil: ") {
		t.Errorf("focus: got %q, want the summary; title %q", w.FocusOn, w.Named)
	}
}

func TestItTakesInAPassageWhileThePageIsOpen(t *testing.T) {
	d := &desk{passages: api.PassageListReply{Lines: []api.PassageLine{line("a", noon.Add(-time.Hour))}, Count: 1, Total: 2320}}
	w, s := open(t, d, "/passages", page.NewPassages)
	w.FocusOn = "passage-a"
	other := line("c", noon.AddDate(0, -2, 0))
	event, _ := json.Marshal(api.Event{Kind: "passage", Lines: []api.PassageLine{line("b", noon), other}, Balance: 4640})
	w.Streamed.Message(string(event))
	s.disp.Consume()
	s.shows("46,40 kr", "2 passeringer", "bp-fresh-1", "Ny passering")
	if w.FocusOn != "passage-a" {
		t.Errorf("focus went to %q when rows moved", w.FocusOn)
	}
}

func TestItCatchesUpWhenTheStreamIsBack(t *testing.T) {
	d := &desk{passages: api.PassageListReply{Lines: []api.PassageLine{line("a", noon.Add(-time.Hour))}, Count: 1, Total: 2320}}
	w, s := open(t, d, "/passages", page.NewPassages)
	w.Streamed.Open(false)
	s.disp.Consume()
	d.passages = api.PassageListReply{Lines: []api.PassageLine{line("b", noon), line("a", noon.Add(-time.Hour))}, Count: 2, Total: 4640}
	w.Streamed.Open(true)
	s.disp.Consume()
	s.shows("46,40 kr", "2 passeringer", `id="passage-b"`)
}

func TestItSaysThatItIsReconnecting(t *testing.T) {
	w, s := open(t, &desk{}, "/", page.NewOverview)
	w.Streamed.Open(false)
	s.disp.Consume()
	s.shows("Kobler til på nytt")
	w.Streamed.Open(true)
	s.disp.Consume()
	s.hides("Kobler til på nytt")
}

func TestItHasAWayHomeFromEveryAddress(t *testing.T) {
	w, s := open(t, &desk{}, "/nowhere", page.NewMissing)
	s.shows("Vi finner ikke siden", "Gå til oversikten")
	if page.Known("/nowhere") || !page.Known("/") || !page.Known("/passages") {
		t.Error("the server could not tell pages from what is missing")
	}
	if !strings.HasPrefix(w.Named, "Vi finner ikke siden") {
		t.Errorf("title: %q", w.Named)
	}
}

func TestItLogsOutOnce(t *testing.T) {
	d := &desk{}
	w, s := open(t, d, "/", page.NewOverview)
	s.do(func(ctx app.Context) { page.Leave(ctx, s.page) })
	if d.askedFor(api.Logout.Path) != 1 || w.Left != "/login?why=signed-out" {
		t.Errorf("asked %v, left for %q", d.asked, w.Left)
	}
	if w.Streamed.Message != nil {
		t.Error("the stream is still followed")
	}
}

func TestItStaysWhenLoggingOutDidNotWork(t *testing.T) {
	d := &desk{}
	w, s := open(t, d, "/", page.NewOverview)
	d.broken = &fault.Error{Code: fault.Busy}
	s.do(func(ctx app.Context) { page.Leave(ctx, s.page) })
	s.shows("opptatt", `id="logout"`)
	if w.Left != "" {
		t.Errorf("left for %q", w.Left)
	}
}

func TestItMarksOnlyTheLastArrivalAsFresh(t *testing.T) {
	w, s := open(t, &desk{}, "/passages", page.NewPassages)
	for i, id := range []toll.PassageID{"a", "b", "c"} {
		event, _ := json.Marshal(api.Event{Kind: "passage", Lines: []api.PassageLine{line(id, noon.Add(time.Duration(i)*time.Minute))}})
		w.Streamed.Message(string(event))
		s.disp.Consume()
		if n := strings.Count(s.text(), "bp-fresh-"); n != 1 {
			t.Errorf("after %s: %d rows are fresh, want 1", id, n)
		}
	}
}
