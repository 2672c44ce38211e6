//go:build !js

package frame_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/frame"
	"bompass/app/pagetest"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

func TestPageSaysThatItIsReconnecting(t *testing.T) {
	_, s := open(t, &pagetest.Server{})
	s.Connect(false)
	s.Shows("Kobler til på nytt")
	s.Connect(true)
	s.Hides("Kobler til på nytt")
}

// Every page ends with links to customer service: those that the toll company has, and none that it lacks.
func TestPageEndsWithLinksToCustomerService(t *testing.T) {
	const phone, email = `href="tel:+4772540900"`, `href="mailto:post@a.example"`
	for want, service := range map[string]browser.ServiceContact{
		phone + " " + email: {Phones: []string{"72 54 09 00"}, Emails: []string{"post@a.example"}},
		phone:               {Phones: []string{"72 54 09 00"}},
		email:               {Emails: []string{"post@a.example"}},
		"":                  {},
	} {
		s := pagetest.OpenIn(t, &browser.Window{Transport: &pagetest.Server{}, Address: "/", Service: service}, func(s *session.Session) app.Composer {
			return &testPage{base: frame.New(s)}
		})
		for _, link := range []string{phone, email} {
			if got := s.HasElement(link); got != strings.Contains(want, link) {
				t.Errorf("%v: %s is shown: %t", service, link, got)
			}
		}
		if got := strings.Count(s.Text(), "Hjelp: "); got != strings.Count(want, "href") {
			t.Errorf("%v: %d links", service, got)
		}
	}
}

func TestLoggingOutEndsTheSessionOnce(t *testing.T) {
	server := pagetest.With(api.Logout.Endpoint, api.LogoutReply{Next: "/logout/eid"})
	p, s := open(t, server)
	s.Do(p.LogOut)
	if server.Count(api.Logout.Endpoint) != 1 || s.Window.Loaded != "/logout/eid" {
		t.Errorf("%d calls, then at %q", server.Count(api.Logout.Endpoint), s.Window.Loaded)
	}
	if s.Window.Stream.Message != nil {
		t.Error("the event stream is still open")
	}
	p, s = open(t, &pagetest.Server{})
	s.Do(p.LogOut)
	if want := "/login?why=signed-out"; s.Window.Loaded != want {
		t.Errorf("without a next page: at %q, want %q", s.Window.Loaded, want)
	}
}

func TestPageStaysWhenLoggingOutFails(t *testing.T) {
	server := &pagetest.Server{}
	p, s := open(t, server)
	server.Fault = &fault.Error{Code: fault.Busy}
	s.Do(p.LogOut)
	s.Shows("opptatt", `id="logout"`)
	if s.Window.Loaded != "" {
		t.Errorf("went to %q", s.Window.Loaded)
	}
}

func TestLoggingOutWithoutNetworkDeletesWhatTheDeviceStores(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	s.Window.Store(api.Overview.Path, "stored", pagetest.Noon)
	s.Window.Offline = true
	s.Do(p.LogOut)
	if s.Window.Loaded != "/device?why=left" {
		t.Errorf("went to %q, want the page that says what is left to do", s.Window.Loaded)
	}
	if strings.Contains(s.Window.Contents(), "stored") {
		t.Errorf("the device still stores %s", s.Window.Contents())
	}
}

func TestLanguageIsStoredBeforeThePageIsLoadedAgain(t *testing.T) {
	server := &pagetest.Server{}
	p, s := open(t, server)
	s.Do(func(ctx app.Context) { p.ChooseLanguage(ctx, "sv") })
	if server.Count(api.SetLanguage.Endpoint) != 1 || s.Window.Saved != "sv" || s.Window.Reloads != 1 {
		t.Errorf("%d calls, preference %q, %d reloads", server.Count(api.SetLanguage.Endpoint), s.Window.Saved, s.Window.Reloads)
	}
	server.Refusal = &fault.Error{Code: fault.Busy}
	p, s = open(t, server)
	s.Do(func(ctx app.Context) { p.ChooseLanguage(ctx, "sv") })
	s.Shows("opptatt")
	if s.Window.Reloads != 0 {
		t.Error("the page was loaded again in a language that is not stored")
	}
}

func TestFailureSaysWhatHappenedAndWhetherToTryAgain(t *testing.T) {
	p, _ := open(t, &pagetest.Server{})
	for err, want := range map[error]string{
		fault.New(fault.Refused):         "Rollen din gir ikke tilgang til dette",
		&fault.Error{Code: fault.Busy}:   "opptatt",
		errors.New("no network"):         "Prøv igjen",
		session.ErrOutdated:              "Det finnes en ny versjon av Bompass",
		fault.New(fault.ConsentNeeded):   "Prøv igjen",
		&fault.Error{Code: "tomorrow's"}: "Prøv igjen",
	} {
		html := app.HTMLString(app.Elem("div").Body(p.Failure(err, func(app.Context) {})))
		if !strings.Contains(strings.ReplaceAll(html, "\u00a0", " "), want) {
			t.Errorf("%v: %s does not say %q", err, html, want)
		}
		if fault.CodeOf(err) == fault.Refused && strings.Contains(html, "Prøv igjen") {
			t.Error("a refused role is offered to try again")
		}
	}
}

func TestImportantChangesAskForAFactor(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	for _, c := range []struct {
		err  error
		went bool
		to   string
	}{
		{nil, false, ""},
		{errors.New("no network"), false, ""},
		{fault.New(fault.StepUp), true, "/prove?next=%2Fprofile"},
		{fault.New(fault.SignedOut), true, "/login?next=%2F&why=expired"},
	} {
		s.Window.Loaded = ""
		if got := p.HandleAuthError(c.err, "/profile"); got != c.went || s.Window.Loaded != c.to {
			t.Errorf("%v: %v, at %q", c.err, got, s.Window.Loaded)
		}
	}
}

func TestPageCanShowOneOfSeveralAgreements(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	two := api.OverviewReply{Agreements: []api.AgreementOverview{{ID: "a", Number: "7001001"}, {ID: "b", Number: "7001002"}}}
	one := api.OverviewReply{Agreements: two.Agreements[:1]}
	for _, c := range []struct {
		overview api.OverviewReply
		chooses  bool
		want     bool
	}{{two, true, true}, {one, true, false}, {two, false, false}} {
		p.Session.SetOverview(c.overview)
		p.OnAgreement = nil
		if c.chooses {
			p.OnAgreement = func(app.Context, toll.AgreementID) {}
		}
		s.Do(func(app.Context) {})
		if got := strings.Contains(s.Text(), `id="picker"`); got != c.want {
			t.Errorf("%d agreements, page chooses %v: picker %v", len(c.overview.Agreements), c.chooses, got)
		}
	}
}

// A page that shows one of several agreements says so and offers all of them.
func TestPageSaysThatItShowsOneAgreement(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	p.Session.SetOverview(api.OverviewReply{Agreements: []api.AgreementOverview{{ID: "a", Number: "7001001"}, {ID: "b", Number: "7005001"}}})
	asked := toll.AgreementID("none")
	p.OnAgreement = func(_ app.Context, id toll.AgreementID) { asked = id }
	s.Do(func(app.Context) {})
	s.Hides("Viser avtale")
	p.Session.SetAgreement("b")
	s.Do(func(app.Context) {})
	s.Shows("Viser avtale 7005001", "Vis alle avtaler")
	s.Do(func(ctx app.Context) { p.ShowAllAgreements(ctx) })
	if asked != "" || p.Session.Agreement() != "" {
		t.Errorf("asked for %q, chosen %q", asked, p.Session.Agreement())
	}
	s.Hides("Viser avtale")
}

func TestPublicPageIsShownWithoutASignIn(t *testing.T) {
	server := &pagetest.Server{Anonymous: true}
	var p *testPage
	newPage := func(s *session.Session) app.Composer {
		p = &testPage{base: frame.NewPublic(s)}
		return p
	}
	s := pagetest.Open(t, server, "/prices", newPage)
	s.Shows("Logg inn", `href="/prices"`)
	s.Hides(`href="/passages"`, `id="who"`)
	if s.Window.Loaded != "" {
		t.Errorf("went to %q", s.Window.Loaded)
	}
	s.Do(func(ctx app.Context) { p.ChooseLanguage(ctx, "en") })
	if server.Count(api.SetLanguage.Endpoint) != 0 || s.Window.Saved != "en" || s.Window.Reloads != 1 {
		t.Error("without an account the language is stored in the browser alone")
	}
}

// The page that the server sends without a sign-in says so: asking would only be refused.
func TestSignedInPersonIsRequestedOnce(t *testing.T) {
	server := &pagetest.Server{Anonymous: true}
	w := &browser.Window{Transport: server, Address: "/prices", Anonymous: true}
	w.Store(api.Overview.Path, "stored", pagetest.Noon)
	var held *session.Session
	s := pagetest.OpenIn(t, w, func(s *session.Session) app.Composer {
		held = s
		return &testPage{base: frame.NewPublic(s)}
	})
	s.Shows("Logg inn")
	if server.Count(api.Me.Endpoint) != 0 {
		t.Error("the server was asked although the page says that nobody is signed in")
	}
	if strings.Contains(w.Contents(), "stored") {
		t.Errorf("the device still stores what another person has seen: %s", w.Contents())
	}
	if held.TakeAnonymous() {
		t.Error("the page's word holds for ever: somebody may sign in meanwhile")
	}
}

func TestOnlyANavigationMovesFocusToTheHeading(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	s.Do(func(ctx app.Context) { p.Enter(ctx, "First") })
	if s.Window.FocusID != "" || s.Window.PageTitle != "First – Bompass" {
		t.Errorf("the first page: focus on %q, title %q", s.Window.FocusID, s.Window.PageTitle)
	}
	next := &testPage{base: frame.New(p.Session)}
	dispatcher := app.NewClientTester(next)
	defer dispatcher.Close()
	dispatcher.Context().Dispatch(func(ctx app.Context) { next.Enter(ctx, "Second") })
	dispatcher.Consume()
	if s.Window.FocusID != "h1" {
		t.Errorf("the second page: focus on %q, want the heading", s.Window.FocusID)
	}
	s.Window.FocusID = "row"
	dispatcher.Context().Dispatch(func(ctx app.Context) { next.Enter(ctx, "Second, another query") })
	dispatcher.Consume()
	if s.Window.FocusID != "row" {
		t.Errorf("another query of the same page moved focus to %q", s.Window.FocusID)
	}
}

func TestNewVersionIsOfferedWhenNoFormIsBegun(t *testing.T) {
	const offer = "Det finnes en ny versjon"
	p, s := open(t, &pagetest.Server{})
	p.MarkDirty("a")
	p.MarkDirty("b")
	s.Do(func(ctx app.Context) { p.OnAppUpdate(ctx) })
	s.Hides(offer)
	s.Do(func(app.Context) { p.MarkClean("a") })
	s.Hides(offer)
	if p.Dirty("a") || !p.Dirty("b") {
		t.Error("the wrong form was marked clean")
	}
	s.Do(func(app.Context) { p.MarkClean() })
	s.Shows(offer)
	s.Do(func(ctx app.Context) { p.Confirm(ctx, frame.Confirmation{Title: "Sure?"}) })
	s.Hides(offer)
}

func TestUnfinishedLogoutIsFinishedWhenTheServerIsBack(t *testing.T) {
	server := &pagetest.Server{}
	p, s := open(t, server)
	s.Window.Offline = true
	s.Do(p.LogOut)
	s.Window.Offline, s.Window.Loaded = false, ""
	pagetest.OpenIn(t, s.Window, func(s *session.Session) app.Composer { return &testPage{base: frame.New(s)} })
	if server.Count(api.Logout.Endpoint) != 1 || s.Window.Loaded != "/login?why=signed-out" {
		t.Errorf("%d calls to log out, then at %q", server.Count(api.Logout.Endpoint), s.Window.Loaded)
	}
}

func TestAgeOfStoredDataIsShown(t *testing.T) {
	server := pagetest.With(api.Overview.Endpoint, api.OverviewReply{Total: 1})
	p, s := open(t, server)
	p.Session.SetOwnDevice(true)
	s.Do(p.RefreshOverview)
	s.Window.Offline = true
	s.Do(p.RefreshOverview)
	s.Shows("12:00")
}
