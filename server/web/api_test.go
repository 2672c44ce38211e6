package web_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

func failure(t *testing.T, p page) fault.Error {
	t.Helper()
	var f fault.Error
	if err := json.Unmarshal([]byte(p.body), &f); err != nil || f.Code == "" {
		t.Fatalf("%d is not a fault: %q", p.StatusCode, p.body)
	}
	return f
}

// Every route of the contract is mounted, and refuses a stranger.
func TestEveryRouteRefusesAStranger(t *testing.T) {
	h := newHouse(t)
	for _, r := range api.All {
		p := h.visitor().do(r.Method, r.Path, "{}")
		want := fault.SignedOut
		if r.Access == api.Public {
			continue
		}
		if r.Access == api.Station {
			want = fault.KeyUnknown
		}
		if f := failure(t, p); p.StatusCode != http.StatusUnauthorized || f.Code != want || f.Trace == "" {
			t.Errorf("%s: got %d %+v, want 401 %s with a trace", r.Name, p.StatusCode, f, want)
		}
	}
}

func TestEveryChangeNeedsOurSiteAndTheSessionsToken(t *testing.T) {
	h := newHouse(t)
	kariBrowser, olav := h.signIn(kari), h.signIn("olav@bompass.example")
	for _, r := range api.All {
		if r.Method == http.MethodGet || r.Access != api.Customer {
			continue
		}
		for name, c := range map[string]change{
			"cross-site":         header("Sec-Fetch-Site", "cross-site"),
			"other origin":       header("Origin", "https://elsewhere.example"),
			"typed address":      header("Sec-Fetch-Site", "none"),
			"no origin":          func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") },
			"no token":           header("X-CSRF-Token", ""),
			"token of another":   header("X-CSRF-Token", olav.csrf),
			"token cut by a bit": header("X-CSRF-Token", kariBrowser.csrf[1:]),
		} {
			p := kariBrowser.do(r.Method, r.Path, "{}", c)
			if f := failure(t, p); p.StatusCode != http.StatusForbidden || f.Code != fault.CrossSite {
				t.Errorf("%s, %s: got %d %s, want 403 cross.site", r.Name, name, p.StatusCode, f.Code)
			}
		}
	}
	if p := kariBrowser.get(api.Overview.Path, header("Sec-Fetch-Site", "cross-site")); p.StatusCode != http.StatusForbidden {
		t.Errorf("reading from another site: got %d, want 403", p.StatusCode)
	}
}

func TestRequestsAreExactlyTheContract(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	lang := api.SetLanguage.Path
	for _, c := range []struct {
		name   string
		page   page
		status int
		code   fault.Code
	}{
		{"unknown field", v.do("POST", lang, `{"language":"en","admin":true}`), 422, fault.BadRequest},
		{"two values", v.do("POST", lang, `{"language":"en"}{}`), 422, fault.BadRequest},
		{"not JSON", v.do("POST", lang, `language=en`), 422, fault.BadRequest},
		{"a form", v.do("POST", lang, `{"language":"en"}`, header("Content-Type", "text/plain")), 422, fault.BadRequest},
		{"unknown language", v.do("POST", lang, `{"language":"tlh"}`), 422, fault.BadRequest},
		{"too large", v.do("POST", lang, `{"language":"`+strings.Repeat("e", 70_000)+`"}`), 413, fault.TooLarge},
		{"larger than anything", v.announce(lang, api.BatchBytesMax+1), 413, fault.TooLarge},
		{"unknown filter", v.get(api.PassageList.Path + "?from=2026-11-01&to=2026-11-02&vehicel=x"), 422, fault.BadRequest},
		{"filter given twice", v.get(api.PassageList.Path + "?from=2026-11-01&from=2026-11-02&to=2026-11-02"), 422, fault.BadRequest},
		{"not a date", v.get(api.PassageList.Path + "?from=yesterday&to=2026-11-02"), 422, fault.BadRequest},
		{"no dates", v.get(api.PassageList.Path), 422, fault.PeriodMissing},
		{"too long", v.get(api.PassageList.Path + "?from=2026-10-01&to=2026-11-02"), 422, fault.PeriodTooLong},
		{"unknown route", v.get("/api/v1/nothing"), 404, fault.NotFound},
		{"unknown version", v.do("POST", "/api/v9/me", "{}"), 404, fault.NotFound},
		{"other method", v.do("POST", api.Me.Path, "{}"), 404, fault.NotFound},
	} {
		if f := failure(t, c.page); c.page.StatusCode != c.status || f.Code != c.code {
			t.Errorf("%s: got %d %s, want %d %s", c.name, c.page.StatusCode, f.Code, c.status, c.code)
		}
		if kind := c.page.Header.Get("Content-Type"); kind != "application/json" {
			t.Errorf("%s: content type %q", c.name, kind)
		}
	}
}

func TestAnswersAreTheActorsOwn(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	if p := v.do("POST", api.SetLanguage.Path, `{"language":"en"}`); p.StatusCode != http.StatusOK {
		t.Errorf("language: %d %s", p.StatusCode, p.body)
	}
	me := v.get(api.Me.Path)
	if !strings.Contains(me.body, `"language":"en"`) || me.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("me: %s %v", me.body, me.Header)
	}
	if p := v.get(api.Overview.Path); !strings.Contains(p.body, string(fixture.Kari)) {
		t.Errorf("overview: %s", p.body)
	}
	list := v.get(api.PassageList.Path + "?from=2026-11-01&to=2026-11-02&vehicle=" + string(fixture.KariPetrol))
	if !strings.Contains(list.body, string(fixture.Kari)) || !strings.Contains(list.body, string(fixture.KariPetrol)) {
		t.Errorf("passages: %d %s", list.StatusCode, list.body)
	}
}

func TestInternalErrorsAreLoggedAndNotTold(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	h.slow.Store(true)
	if p := v.get(api.Overview.Path); p.StatusCode != http.StatusServiceUnavailable || failure(t, p).Code != fault.Busy {
		t.Errorf("too slow: got %d %s", p.StatusCode, p.body)
	}
	h.slow.Store(false)
	h.broken.Store(true)
	p := v.get(api.Overview.Path)
	f := failure(t, p)
	if p.StatusCode != http.StatusInternalServerError || f.Code != fault.Internal || strings.Contains(p.body, "secret") {
		t.Errorf("got %d %s", p.StatusCode, p.body)
	}
	if !strings.Contains(h.log.String(), f.Trace) || !strings.Contains(h.log.String(), "secret place") {
		t.Errorf("the log does not tell what happened at %s: %s", f.Trace, h.log.String())
	}
	if p.Header.Get("X-Request-Id") != f.Trace {
		t.Errorf("trace %q is not the request's %q", f.Trace, p.Header.Get("X-Request-Id"))
	}
}

func TestStationsSendWithTheirKey(t *testing.T) {
	h := newHouse(t)
	station := h.visitor()
	plain := func(r *http.Request) {
		r.Header.Del("Origin")
		r.Header.Del("Sec-Fetch-Site")
		r.Header.Set("Content-Type", "application/x-ndjson")
	}
	batch := "{}\n{}\n"
	for name, c := range map[string]struct {
		key    string
		status int
	}{
		"its key": {"Bearer " + fixture.StationKey, 200}, "a guess": {"Bearer guess", 401}, "none": {"", 401},
		"another scheme": {"Basic " + fixture.StationKey, 401},
	} {
		p := station.do("POST", api.PassageBatch.Path, batch, plain, header("Authorization", c.key))
		if p.StatusCode != c.status {
			t.Errorf("%s: got %d %s, want %d", name, p.StatusCode, p.body, c.status)
		}
	}
	if got := <-h.taken; got != batch {
		t.Errorf("taken in: %q, want %q", got, batch)
	}
	packed := station.do("POST", api.PassageBatch.Path, batch, plain, header("Authorization", "Bearer "+fixture.StationKey), header("Content-Encoding", "gzip"))
	if packed.StatusCode != 422 {
		t.Errorf("packed batch: got %d, want 422", packed.StatusCode)
	}
}

// Strings of a request live only as long as it does; what handlers keep must not turn into another's.
func TestWhatHandlersKeepStaysTheirOwn(t *testing.T) {
	const many = 200
	h := newHouse(t)
	v := h.signIn(kari)
	var all sync.WaitGroup
	for n := range many {
		all.Go(func() {
			id := fmt.Sprintf("vehicle-%08d", n)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.url+api.PassageList.Path+"?from=2026-11-01&to=2026-11-02&vehicle="+id, nil)
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := v.client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = resp.Body.Close() }()
			if text, _ := io.ReadAll(resp.Body); !strings.Contains(string(text), id) {
				t.Errorf("asked for %s, got %s", id, text)
			}
		})
	}
	all.Wait()
	kept := map[toll.VehicleID]bool{}
	for range many {
		kept[<-h.asked] = true
	}
	for n := range many {
		if !kept[toll.VehicleID(fmt.Sprintf("vehicle-%08d", n))] {
			t.Errorf("vehicle %d was not kept as asked for", n)
		}
	}
}

// announce sends the beginning of a body that it announces as longer: the server must refuse it without reading
// the rest.
func (v *visitor) announce(path string, length int) page {
	v.t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(v.t.Context(), "tcp", strings.TrimPrefix(v.url, "http://"))
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", path, strings.TrimPrefix(v.url, "http://"), length, strings.Repeat("x", 16<<10))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{resp, string(text)}
}
