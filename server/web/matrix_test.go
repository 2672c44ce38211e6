package web_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/site"
)

var update = flag.Bool("update", false, "write the answers that the test has got")

// caller is a principal that calls every route.
type caller struct {
	name   string
	role   string // in the database; empty keeps the role of the demo data
	signIn func(p *webtest.Portal) *webtest.Visitor
	key    string // of a device, or a token of staff
}

func callers() []caller {
	as := func(email string) func(*webtest.Portal) *webtest.Visitor {
		return func(p *webtest.Portal) *webtest.Visitor { return p.SignIn(email) }
	}
	stranger := func(p *webtest.Portal) *webtest.Visitor { return p.Visitor() }
	delegate := func(p *webtest.Portal) *webtest.Visitor {
		v := p.SignInWithEID("nils")
		v.ChooseParty(v.Get("/parties").Body, "organisation:311882104")
		v.LoadCSRF()
		return v
	}
	return []caller{
		{name: "stranger", signIn: stranger},
		{name: "after the password", signIn: func(p *webtest.Portal) *webtest.Visitor {
			v := p.Visitor()
			v.SubmitPassword(webtest.Kari, fixture.Password)
			return v
		}},
		{name: "signed out", signIn: func(p *webtest.Portal) *webtest.Visitor {
			v := p.SignIn("olav@bompass.example")
			v.Do(http.MethodPost, api.Logout.Path, "{}")
			return v
		}},
		{name: "owner", signIn: as(webtest.Kari)},
		{
			name:   "owner with an eID",
			signIn: func(p *webtest.Portal) *webtest.Visitor { return p.SignInWithEID("kari") },
		},
		{name: "owner without agreement", signIn: as("per@bompass.example")},
		{name: "owner of a company", signIn: as("nils@fjordfrakt.example")},
		{name: "administrator", role: "administrator", signIn: as("jonas@fjordfrakt.example")},
		{name: "accountant", role: "accountant", signIn: as("astrid@fjordfrakt.example")},
		{name: "driver", role: "driver", signIn: as("astrid@fjordfrakt.example")},
		{name: "auditor", role: "auditor", signIn: as("astrid@fjordfrakt.example")},
		{name: "delegate by mandate", signIn: delegate},
		{name: "former delegate", signIn: func(p *webtest.Portal) *webtest.Visitor {
			v := delegate(p)
			p.Register.Withdraw("03917912040", "311882104")
			p.Advance(6 * time.Minute)
			return v
		}},
		{name: "expired role", role: "expired", signIn: func(p *webtest.Portal) *webtest.Visitor {
			v := p.SignIn("astrid@fjordfrakt.example")
			p.Advance(time.Minute)
			return v
		}},
		{name: "station", signIn: stranger, key: fixture.StationKey},
		{name: "staff", signIn: stranger, key: "token-of-a-member-of-staff"},
		{name: "kiosk", signIn: stranger, key: "key-of-a-kiosk"},
	}
}

// last are the routes that end the session or the account. They are called after all others, in this order.
var last = []string{api.Erase.Path, api.EndSession.Path, "/parties", api.Logout.Path, site.Logout, api.EndSessions.Path}

// Every mounted route answers every caller exactly as testdata/matrix.txt says, with status and code. After a new
// route, the file is written with the flag -update.
func TestEveryRouteAnswersEveryCallerAsInMatrix(t *testing.T) {
	answers := map[webtest.Route]map[string][]string{} // route, answer, callers
	for _, c := range callers() {
		p := webtest.NewPortal(t)
		p.SetRole(c.role)
		v := c.signIn(p)
		sessions := map[string]*webtest.Visitor{site.Logout: v, api.EndSessions.Path: v}
		for path := range sessions {
			if c.role != "expired" {
				p.Advance(time.Minute) // a code is accepted once
				sessions[path] = c.signIn(p)
			}
		}
		for _, r := range ordered(p.Routes) {
			if next := sessions[r.Path]; next != nil { // the session before has ended by now
				v = next
			}
			got := answer(v.Do(method(r), path(r), body(r, v), changes(r, c)...))
			if answers[r] == nil {
				answers[r] = map[string][]string{}
			}
			answers[r][got] = append(answers[r][got], c.name)
		}
	}
	got := table(answers)
	const file = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("answers differ from %s (-want +got):\n%s", file, diff)
	}
	for _, e := range api.All {
		if answers[webtest.Route{Method: e.Method, Path: e.Path}] == nil {
			t.Errorf("%s is not mounted", e.Name)
		}
	}
}

// ordered returns the routes by path, those that end the session last.
func ordered(routes []webtest.Route) []webtest.Route {
	rank := func(r webtest.Route) int {
		if r.Method == http.MethodGet {
			return -1
		}
		return slices.Index(last, r.Path)
	}
	return slices.SortedFunc(slices.Values(routes), func(a, b webtest.Route) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
}

// method returns the method of a request to a route. The stream of events does not end, so it gets only a HEAD.
func method(r webtest.Route) string {
	if r.Path == api.Events.Path {
		return http.MethodHead
	}
	return r.Method
}

// path returns the address of a request to a route. A list of passages needs a period.
func path(r webtest.Route) string {
	if r.Path == api.PassageList.Path {
		return r.Path + "?from=2026-11-01&to=2026-11-02"
	}
	return strings.NewReplacer(":way", "no", ":kind", "agreement", ":id", "1", "*", "nowhere").Replace(r.Path)
}

func isJSON(r webtest.Route) bool {
	return strings.HasPrefix(r.Path, "/api/") ||
		strings.Contains(r.Path, "passkey") && !strings.HasSuffix(r.Path, "/remove")
}

// body returns a request without values, with the session's token.
func body(r webtest.Route, v *webtest.Visitor) string {
	switch {
	case r.Method == http.MethodGet:
		return ""
	case isJSON(r):
		return "{}"
	}
	return url.Values{"csrf": {v.CSRF}}.Encode()
}

func changes(r webtest.Route, c caller) (list []webtest.Change) {
	if r.Method == http.MethodPost && !isJSON(r) {
		list = append(list, webtest.Header("Content-Type", "application/x-www-form-urlencoded"))
	}
	if c.key != "" {
		list = append(list, webtest.Header("Authorization", "Bearer "+c.key))
	}
	return list
}

// answer returns an answer's status with the fault's code or the address that it leads to.
func answer(p webtest.Page) string {
	text := fmt.Sprint(p.StatusCode)
	var f fault.Error
	if json.Unmarshal([]byte(p.Body), &f) == nil && f.Code != "" {
		text += " " + string(f.Code)
	}
	if to, err := url.Parse(p.Header.Get("Location")); err == nil && to.Path != "" {
		text += " to " + to.Path
		if why := to.Query().Get("why"); why != "" {
			text += " because " + why
		}
	}
	return text
}

// table formats the answers: a route, and below it each answer with the callers that receive it.
func table(answers map[webtest.Route]map[string][]string) string {
	var b strings.Builder
	routes := slices.SortedFunc(maps.Keys(answers), func(a, b webtest.Route) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	for _, r := range routes {
		fmt.Fprintf(&b, "%s %s\n", r.Method, r.Path)
		for _, got := range slices.Sorted(maps.Keys(answers[r])) {
			fmt.Fprintf(&b, "\t%s: %s\n", got, strings.Join(answers[r][got], ", "))
		}
	}
	return b.String()
}
