package web_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// Every route of the API that is not public is mounted, and refuses requests without authentication.
func TestEveryRouteRefusesUnauthenticatedRequests(t *testing.T) {
	h := webtest.New(t)
	for _, r := range api.All {
		p := h.Visitor().Do(r.Method, r.Path, "{}")
		want := fault.SignedOut
		if r.Access == api.Public {
			continue
		}
		if r.Access == api.Station {
			want = fault.KeyUnknown
		}
		if f := webtest.FaultOf(t, p); p.StatusCode != http.StatusUnauthorized || f.Code != want || f.Trace == "" {
			t.Errorf("%s: got %d %+v, want 401 %s with a trace", r.Name, p.StatusCode, f, want)
		}
	}
}

func TestEveryChangeNeedsSameOriginAndCSRFToken(t *testing.T) {
	h := webtest.New(t)
	kariBrowser, olav := h.SignIn(webtest.Kari), h.SignIn("olav@bompass.example")
	for _, r := range api.All {
		if r.Method == http.MethodGet || r.Access != api.Customer {
			continue
		}
		for name, c := range map[string]webtest.Change{
			"cross-site":         webtest.Header("Sec-Fetch-Site", "cross-site"),
			"other origin":       webtest.Header("Origin", "https://elsewhere.example"),
			"typed address":      webtest.Header("Sec-Fetch-Site", "none"),
			"no origin":          func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") },
			"no token":           webtest.Header("X-CSRF-Token", ""),
			"token of another":   webtest.Header("X-CSRF-Token", olav.CSRF),
			"token cut by a bit": webtest.Header("X-CSRF-Token", kariBrowser.CSRF[1:]),
		} {
			p := kariBrowser.Do(r.Method, r.Path, "{}", c)
			if f := webtest.FaultOf(t, p); p.StatusCode != http.StatusForbidden || f.Code != fault.CrossSite {
				t.Errorf("%s, %s: got %d %s, want 403 cross.site", r.Name, name, p.StatusCode, f.Code)
			}
		}
	}
	if p := kariBrowser.Get(api.Overview.Path,
		webtest.Header("Sec-Fetch-Site", "cross-site")); p.StatusCode != http.StatusForbidden {
		t.Errorf("reading from another site: got %d, want 403", p.StatusCode)
	}
}

func TestMalformedRequestsAreRefused(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	lang := api.SetLanguage.Path
	for _, c := range []struct {
		name   string
		page   webtest.Page
		status int
		code   fault.Code
	}{
		{"unknown field", v.Do("POST", lang, `{"language":"en","admin":true}`), 422, fault.BadRequest},
		{"two values", v.Do("POST", lang, `{"language":"en"}{}`), 422, fault.BadRequest},
		{"not JSON", v.Do("POST", lang, `language=en`), 422, fault.BadRequest},
		{
			"a form", v.Do("POST", lang, `{"language":"en"}`, webtest.Header("Content-Type", "text/plain")), 422,
			fault.BadRequest,
		},
		{"unknown language", v.Do("POST", lang, `{"language":"tlh"}`), 422, fault.BadRequest},
		{"too large", v.Do("POST", lang, `{"language":"`+strings.Repeat("e", 70_000)+`"}`), 413, fault.TooLarge},
		{"larger than anything", v.PostOversized(lang, api.BatchBytesMax+1), 413, fault.TooLarge},
		{
			"unknown filter", v.Get(api.PassageList.Path + "?from=2026-11-01&to=2026-11-02&vehicel=x"), 422,
			fault.BadRequest,
		},
		{
			"filter given twice", v.Get(api.PassageList.Path + "?from=2026-11-01&from=2026-11-02&to=2026-11-02"), 422,
			fault.BadRequest,
		},
		{"not a date", v.Get(api.PassageList.Path + "?from=yesterday&to=2026-11-02"), 422, fault.BadRequest},
		{"no dates", v.Get(api.PassageList.Path), 422, fault.PeriodMissing},
		{"too long", v.Get(api.PassageList.Path + "?from=2026-10-01&to=2026-11-02"), 422, fault.PeriodTooLong},
		{"unknown route", v.Get("/api/v1/nothing"), 404, fault.NotFound},
		{"unknown version", v.Do("POST", "/api/v9/me", "{}"), 404, fault.NotFound},
		{"other method", v.Do("POST", api.Me.Path, "{}"), 404, fault.NotFound},
	} {
		if f := webtest.FaultOf(t, c.page); c.page.StatusCode != c.status || f.Code != c.code {
			t.Errorf("%s: got %d %s, want %d %s", c.name, c.page.StatusCode, f.Code, c.status, c.code)
		}
		if kind := c.page.Header.Get("Content-Type"); kind != "application/json" {
			t.Errorf("%s: content type %q", c.name, kind)
		}
	}
}

func TestAnswersBelongToTheSignedInCustomer(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	if p := v.Do("POST", api.SetLanguage.Path, `{"language":"en"}`); p.StatusCode != http.StatusOK {
		t.Errorf("language: %d %s", p.StatusCode, p.Body)
	}
	me := v.Get(api.Me.Path)
	if !strings.Contains(me.Body, `"language":"en"`) || me.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("me: %s %v", me.Body, me.Header)
	}
	if p := v.Get(api.Overview.Path); !strings.Contains(p.Body, string(fixture.Kari)) {
		t.Errorf("overview: %s", p.Body)
	}
	list := v.Get(api.PassageList.Path + "?from=2026-11-01&to=2026-11-02&vehicle=" + string(fixture.KariPetrol))
	if !strings.Contains(list.Body, string(fixture.Kari)) || !strings.Contains(list.Body, string(fixture.KariPetrol)) {
		t.Errorf("passages: %d %s", list.StatusCode, list.Body)
	}
}

func TestInternalErrorsAreLoggedAndNotExposed(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Slow.Store(true)
	if p := v.Get(api.Overview.Path); p.StatusCode != http.StatusServiceUnavailable ||
		webtest.FaultOf(t, p).Code != fault.Busy {
		t.Errorf("too slow: got %d %s", p.StatusCode, p.Body)
	}
	h.Slow.Store(false)
	h.Broken.Store(true)
	p := v.Get(api.Overview.Path)
	f := webtest.FaultOf(t, p)
	if p.StatusCode != http.StatusInternalServerError || f.Code != fault.Internal ||
		strings.Contains(p.Body, "secret") {
		t.Errorf("got %d %s", p.StatusCode, p.Body)
	}
	if !strings.Contains(h.Log.String(), f.Trace) || !strings.Contains(h.Log.String(), "secret place") {
		t.Errorf("the log lacks the error with trace %s: %s", f.Trace, h.Log.String())
	}
	if p.Header.Get("X-Request-Id") != f.Trace {
		t.Errorf("trace %q is not the request's %q", f.Trace, p.Header.Get("X-Request-Id"))
	}
}

func TestStationAuthenticatesWithItsKey(t *testing.T) {
	h := webtest.New(t)
	station := h.Visitor()
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
		p := station.Do("POST", api.PassageBatch.Path, batch, plain, webtest.Header("Authorization", c.key))
		if p.StatusCode != c.status {
			t.Errorf("%s: got %d %s, want %d", name, p.StatusCode, p.Body, c.status)
		}
	}
	if got := <-h.Batches; got != batch {
		t.Errorf("taken in: %q, want %q", got, batch)
	}
	packed := station.Do("POST", api.PassageBatch.Path, batch, plain,
		webtest.Header("Authorization", "Bearer "+fixture.StationKey), webtest.Header("Content-Encoding", "gzip"))
	if packed.StatusCode != 422 {
		t.Errorf("packed batch: got %d, want 422", packed.StatusCode)
	}
}

// The HTTP library reuses the memory of a request's strings after it. Strings that handlers store must not change
// to those of another request.
func TestStringsOfARequestAreNotReused(t *testing.T) {
	const many = 200
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	var all sync.WaitGroup
	for n := range many {
		all.Go(func() {
			id := fmt.Sprintf("vehicle-%08d", n)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
				v.URL+api.PassageList.Path+"?from=2026-11-01&to=2026-11-02&vehicle="+id, nil)
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := v.Client.Do(r)
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
	stored := map[toll.VehicleID]bool{}
	for range many {
		stored[<-h.ListedVehicles] = true
	}
	for n := range many {
		if !stored[toll.VehicleID(fmt.Sprintf("vehicle-%08d", n))] {
			t.Errorf("the id of vehicle %d has changed", n)
		}
	}
}
