package party_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/eid"
	"bompass/server/internal/pgtest"
	"bompass/server/partner/identity"
	"bompass/server/partner/mandate"
	"bompass/server/party"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/persondb"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/role"
	"bompass/shared/toll"
)

const (
	nils    = toll.AccountID("0196a000-0000-7000-8000-000000000502")
	jonas   = toll.AccountID("0196a000-0000-7000-8000-000000000504")
	nordlys = "311882104"
)

// register returns the answer that a test sets. The adapter has tests of its own.
type register struct {
	mu       sync.Mutex
	silent   bool
	unset    bool
	requests int
	list     []mandate.Party
}

func (r *register) Parties(ctx context.Context, _ string) (mandate.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	if r.unset {
		return mandate.Unconfigured{Variable: "BOMPASS_MANDATE_URL"}.Parties(ctx, "")
	}
	if r.silent {
		return mandate.Answer{}, errors.Join(fault.New(fault.PartnerDown, "partner", "Altinn"), errors.New("no route"))
	}
	return mandate.Answer{Companies: slices.Clone(r.list)}, nil
}

func (r *register) set(list ...mandate.Party) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = list
}

type harness struct {
	*party.Service
	t        *testing.T
	db       *store.DB
	access   *access.Service
	register *register
	ahead    atomic.Int64
}

func (r *harness) now() time.Time { return time.Unix(1_795_000_000+r.ahead.Load(), 0) }

func (r *harness) advance(d time.Duration) { r.ahead.Add(int64(d / time.Second)) }

func open(t *testing.T) *harness {
	t.Helper()
	db, _ := pgtest.Demo(t)
	r := &harness{t: t, db: db, register: &register{list: []mandate.Party{{Number: nordlys, Name: "Nordlys Transport AS"}}}}
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Seed(t.Context(), accessdb.New(db), keys, fixture.Accounts(), fixture.Password); err != nil {
		t.Fatal(err)
	}
	if err := persondb.New(db).AddOrganisation(t.Context(), fixture.FjordfraktOrganisation, fixture.Fjordfrakt); err != nil {
		t.Fatal(err)
	}
	r.access = access.NewService(accessdb.New(db), keys, r.now)
	r.Service = party.NewService(persondb.New(db), r.register, keys, r.now)
	return r
}

// signIn begins a session for an account of Fjordfrakt.
func (r *harness) signIn(account toll.AccountID) access.Principal {
	r.t.Helper()
	token := seal.NewToken()
	began, err := accessdb.New(r.db).BeginSessionWithEID(r.t.Context(), eid.Entry{
		Session: access.Session{Hash: token.Hash(), Account: account, Customer: fixture.Fjordfrakt, Began: r.now(), Until: r.now().Add(access.SessionMax)},
		Proof: eid.Proof{
			Provider: "no", Issuer: "https://issuer.example", Subject: string(account), Session: string(token), Level: identity.High, AuthTime: r.now(),
			IDToken: seal.Sealed{Data: []byte{}},
		},
	})
	if err != nil || !began {
		r.t.Fatal(began, err)
	}
	return r.principal(token)
}

func (r *harness) principal(token seal.Token) access.Principal {
	r.t.Helper()
	actor, err := r.access.Peek(context.Background(), token)
	if err != nil {
		r.t.Fatal(err)
	}
	return actor
}

func (r *harness) act(actor access.Principal, key string) access.Principal {
	r.t.Helper()
	token, err := r.Switch(context.Background(), actor, key)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.principal(token)
}

func want(t *testing.T, name string, err error, code fault.Code) {
	t.Helper()
	if code == "" && err != nil || code != "" && (err == nil || fault.CodeOf(err) != code) {
		t.Errorf("%s: got %v, want %q", name, err, code)
	}
}

// ASVS V8.3.2: a step that binds the customer needs an answer of the register of the last five minutes.
func TestBindingStepNeedsRecentRegisterAnswer(t *testing.T) {
	r := open(t)
	actor := r.act(r.signIn(nils), "organisation:"+nordlys)
	want(t, "at once", r.RequireMandate(t.Context(), actor), "")
	r.register.silent = true
	want(t, "unavailable, but queried recently", r.RequireMandate(t.Context(), actor), "")
	r.advance(party.SnapshotFreshMax)
	want(t, "silent for five minutes", r.RequireMandate(t.Context(), actor), fault.PartnerDown)
	want(t, "looking meanwhile", r.RequireRecentMandate(t.Context(), actor), "")
	r.advance(party.SnapshotStaleMax)
	want(t, "looking after an hour", r.RequireRecentMandate(t.Context(), actor), fault.PartnerDown)
	r.register.silent = false
	want(t, "when it speaks again", r.RequireMandate(t.Context(), actor), "")
	r.register.set()
	r.advance(party.SnapshotFreshMax)
	want(t, "when the right is gone", r.RequireRecentMandate(t.Context(), actor), fault.MandateEnded)
	want(t, "afterwards", r.RequireMandate(t.Context(), actor), fault.MandateEnded)
}

func TestRegisterIsQueriedOnceInFiveMinutes(t *testing.T) {
	r := open(t)
	actor := r.act(r.signIn(nils), "organisation:"+nordlys)
	for range 20 {
		want(t, "confirm", r.RequireMandate(t.Context(), actor), "")
	}
	if r.register.requests != 1 {
		t.Errorf("queried %d times, want 1", r.register.requests)
	}
}

// A right that the company itself has granted does not depend on the register.
func TestGrantedRightNeedsNoRegister(t *testing.T) {
	r := open(t)
	r.register.silent = true
	actor := r.signIn(nils)
	want(t, "the owner", r.RequireMandate(t.Context(), actor), "")
	list, err := r.Parties(t.Context(), actor)
	if err != nil || !list.RegisterDown || len(list.Parties) != 2 || list.Parties[0].Key != party.Self || !list.Parties[1].Current {
		t.Errorf("list: %+v, %v", list, err)
	}
	r.register.unset = true
	if list, err := r.Parties(t.Context(), actor); err != nil || !list.RegisterUnconfigured {
		t.Errorf("without a register: %+v, %v", list, err)
	}
}

func TestOldTokenIsInvalidAfterSwitch(t *testing.T) {
	r := open(t)
	before := r.signIn(nils)
	after := r.act(before, party.Self)
	if after.Session == before.Session || after.CSRF == before.CSRF || after.Kind != toll.Private || after.Role != role.Owner {
		t.Errorf("after: %+v", after)
	}
	_, err := r.Switch(t.Context(), before, "customer:"+string(fixture.Fjordfrakt))
	want(t, "switching the session of before", err, fault.SignedOut)
	if back := r.act(after, "customer:"+string(fixture.Fjordfrakt)); back.Customer != fixture.Fjordfrakt {
		t.Errorf("back: %+v", back)
	}
	for _, key := range []string{"", "customer:" + string(fixture.Kari), "organisation:999", "organisation:" + fixture.FjordfraktOrganisation} {
		_, err := r.Switch(t.Context(), after, key)
		want(t, key, err, fault.NotFound)
	}
}

// Two people who choose the same company at the same time create one customer.
func TestCompanyIsCreatedOnce(t *testing.T) {
	r := open(t)
	var customers sync.Map
	var all sync.WaitGroup
	for _, account := range []toll.AccountID{nils, jonas, nils, jonas, nils, jonas} {
		actor := r.signIn(account)
		all.Go(func() {
			token, err := r.Switch(context.Background(), actor, "organisation:"+nordlys)
			if fault.CodeOf(err) == fault.NotFound && err != nil { // created by now: it has another key
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			actor, err := r.access.Peek(context.Background(), token)
			if err != nil {
				t.Error(err)
				return
			}
			customers.Store(actor.Customer, true)
		})
	}
	all.Wait()
	n := 0
	customers.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d customers began, want 1", n)
	}
}

// A withdrawn mandate ends the right in older sessions too.
func TestWithdrawnMandateEndsTheRight(t *testing.T) {
	r := open(t)
	actor := r.act(r.signIn(nils), "organisation:"+nordlys)
	r.register.set(mandate.Party{Number: fixture.FjordfraktOrganisation, Name: "Fjordfrakt AS"})
	r.advance(party.SnapshotFreshMax)
	other := r.signIn(nils) // the register is queried in another session
	list, err := r.Parties(t.Context(), other)
	if err != nil || len(list.Parties) != 2 {
		t.Errorf("list: %+v, %v", list, err)
	}
	want(t, "the session that acts for it", r.RequireRecentMandate(t.Context(), actor), fault.MandateEnded)
	if held, err := persondb.New(r.db).HeldParties(t.Context(), nils, r.now()); err != nil || len(held) != 1 || held[0].Customer != fixture.Fjordfrakt {
		t.Errorf("held: %+v, %v", held, err)
	}
}
