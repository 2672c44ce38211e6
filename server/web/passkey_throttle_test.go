package web_test

import (
	"net/http"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/fault"
)

// Starting to sign in with a passkey stores a challenge each time, so an address may not start as often as it likes; other
// addresses and the rest of the page are not affected.
func TestStartsOfPasskeySignInAreThrottled(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	token := webtest.HiddenPattern.FindStringSubmatch(v.Get("/login").Body)[2]
	start := func() webtest.Page {
		return v.Do(http.MethodPost, "/login/passkey/options", "{}", webtest.Header("X-Csrf-Token", token))
	}
	refused := 0
	for range 200 {
		p := start()
		switch p.StatusCode {
		case http.StatusOK:
			if refused > 0 {
				t.Fatal("a start without pause was admitted after one was refused")
			}
		case http.StatusTooManyRequests:
			if f := webtest.FaultOf(t, p); f.Code != fault.TooMany {
				t.Fatalf("got %s", f.Code)
			}
			if refused++; refused == 3 {
				if p := v.Get("/login"); p.StatusCode != http.StatusOK {
					t.Errorf("the page of signing in: got %d", p.StatusCode)
				}
				return
			}
		default:
			t.Fatalf("got %d %s", p.StatusCode, p.Body)
		}
	}
	t.Error("200 starts in a row were admitted")
}
