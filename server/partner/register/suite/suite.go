// Package suite is the conformance suite of vehicle registers: the same tests for every adapter, over a real
// connection to a simulator or to a maker's test environment.
package suite

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/partner/register"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Register is one vehicle register behind its adapter.
type Register struct {
	Source   register.Source
	Known    map[toll.Plate]register.Vehicle
	Unknown  toll.Plate // of the register's country
	Foreign  toll.Plate // of a country that the register has no vehicles of
	WrongKey register.Source
	// Requests returns the number of requests that the register has got; nil where it cannot be counted.
	Requests func() int
	// Break answers every request with a handler; nil repairs the register. Break itself is nil where the register
	// cannot be broken.
	Break func(http.HandlerFunc)
	// Malformed are answers of the register's protocol that must not be accepted.
	Malformed map[string]http.HandlerFunc
}

// Run tests a register; open returns a fresh one.
func Run(t *testing.T, open func(t *testing.T) Register) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Register){
		"known vehicles": known, "unknown plates": unknown, "wrong key": wrongKey, "faulty answers": faulty, "slow answers": slow,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// known checks the data of vehicles in the register.
func known(t *testing.T, r Register) {
	t.Helper()
	for plate, want := range r.Known {
		got, err := r.Source.Vehicle(t.Context(), plate)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", plate, err, diff)
		}
	}
}

// unknown checks that a plate that is not in the register is not found, and that a foreign plate is not even
// queried.
func unknown(t *testing.T, r Register) {
	t.Helper()
	if _, err := r.Source.Vehicle(t.Context(), r.Unknown); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%s: got %v", r.Unknown, err)
	}
	before := r.requests()
	if _, err := r.Source.Vehicle(t.Context(), r.Foreign); fault.CodeOf(err) != fault.NotFound || r.requests() != before {
		t.Errorf("%s: got %v after %d requests", r.Foreign, err, r.requests()-before)
	}
}

func (r Register) requests() int {
	if r.Requests == nil {
		return 0
	}
	return r.Requests()
}

func (r Register) any() toll.Plate {
	for plate := range r.Known {
		return plate
	}
	return r.Unknown
}

func wrongKey(t *testing.T, r Register) {
	t.Helper()
	if _, err := r.WrongKey.Vehicle(t.Context(), r.any()); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("got %v", err)
	}
}

// faulty checks that faulty answers of the register are reported as an outage and never as a vehicle, and that the
// next query succeeds.
func faulty(t *testing.T, r Register) {
	t.Helper()
	if r.Break == nil {
		t.Skip("this register cannot be broken")
	}
	answers := map[string]http.HandlerFunc{
		"server error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"overloaded":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"no JSON":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"empty":        func(http.ResponseWriter, *http.Request) {},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.invalid", http.StatusFound)
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(strings.Repeat(" ", 2<<20))) },
		"closed connection": func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		},
	}
	for name, h := range r.Malformed {
		answers[name] = h
	}
	plate := r.any()
	for name, h := range answers {
		r.Break(h)
		if v, err := r.Source.Vehicle(t.Context(), plate); fault.CodeOf(err) != fault.PartnerDown || v != (register.Vehicle{}) {
			t.Errorf("%s: got %+v, %v", name, v, err)
		}
		r.Break(nil)
		if _, err := r.Source.Vehicle(t.Context(), plate); err != nil {
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
	r.Break(func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := r.Source.Vehicle(ctx, r.any()); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("got %v", err)
	}
}
