package eid_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/eid"
	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/partner/identity"
	"bompass/server/store/accessdb"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/role"
	"bompass/shared/toll"
)

const (
	issuerID   = "https://issuer.example"
	kariNumber = "14848530051"
	livNumber  = "17857630041"
)

// trusting is an issuer that returns the person that a test sets. The adapter has tests of its own.
type trusting struct {
	identity.Unconfigured
	count  atomic.Int64
	person atomic.Pointer[identity.Person]
	asked  atomic.Pointer[identity.AuthRequestParams] // of the last request
	now    func() time.Time
}

func (i *trusting) ID() string { return issuerID }

func (i *trusting) Begin(_ context.Context, w identity.AuthRequestParams) (identity.AuthRequest, error) {
	n := i.count.Add(1)
	i.asked.Store(&w)
	return identity.AuthRequest{
		URL: "https://issuer.example/authorize", State: fmt.Sprintf("state-of-request-%d", n), Nonce: "nonce-of-the-request",
		Verifier: "verifier-of-the-request", Params: w, Began: i.now(),
	}, nil
}

func (i *trusting) Finish(_ context.Context, _ identity.AuthRequest, _ identity.AuthResponse) (identity.Person, error) {
	return *i.person.Load(), nil
}

func (i *trusting) VerifyLogoutToken(_ context.Context, message string) (identity.LogoutToken, error) {
	subject, rest, _ := strings.Cut(message, "|")
	session, name, _ := strings.Cut(rest, "|")
	return identity.LogoutToken{Issuer: issuerID, Subject: subject, Session: session, TokenID: name, ExpiresAt: i.now().Add(time.Minute)}, nil
}

// harness is the service on a database of its own with the demo data.
type harness struct {
	*eid.Service
	t      *testing.T
	access *access.Service
	issuer *trusting
	dsn    string
	ahead  atomic.Int64
}

func (d *harness) now() time.Time { return time.Unix(1_795_000_000+d.ahead.Load(), 0) }

func open(t *testing.T) *harness {
	t.Helper()
	opened, dsn := pgtest.Demo(t)
	d, db := &harness{t: t, dsn: dsn}, accessdb.New(opened)
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Seed(t.Context(), db, keys, fixture.Accounts(), fixture.Password); err != nil {
		t.Fatal(err)
	}
	d.issuer = &trusting{now: d.now}
	d.access = access.NewService(db, keys, d.now)
	d.Service = eid.NewService(eid.Deps{
		Store: db, Access: d.access, Keys: keys, Now: d.now, Messages: notice.NewWriter(keys, "https://bompass.example", d.now), Providers: []eid.Provider{{Name: "no", Country: "NO", Issuer: d.issuer}},
		Names: func(context.Context, string) string { return "Liv Nygaard" },
	})
	return d
}

// setPerson sets the person that the issuer returns.
func (d *harness) setPerson(subject, number, session string) {
	d.issuer.person.Store(&identity.Person{
		Issuer: issuerID, Subject: subject, BirthNumber: number, Session: session, Level: identity.High, AuthTime: d.now(), IDToken: "proof-of-the-issuer",
	})
}

func (d *harness) begin(a eid.BeginRequest) (eid.Callback, string) {
	d.t.Helper()
	a.Provider = "no"
	started, err := d.Begin(context.Background(), a)
	if err != nil {
		d.t.Fatal(err)
	}
	state := fmt.Sprintf("state-of-request-%d", d.issuer.count.Load())
	return eid.Callback{Browser: started.Browser, Response: identity.AuthResponse{State: state, Code: "code"}}, started.Name
}

func (d *harness) signIn() eid.Result {
	d.t.Helper()
	ticket, _ := d.begin(eid.BeginRequest{})
	in, err := d.Finish(context.Background(), "no", ticket)
	if err != nil {
		d.t.Fatal(err)
	}
	return in
}

func (d *harness) principal(in eid.Result) access.Principal {
	d.t.Helper()
	actor, err := d.access.Peek(context.Background(), in.Token)
	if err != nil {
		d.t.Fatal(err)
	}
	return actor
}

func (d *harness) count(sql string) (n int) {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), d.dsn)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close(d.t.Context()) }()
	if err := conn.QueryRow(d.t.Context(), sql).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func TestCustomerIsFoundByNumberAndThenBySubject(t *testing.T) {
	d := open(t)
	d.setPerson("kari-at-issuer", kariNumber, "s1")
	first := d.signIn()
	d.setPerson("kari-at-issuer", "", "s2") // the issuer returns no number this time
	second := d.signIn()
	if first.New || second.New || d.principal(first).Customer != fixture.Kari || d.principal(second).Customer != fixture.Kari {
		t.Errorf("first %+v, second %+v", first.Account, second.Account)
	}
	d.setPerson("somebody-else", "", "s3")
	if other := d.signIn(); !other.New || d.principal(other).Customer == fixture.Kari {
		t.Errorf("somebody else: %+v", other.Account)
	}
}

// Fifty tabs of one new person create one account.
func TestParallelSignInsCreateOneAccount(t *testing.T) {
	d := open(t)
	d.setPerson("liv-at-issuer", livNumber, "s1")
	before := d.count("select count(*) from account")
	const many = 30
	tickets := make([]eid.Callback, many)
	for i := range tickets {
		tickets[i], _ = d.begin(eid.BeginRequest{})
	}
	var all sync.WaitGroup
	var people sync.Map
	for _, ticket := range tickets {
		all.Go(func() {
			in, err := d.Finish(context.Background(), "no", ticket)
			if err != nil {
				t.Error(err)
				return
			}
			people.Store(in.Account.ID, true)
		})
	}
	all.Wait()
	n := 0
	people.Range(func(any, any) bool { n++; return true })
	if got := d.count("select count(*) from account") - before; got != 1 || n != 1 {
		t.Errorf("%d accounts began, %d people are in, want 1 and 1", got, n)
	}
	if got := d.count("select count(*) from session"); got != access.SessionsMax {
		t.Errorf("%d sessions, want the %d that one account may have", got, access.SessionsMax)
	}
	if got := d.count("select count(*) from account_event where kind = 'signed.in'"); got != many {
		t.Errorf("%d tabs came in, want %d", got, many)
	}
	if got := d.principal(d.signIn()); got.Person != "Liv Nygaard" || got.Role != role.Owner || got.Kind != toll.Private {
		t.Errorf("actor: %+v", got)
	}
}

func TestAnswerIsAcceptedOnce(t *testing.T) {
	d := open(t)
	d.setPerson("kari-at-issuer", kariNumber, "s1")
	ticket, _ := d.begin(eid.BeginRequest{})
	var in, out atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			switch _, err := d.Finish(context.Background(), "no", ticket); {
			case err == nil:
				in.Add(1)
			case fault.CodeOf(err) == fault.SignedOut:
				out.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 || out.Load() != 49 {
		t.Errorf("%d got in and %d did not, want 1 and 49", in.Load(), out.Load())
	}
}

func TestAuthRequestIsBoundToBrowserAndExpires(t *testing.T) {
	d := open(t)
	d.setPerson("kari-at-issuer", kariNumber, "s1")
	for name, change := range map[string]func(*eid.Callback){
		"another browser": func(t *eid.Callback) { t.Browser = seal.NewToken() },
		"no browser":      func(t *eid.Callback) { t.Browser = "" },
		"another state":   func(t *eid.Callback) { t.Response.State += "x" },
		"no state":        func(t *eid.Callback) { t.Response.State = "" },
		"too late":        func(*eid.Callback) { d.ahead.Add(int64(eid.AuthRequestMax/time.Second) + 1) },
	} {
		ticket, _ := d.begin(eid.BeginRequest{})
		change(&ticket)
		if _, err := d.Finish(t.Context(), "no", ticket); fault.CodeOf(err) != fault.SignedOut {
			t.Errorf("%s: got %v", name, err)
		}
	}
	one, first := d.begin(eid.BeginRequest{})
	two, second := d.begin(eid.BeginRequest{})
	if first == second || one.Browser == two.Browser {
		t.Error("two tabs share a cookie")
	}
}

// Step-up makes the session fresh and keeps the party. The eID must belong to the same person.
func TestStepUpRequiresTheSamePerson(t *testing.T) {
	d := open(t)
	d.setPerson("kari-at-issuer", kariNumber, "s1")
	in := d.signIn()
	d.ahead.Add(1200)
	actor := d.principal(in)
	ticket, _ := d.begin(eid.BeginRequest{StepUpAccount: actor.Account})
	ticket.Current = &actor
	d.setPerson("kari-at-issuer", kariNumber, "s1")
	again, err := d.Finish(t.Context(), "no", ticket)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.principal(again); !got.AuthTime.Equal(d.now()) || got.Customer != actor.Customer || !again.SteppedUp {
		t.Errorf("actor: %+v", got)
	}
	if _, err := d.access.Peek(t.Context(), in.Token); fault.CodeOf(err) != fault.SignedOut {
		t.Errorf("the session before: got %v", err)
	}
	ticket, _ = d.begin(eid.BeginRequest{StepUpAccount: actor.Account})
	d.setPerson("olav-at-issuer", "01929522431", "s2")
	if _, err := d.Finish(t.Context(), "no", ticket); fault.CodeOf(err) != fault.EIDRefused {
		t.Errorf("somebody else: got %v", err)
	}
}

// An answer from the issuer's single sign-on is not a step-up.
func TestSingleSignOnIsNotStepUp(t *testing.T) {
	d := open(t)
	d.setPerson("kari-at-issuer", kariNumber, "s1")
	proved := d.now()
	d.ahead.Add(1500)
	if got := d.principal(d.signIn()).AuthTime; !got.Equal(proved) {
		t.Errorf("proven at %s, want %s", got, proved)
	}
}

func TestLogoutMessageEndsItsSessions(t *testing.T) {
	for _, c := range []struct {
		name, message string
		ended         int
	}{
		{"one session", "|s1|n1", 1},
		{"one session of the subject", "kari-at-issuer|s2|n2", 1},
		{"all of the subject's", "kari-at-issuer||n3", 2},
		{"a session of somebody else's", "olav-at-issuer|s1|n4", 0},
		{"an unknown session", "|s9|n5", 0},
		{"an unknown subject", "nobody||n6", 0},
	} {
		d := open(t)
		d.setPerson("kari-at-issuer", kariNumber, "s1")
		d.signIn()
		d.setPerson("kari-at-issuer", kariNumber, "s2")
		d.signIn()
		d.setPerson("olav-at-issuer", "01929522431", "s3")
		d.signIn()
		ended, err := d.BackChannelLogout(t.Context(), "no", c.message)
		if err != nil || len(ended) != c.ended || d.count("select count(*) from session") != 3-c.ended {
			t.Errorf("%s: ended %d, %v, want %d", c.name, len(ended), err, c.ended)
		}
		if _, err := d.BackChannelLogout(t.Context(), "no", c.message); fault.CodeOf(err) != fault.EIDRefused {
			t.Errorf("%s, again: got %v", c.name, err)
		}
	}
}

// A copy of the database reveals no personal number, and none of its values can be used to sign in.
func TestSecretsAreStoredUnreadable(t *testing.T) {
	d := open(t)
	d.setPerson("liv-at-issuer", livNumber, "s1")
	in := d.signIn()
	ticket, _ := d.begin(eid.BeginRequest{Next: "/next-page"})
	conn, err := pgx.Connect(t.Context(), d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	for _, table := range []string{"account", "identity", "session", "session_identity", "eid_journey", "account_number"} {
		rows, err := conn.Query(t.Context(), "select "+table+"::text from "+table)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(texts, "\n")
		for _, marker := range []string{
			livNumber, string(in.Token), string(ticket.Browser), ticket.Response.State, "nonce-of-the-request", "verifier-of-the-request",
			"proof-of-the-issuer", "/next-page", fmt.Sprintf("%x", livNumber), fmt.Sprintf("%x", "proof-of-the-issuer"), fmt.Sprintf("%x", "verifier-of"),
		} {
			if strings.Contains(text, marker) {
				t.Errorf("%s holds %q", table, marker)
			}
		}
	}
}
