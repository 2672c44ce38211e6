package web_test

import (
	"net/http"
	"testing"
	"time"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// principal is somebody who calls every route.
type principal struct {
	name string
	role string // in the database; empty keeps what the cast has
	come func(p *webtest.Portal) *webtest.Visitor
}

func principals() []principal {
	as := func(email string) func(*webtest.Portal) *webtest.Visitor {
		return func(p *webtest.Portal) *webtest.Visitor { return p.SignIn(email) }
	}
	return []principal{
		{"stranger", "", func(p *webtest.Portal) *webtest.Visitor { return p.Visitor() }},
		{"half way in", "", func(p *webtest.Portal) *webtest.Visitor {
			v := p.Visitor()
			v.Password(webtest.Kari, fixture.Password)
			return v
		}},
		{"signed out", "", func(p *webtest.Portal) *webtest.Visitor {
			v := p.SignIn("olav@bompass.example")
			v.Do(http.MethodPost, api.Logout.Path, "{}")
			return v
		}},
		{"owner", "", as(webtest.Kari)},
		{"owner with an eID", "", func(p *webtest.Portal) *webtest.Visitor { return p.EnterWithEID("kari") }},
		{"owner without agreement", "", as("per@bompass.example")},
		{"company's owner", "", as("nils@fjordfrakt.example")},
		{"administrator", "administrator", as("jonas@fjordfrakt.example")},
		{"accountant", "accountant", as("astrid@fjordfrakt.example")},
		{"driver", "driver", as("astrid@fjordfrakt.example")},
		{"auditor", "auditor", as("astrid@fjordfrakt.example")},
		{"delegate by mandate", "", func(p *webtest.Portal) *webtest.Visitor {
			v := p.EnterWithEID("nils")
			v.ChooseParty(v.Get("/parties").Body, "organisation:311882104")
			v.LoadCSRF()
			return v
		}},
		{"former delegate", "", func(p *webtest.Portal) *webtest.Visitor {
			v := p.EnterWithEID("nils")
			v.ChooseParty(v.Get("/parties").Body, "organisation:311882104")
			v.LoadCSRF()
			p.Register.Withdraw("03917912040", "311882104")
			p.Advance(6 * time.Minute)
			return v
		}},
		{"expired role", "expired", func(p *webtest.Portal) *webtest.Visitor {
			v := p.SignIn("astrid@fjordfrakt.example")
			p.Advance(time.Minute)
			return v
		}},
		{"station", "", func(p *webtest.Portal) *webtest.Visitor { return p.Visitor() }},
	}
}

// What each may do: "y" is let through to what the route itself says, "o" is signed out, "n" refused,
// "-" is one of the two: the first request finds the mandate gone, later ones no party at all. The
// columns are those of principals.
func allowed() map[string]string {
	const (
		public  = "yyyyyyyyyyyyyyy"
		own     = "oooyyyyyyyyy-oo" // of the person alone
		people  = "oooyyyyynnny-oo"
		station = "ooooooooooooooy"
	)
	return map[string]string{
		"me": own, "me.language": own, "session.end": own, "overview": "oooyyyyyynyy-oo", "passage.list": "oooyyyyynyyy-oo",
		"events": "oooyyyyynnyy-oo", "bill": "oooyyyyynnyy-oo", "tariff.book": public, "passage.batch": station,
		"profile": own, "profile.save": own, "profile.email": own, "profile.code": own, "profile.confirm": own, "consent.save": own,
		"erasure": own, "export": own, "session.list": own, "session.end.one": own, "session.end.all": own,
		"agreement.draft": people, "agreement.answer": people, "agreement.begin": people, "agreement.receipt": "oooyyyyyynyy-oo",
		"people": people, "people.invite": people, "people.remove": people, "people.withdraw": people,
	}
}

// The table has every route and every kind of principal; a route without a row fails the test.
func TestEveryRouteLetsThroughWhomTheTableSays(t *testing.T) {
	table, everybody := allowed(), principals()
	cells := 0
	for n, who := range everybody {
		p := webtest.NewPortal(t)
		p.SetRole(who.role)
		v := who.come(p)
		for _, r := range api.All {
			row, known := table[r.Name]
			if !known || len(row) != len(everybody) {
				t.Fatalf("the table has no row of %d for %s", len(everybody), r.Name)
			}
			cells++
			method, changes := r.Method, []webtest.Change{}
			if method == http.MethodGet && r.Name == api.Events.Name {
				method = http.MethodHead // the stream itself does not end
			}
			if who.name == "station" {
				changes = append(changes, webtest.Header("Authorization", "Bearer "+fixture.StationKey))
			}
			if r.Name == api.Logout.Name || r.Name == "session.end.all" {
				continue // they end the session; the first is last
			}
			check(t, r.Name+", "+who.name, v.Do(method, r.Path, "{}", changes...), row[n])
		}
		check(t, api.Logout.Name+", "+who.name, v.Do(http.MethodPost, api.Logout.Path, "{}"), table[api.Logout.Name][n])
	}
	t.Logf("%d cells: %d routes, %d kinds of people", cells, len(api.All), len(everybody))
}

func check(t *testing.T, name string, p webtest.Page, want byte) {
	t.Helper()
	got := verdict(p)
	if want == '-' && got != 'y' {
		return
	}
	if got != want {
		t.Errorf("%s: got %c, want %c (%d %s)", name, got, want, p.StatusCode, p.Body)
	}
}

// verdict is what an answer says of the caller, not of the request.
func verdict(p webtest.Page) byte {
	switch p.StatusCode {
	case http.StatusUnauthorized:
		return 'o'
	case http.StatusForbidden:
		return 'n'
	}
	return 'y'
}
