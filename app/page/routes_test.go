//go:build !js

package page_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page"
	"bompass/app/page/notfound"
	"bompass/app/pagetest"
	"bompass/app/session"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/role"
	"bompass/shared/site"
)

func TestEveryAddressHasOnePage(t *testing.T) {
	var paths []string
	for _, r := range page.Routes() {
		paths = append(paths, r.Path)
	}
	if want := site.Pages(); !slices.Equal(paths, want) {
		t.Errorf("pages at %v, want %v", paths, want)
	}
}

// When the address changes and the page stays, go-app copies exported fields of a new component over the
// mounted one's, and with them its subscriptions, forms and answers.
func TestPagesHaveNoExportedFields(t *testing.T) {
	for _, r := range append(page.Routes(), page.Route{Path: "/nowhere", New: notfound.New}) {
		component := reflect.TypeOf(r.New(session.Neutral())).Elem()
		for i := range component.NumField() {
			if field := component.Field(i); field.IsExported() && field.Type != reflect.TypeFor[app.Compo]() {
				t.Errorf("%s: field %s of %s is exported", r.Path, field.Name, component)
			}
		}
	}
}

// The first paint has the page's heading in the reader's language and nothing of a person.
func TestFirstPaintIsTheSameForEveryone(t *testing.T) {
	pages := append(page.Routes(), page.Route{Path: "/nowhere", New: notfound.New}, page.Route{Path: "empty", New: frame.NewEmpty})
	for _, lang := range i18n.Languages() {
		for _, r := range pages {
			html := pagetest.Neutral(t, lang, r.New)
			for _, unwanted := range []string{" kr", "0,00", "Kari", "=\"false\"", " aria-expanded", "style="} {
				if strings.Contains(html, unwanted) {
					t.Errorf("%s in %s: the first paint has %q", r.Path, lang, unwanted)
				}
			}
			if !strings.Contains(html, "Bompass") || !strings.Contains(html, "bp-bone") || strings.Count(html, "<h1") != 1 {
				t.Errorf("%s in %s: not the neutral frame with one heading: %s", r.Path, lang, html)
			}
		}
	}
	for lang, want := range map[string][]string{
		"nb": {"Oversikt", "Passeringer", "", "Hva koster turen?"}, "en": {"Overview", "Passages", "", "What will the trip cost?"},
		"sv": {"Översikt", "Passager", "", "Vad kostar resan?"}, "de": {"Übersicht", "Durchfahrten", "", "Was kostet die Fahrt?"},
	} {
		for i, heading := range want {
			if html := pagetest.Neutral(t, lang, pages[i].New); !strings.Contains(html, heading+"</h1>") {
				t.Errorf("%s in %s: no heading %q: %s", pages[i].Path, lang, heading, html)
			}
		}
	}
}

func TestEveryPageSaysWhyThereIsNoAnswer(t *testing.T) {
	for _, r := range page.Routes() {
		if r.Path == site.Device { // it rests on no answer
			continue
		}
		address := r.Path
		if r.Path == site.Recheck {
			address += "?vehicle=v"
		}
		s := pagetest.Open(t, &pagetest.Server{Fault: &fault.Error{Code: fault.Internal, Trace: "t-17"}}, address, r.New)
		s.Shows("Noe gikk galt hos oss", "t-17", "Prøv igjen")
		s.Hides("0,00 kr")
	}
}

func TestEveryPageLeadsToSignInWhenTheSessionHasEnded(t *testing.T) {
	for _, r := range page.Routes() {
		if r.Path == site.Device || site.IsPublic(r.Path) {
			continue
		}
		address := r.Path + "?vehicle=v&from=2026-11-01&to=2026-11-02"
		s := pagetest.Open(t, &pagetest.Server{Fault: &fault.Error{Code: fault.SignedOut}}, address, r.New)
		if want := site.LoginAgain(address); s.Window.Loaded != want {
			t.Errorf("%s: went to %q, want %q", r.Path, s.Window.Loaded, want)
		}
	}
}

// A role is shown no link to what it may not see, and an explanation when it comes there all the same; it does
// not wait for events that never come.
func TestRoleSeesItsOwnPagesOnly(t *testing.T) {
	passages := page.Routes()[1].New
	server := &pagetest.Server{Role: role.Accountant, Fault: fault.New(fault.Refused)}
	s := pagetest.Open(t, server, site.Passages, passages)
	s.Shows("Rollen din gir ikke tilgang til dette", "Eieren av kundeforholdet kan gi deg den", `href="/"`)
	s.Hides("Prøv igjen", "Kobler til på nytt", "app.live", `href="/passages"`)
	if s.Window.Stream.Message != nil {
		t.Error("the event stream was opened")
	}
	driver := &pagetest.Server{Role: role.Driver}
	pagetest.Open(t, driver, site.Passages, passages).Hides(`href="/check`, `href="/" aria`)
	s = pagetest.Open(t, &pagetest.Server{}, site.Passages, passages)
	s.Shows(`href="/check`)
	if s.Window.Stream.Message == nil {
		t.Error("a role that may see everything does not follow events")
	}
}

func TestUnknownAddressLeadsToTheOverview(t *testing.T) {
	s := pagetest.Open(t, &pagetest.Server{}, "/nowhere", notfound.New)
	s.Shows("Vi finner ikke siden", "Gå til oversikten")
	if !strings.HasPrefix(s.Window.PageTitle, "Vi finner ikke siden") {
		t.Errorf("title: %q", s.Window.PageTitle)
	}
	s.Window.Offline = true
	pagetest.OpenIn(t, s.Window, notfound.New).Hides("Vi finner ikke siden")
}
