package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/shared/api"
	"bompass/shared/fixture"
)

// principal is somebody who calls every route.
type principal struct {
	name string
	role string // in the database; empty keeps what the cast has
	come func(p *portal) *visitor
}

func principals() []principal {
	as := func(email string) func(*portal) *visitor {
		return func(p *portal) *visitor { return p.signIn(email) }
	}
	return []principal{
		{"stranger", "", func(p *portal) *visitor { return p.visitor() }},
		{"half way in", "", func(p *portal) *visitor { v := p.visitor(); v.password(kari, fixture.Password); return v }},
		{"signed out", "", func(p *portal) *visitor {
			v := p.signIn("olav@bompass.example")
			v.do(http.MethodPost, api.Logout.Path, "{}")
			return v
		}},
		{"owner", "", as(kari)},
		{"owner with an eID", "", func(p *portal) *visitor { return p.enter("kari") }},
		{"owner without agreement", "", as("per@bompass.example")},
		{"company's owner", "", as("nils@fjordfrakt.example")},
		{"administrator", "administrator", as("jonas@fjordfrakt.example")},
		{"accountant", "accountant", as("astrid@fjordfrakt.example")},
		{"driver", "driver", as("astrid@fjordfrakt.example")},
		{"auditor", "auditor", as("astrid@fjordfrakt.example")},
		{"delegate by mandate", "", func(p *portal) *visitor {
			v := p.enter("nils")
			v.pick(v.get("/parties").body, "organisation:311882104")
			v.learn()
			return v
		}},
		{"former delegate", "", func(p *portal) *visitor {
			v := p.enter("nils")
			v.pick(v.get("/parties").body, "organisation:311882104")
			v.learn()
			p.register.Withdraw("03917912040", "311882104")
			p.pass(6 * time.Minute)
			return v
		}},
		{"expired role", "expired", func(p *portal) *visitor {
			v := p.signIn("astrid@fjordfrakt.example")
			p.pass(time.Minute)
			return v
		}},
		{"station", "", func(p *portal) *visitor { return p.visitor() }},
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

// portal.md D7: every route for everybody; a route without a row fails.
func TestEveryRouteLetsThroughWhomTheTableSays(t *testing.T) {
	table, everybody := allowed(), principals()
	cells := 0
	for n, who := range everybody {
		p := newPortal(t)
		p.become(who.role)
		v := who.come(p)
		for _, r := range api.All {
			row, known := table[r.Name]
			if !known || len(row) != len(everybody) {
				t.Fatalf("the table has no row of %d for %s", len(everybody), r.Name)
			}
			cells++
			method, changes := r.Method, []change{}
			if method == http.MethodGet && r.Name == api.Events.Name {
				method = http.MethodHead // the stream itself does not end
			}
			if who.name == "station" {
				changes = append(changes, header("Authorization", "Bearer "+fixture.StationKey))
			}
			if r.Name == api.Logout.Name || r.Name == "session.end.all" {
				continue // they end the session; the first is last
			}
			check(t, r.Name+", "+who.name, v.do(method, r.Path, "{}", changes...), row[n])
		}
		check(t, api.Logout.Name+", "+who.name, v.do(http.MethodPost, api.Logout.Path, "{}"), table[api.Logout.Name][n])
	}
	t.Logf("%d cells: %d routes, %d kinds of people", cells, len(api.All), len(everybody))
}

func check(t *testing.T, name string, p page, want byte) {
	t.Helper()
	got := verdict(p)
	if want == '-' && got != 'y' {
		return
	}
	if got != want {
		t.Errorf("%s: got %c, want %c (%d %s)", name, got, want, p.StatusCode, p.body)
	}
}

// verdict is what an answer says of the caller, not of the request.
func verdict(p page) byte {
	switch p.StatusCode {
	case http.StatusUnauthorized:
		return 'o'
	case http.StatusForbidden:
		return 'n'
	}
	return 'y'
}

// become gives Astrid, or Jonas, a role before they sign in.
func (p *portal) become(role string) {
	p.t.Helper()
	if role == "" || role == "administrator" {
		return
	}
	p.standIn("a role that the test has written")
	conn, err := pgx.Connect(p.t.Context(), p.dsn)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(p.t.Context()) }()
	sql := "update account_party set role = $2 where account_id = (select id from account where email = $1)"
	args := []any{"astrid@fjordfrakt.example", role}
	switch role {
	case "driver":
		sql = "update account_party set role = $2, vehicle_id = $3 where account_id = (select id from account where email = $1)"
		args = append(args, string(fixture.Lorry(0)))
	case "expired":
		sql, args = "update account_party set until = $2 where account_id = (select id from account where email = $1)", []any{"astrid@fjordfrakt.example", p.now().Add(30 * time.Second)}
	}
	if _, err := conn.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}
