package kit_test

import (
	"context"
	"errors"
	"testing"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
)

// mandates refuses every mandate that needs a recent answer.
type mandates struct{}

var errStale = errors.New("stale")

func (mandates) RequireMandate(context.Context, access.Principal) error       { return errStale }
func (mandates) RequireRecentMandate(context.Context, access.Principal) error { return nil }

// Each kind of caller may call its own endpoints and public ones only. Staff and kiosks have no endpoints yet.
func TestCallersReachTheirOwnEndpointsOnly(t *testing.T) {
	k := newKit(t)
	person := kit.Caller{Kind: kit.Person, Person: complete(role.Owner)}
	for _, e := range api.All {
		for _, c := range []struct {
			name   string
			caller kit.Caller
			own    api.Access
			wrong  fault.Code
		}{
			{"anonymous", kit.Caller{}, api.Public, fault.SignedOut},
			{"person", person, api.Customer, fault.Refused},
			{"person without a role", kit.Caller{Kind: kit.Person}, api.Public, fault.Refused},
			{"staff", kit.Caller{Kind: kit.Staff}, api.Staff, fault.Refused},
			{"kiosk", kit.Caller{Kind: kit.Kiosk}, api.Kiosk, fault.Refused},
			{"station", kit.Caller{Kind: kit.Station}, api.Station, fault.Refused},
		} {
			err := k.Authorize(t.Context(), c.caller, e)
			switch {
			case e.Access == api.Public || e.Access == c.own:
				if err != nil {
					t.Errorf("%s, %s: got %v, want access", e.Name, c.name, err)
				}
			case err == nil || fault.CodeOf(err) != c.wrong:
				t.Errorf("%s, %s: got %v, want %s", e.Name, c.name, err, c.wrong)
			}
		}
		if (e.Access == api.Customer) != (e.Right != 0) {
			t.Errorf("%s: access %d, right %d: exactly the endpoints of customers need a right", e.Name, e.Access,
				e.Right)
		}
		if e.Access == api.Staff || e.Access == api.Kiosk {
			t.Errorf("%s: staff and kiosks have no endpoints yet", e.Name)
		}
	}
}

// A request that binds the customer needs a recent answer of the register of mandates. A request that only reads, or
// concerns the person's own account, does not. Without consent to the privacy statement, only the latter are allowed.
func TestMandatesAreCheckedByRight(t *testing.T) {
	k := newKit(t)
	k.SetMandates(mandates{})
	person := kit.Caller{Kind: kit.Person, Person: complete(role.Owner)}
	for _, e := range api.All {
		if e.Access != api.Customer {
			continue
		}
		err := k.Authorize(t.Context(), person, e)
		if needs := e.Method != "GET" && e.Right != role.SeeOwn; errors.Is(err, errStale) != needs {
			t.Errorf("%s: got %v, want a recent answer needed: %t", e.Name, err, needs)
		}
	}
}

// Endpoints of what is not the person's own need consent and details.
func TestConsentAndDetailsAreRequired(t *testing.T) {
	k := newKit(t)
	for want, change := range map[fault.Code]func(*access.Principal){
		fault.ConsentNeeded: func(a *access.Principal) { a.Privacy = 0 },
		fault.DetailsNeeded: func(a *access.Principal) { a.Contact.Mobile = false },
	} {
		who := complete(role.Owner)
		change(&who)
		for _, e := range api.All {
			if e.Access != api.Customer {
				continue
			}
			err := k.Authorize(t.Context(), kit.Caller{Kind: kit.Person, Person: who}, e)
			if refused := err != nil && fault.CodeOf(err) == want; refused != (e.Right != role.SeeOwn) {
				t.Errorf("%s: got %v, %s", e.Name, err, want)
			}
		}
	}
}
