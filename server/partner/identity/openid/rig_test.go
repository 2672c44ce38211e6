package openid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bompass/server/partner/identity"
	"bompass/server/partner/identity/openid"
	"bompass/server/partner/identity/sim"
	"bompass/server/partner/identity/suite"
)

const redirect = "http://127.0.0.1:1/login/eid/no/return"

// signer is the key of all simulators: generating one takes longer than a test.
var signer = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// rig is the adapter, connected to the simulator over HTTP.
type rig struct {
	t            *testing.T
	issuer       *openid.Issuer
	sim          *sim.Issuer
	web          *httptest.Server
	client       *http.Client
	start        time.Time
	offset       atomic.Int64
	requests     map[string]int // number of requests to the simulator by path
	logoutTokens chan string    // received by the client
}

// now is a clock that only a test moves, so that limits between two requests do not depend on the machine's speed.
func (r *rig) now() time.Time { return r.start.Add(time.Duration(r.offset.Load())) }

func testKey(t *testing.T) openid.Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := openid.NewKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func config(issuer string, key openid.Key, now func() time.Time) openid.Config {
	return openid.Config{
		Partner: "ID-porten", Issuer: issuer, ClientID: "bompass", Key: key, RedirectURL: redirect,
		PostLogoutRedirect: "http://127.0.0.1:1/login",
		Levels:             []string{"idporten-loa-substantial", "idporten-loa-high"}, Now: now,
	}
}

// lateHandler serves with a handler that is set once the server's address is known.
type lateHandler struct{ to atomic.Pointer[http.Handler] }

func (s *lateHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*s.to.Load()).ServeHTTP(w, r)
}

func open(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, start: time.Now(), requests: map[string]int{}, logoutTokens: make(chan string, 4)}
	var late lateHandler
	r.web = httptest.NewServer(&late)
	t.Cleanup(r.web.Close)
	inbox := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter,
		req *http.Request,
	) {
		r.logoutTokens <- req.PostFormValue("logout_token")
	}))
	t.Cleanup(inbox.Close)
	key := testKey(t)
	signingKey, err := signer()
	if err != nil {
		t.Fatal(err)
	}
	r.sim, err = sim.New(sim.Config{
		Issuer: r.web.URL + "/no", Title: "Simulated ID-porten", Levels: config("", key, nil).Levels,
		Methods: []sim.Method{{Name: "MinID", Level: 0}, {Name: "BankID", Level: 1}},
		Persons: []sim.Person{
			{Key: "kari", Name: "Kari Lund", Number: "14848530051"}, {Key: "nobody", Name: "No Number"},
		},
		Client: sim.Client{
			ID: "bompass", Key: key.Public(), Redirect: redirect, LoggedOut: "http://127.0.0.1:1/login",
			Back: inbox.URL,
		},
		Now: r.now, Key: signingKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	var count http.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.requests[req.URL.Path]++
		r.sim.ServeHTTP(w, req)
	})
	late.to.Store(&count)
	if r.issuer, err = openid.New(config(r.web.URL+"/no", key, r.now)); err != nil {
		t.Fatal(err)
	}
	r.client = browser(t)
	return r
}

// browser returns an HTTP client that stores cookies and follows redirects, except to the portal.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

var hidden = regexp.MustCompile(`name="(\w+)" value="([^"]*)"`)

// visit acts as the person at the simulator.
func (r *rig) visit(t *testing.T, address string, how suite.Visit) identity.AuthResponse {
	t.Helper()
	resp, body := get(t, r.client, address)
	prompted := resp.StatusCode == http.StatusOK
	if prompted && how.ExpectNoPrompt || !prompted && how.ExpectPrompt {
		t.Errorf("the person was prompted: %v", prompted)
	}
	if prompted {
		form := url.Values{"id": {hidden.FindStringSubmatch(body)[2]}, "person": {"kari"}, "method": {"MinID"}}
		if how.High {
			form.Set("method", "BankID")
		}
		if how.Cancel {
			form.Set("cancel", "1")
		}
		resp = post(t, r.client, r.web.URL+"/no/choose", form)
	}
	return parseRedirect(t, resp)
}

// parseRedirect returns the issuer's answer in a redirect to the portal.
func parseRedirect(t *testing.T, resp *http.Response) identity.AuthResponse {
	t.Helper()
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.String(), redirect) {
		t.Fatalf("the issuer answered %d %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	q := to.Query()
	return identity.AuthResponse{
		Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss"), Error: q.Get("error"),
	}
}

func get(t *testing.T, c *http.Client, address string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func post(t *testing.T, c *http.Client, address string, form url.Values) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp
}
