// Package suite is the conformance suite of registers of mandates: the same tests for every adapter, over a real
// connection to a simulator or to a maker's test environment.
package suite

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/partner/mandate"
	"bompass/shared/fault"
)

// Register is one register of mandates behind its adapter.
type Register struct {
	Source      mandate.Source
	Person      string         // birth number of a person with mandates
	Answer      mandate.Answer // the answer for the person
	Stranger    string         // birth number of a person without mandates
	WrongClient mandate.Source // the adapter with credentials that the register does not know
	// Revoke makes every token invalid that the register has issued; nil where that is not possible.
	Revoke func()
	// Break answers every request with a handler; nil repairs the register. Break itself is nil where the register
	// cannot be broken.
	Break func(http.HandlerFunc)
}

// Run tests a register; open returns a fresh one.
func Run(t *testing.T, open func(t *testing.T) Register) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Register){
		"mandates of a person": mandates, "a person without mandates": stranger, "malformed numbers": malformedNumber, "wrong credentials": wrongClient,
		"revoked tokens": revoked, "faulty answers": faulty, "slow answers": slow,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// mandates checks that the person's companies are returned, also with a token that is already in use.
func mandates(t *testing.T, r Register) {
	t.Helper()
	for range 2 { // the second time with the same token
		got, err := r.Source.Parties(t.Context(), r.Person)
		if diff := cmp.Diff(r.Answer, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func stranger(t *testing.T, r Register) {
	t.Helper()
	if got, err := r.Source.Parties(t.Context(), r.Stranger); err != nil || len(got.Companies) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

// malformedNumber checks that numbers that cannot be birth numbers are refused.
func malformedNumber(t *testing.T, r Register) {
	t.Helper()
	for _, number := range []string{"", "12345678901", " " + r.Person} {
		if _, err := r.Source.Parties(t.Context(), number); err == nil {
			t.Errorf("%q is accepted", number)
		}
	}
}

func wrongClient(t *testing.T, r Register) {
	t.Helper()
	if a, err := r.WrongClient.Parties(t.Context(), r.Person); fault.CodeOf(err) != fault.PartnerDown || len(a.Companies) != 0 {
		t.Errorf("got %v, %v", a, err)
	}
}

// revoked checks that a revoked token causes one failure, after which a new token is requested.
func revoked(t *testing.T, r Register) {
	t.Helper()
	if r.Revoke == nil {
		t.Skip("this register revokes no tokens")
	}
	if _, err := r.Source.Parties(t.Context(), r.Person); err != nil {
		t.Fatal(err)
	}
	r.Revoke()
	if _, err := r.Source.Parties(t.Context(), r.Person); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("with a revoked token: got %v", err)
	}
	if _, err := r.Source.Parties(t.Context(), r.Person); err != nil {
		t.Errorf("with a new token: %v", err)
	}
}

// faulty checks that faulty answers of the register are reported as an outage and never as a person without
// mandates, and that the next query succeeds.
func faulty(t *testing.T, r Register) {
	t.Helper()
	if r.Break == nil {
		t.Skip("this register cannot be broken")
	}
	for name, h := range map[string]http.HandlerFunc{
		"server error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"overloaded":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"no JSON":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"empty":        func(http.ResponseWriter, *http.Request) {},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.invalid", http.StatusFound)
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"access_token":"` + strings.Repeat("x", 1<<20) + `"}`))
		},
		"closed connection": func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		},
	} {
		r.Break(h)
		if a, err := r.Source.Parties(t.Context(), r.Person); fault.CodeOf(err) != fault.PartnerDown || len(a.Companies) > 0 {
			t.Errorf("%s: got %v, %v", name, a, err)
		}
		r.Break(nil)
		if _, err := r.Source.Parties(t.Context(), r.Person); err != nil {
			t.Errorf("%s, repaired: %v", name, err)
		}
	}
}

// slow tests that a caller's deadline ends a request that gets no answer.
func slow(t *testing.T, r Register) {
	t.Helper()
	if r.Break == nil {
		t.Skip("this register cannot be slowed down")
	}
	r.Break(func(_ http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body) // until it is read, the server does not notice that the client has gone
		<-req.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := r.Source.Parties(ctx, r.Person); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("got %v", err)
	}
}
