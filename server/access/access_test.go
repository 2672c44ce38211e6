package access_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/store/accessdb"
	"bompass/server/store/persondb"
	"bompass/server/store/privacydb"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/role"
)

const (
	secret = "a secret of thirty-two bytes, ok"
	kari   = "kari@bompass.example"
)

// start is five seconds after the beginning of a code's time step.
var start = time.Unix(1_795_000_000/30*30+5, 0)

// office is the service on a new database with the demo data, and a clock that the test sets.
type office struct {
	*access.Service
	factors *factor.Service
	t       *testing.T
	db      *accessdb.Store
	people  *persondb.Store
	privacy *privacydb.Store
	ahead   atomic.Int64
}

func open(t *testing.T) *office {
	t.Helper()
	db, _ := pgtest.Demo(t)
	o := &office{t: t, db: accessdb.New(db), people: persondb.New(db), privacy: privacydb.New(db)}
	keys := o.keys(secret)
	for range 2 { // seeding twice changes nothing
		if err := access.Seed(t.Context(), o.db, keys, fixture.Accounts(), fixture.Password); err != nil {
			t.Fatal(err)
		}
	}
	o.Service, o.factors = services(t, o.db, keys, o.now)
	return o
}

func (o *office) keys(secret string) seal.Keys {
	o.t.Helper()
	keys, err := seal.NewKeys([]byte(secret))
	if err != nil {
		o.t.Fatal(err)
	}
	return keys
}

func (o *office) now() time.Time       { return start.Add(time.Duration(o.ahead.Load())) }
func (o *office) pass(d time.Duration) { o.ahead.Add(int64(d)) }

// code is what Kari's authenticator shows, so many steps from now.
func (o *office) code(steps int) string {
	o.t.Helper()
	code, err := totp.GenerateCode(fixture.Accounts()[0].TOTPSecret, o.now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		o.t.Fatal(err)
	}
	return code
}

func (o *office) step() seal.Token {
	o.t.Helper()
	step, err := o.VerifyPassword(o.t.Context(), from("192.0.2.1"), kari, fixture.Password)
	if err != nil {
		o.t.Fatal(err)
	}
	return step
}

func from(address string) access.Visitor { return access.Visitor{Address: address} }

func want(t *testing.T, name string, err error, code fault.Code) {
	t.Helper()
	if code == "" && err != nil || code != "" && (err == nil || fault.CodeOf(err) != code) {
		t.Errorf("%s: got %v, want %q", name, err, code)
	}
}

func TestTOTPCodeOfCurrentOrPreviousStepIsAcceptedOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps int
		want  fault.Code
	}{
		{"this step", 0, ""},
		{"the step before", -1, ""},
		{"two steps ago", -2, fault.WrongCredentials},
		{"the next step", 1, fault.WrongCredentials},
	} {
		o := open(t)
		_, err := o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), o.code(c.steps))
		want(t, c.name, err, c.want)
		_, err = o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), o.code(c.steps))
		want(t, c.name+" again", err, fault.WrongCredentials)
	}
}

func TestOlderTOTPCodeIsRefusedAfterNewerOne(t *testing.T) {
	o := open(t)
	previous := o.code(-1)
	_, err := o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), o.code(0))
	want(t, "this step", err, "")
	_, err = o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), previous)
	want(t, "the step before", err, fault.WrongCredentials)
	o.pass(30 * time.Second)
	_, err = o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), o.code(0))
	want(t, "the next code", err, "")
}

// RFC 6238 section 5.2: a code is accepted once, also when a hundred ask at the same instant.
func TestConcurrentUsesOfOneCodeOpenOneSession(t *testing.T) {
	const many = 100
	o := open(t)
	steps := make([]seal.Token, many)
	for i := range steps {
		steps[i] = o.step()
	}
	code := o.code(0)
	var opened, refused atomic.Int64
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			<-gate
			// Each comes from an address of its own, so that not the throttle is what refuses.
			_, err := o.factors.VerifyCode(context.Background(), from("198.51.100."+string(rune('0'+i%10))), steps[i], code)
			switch fault.CodeOf(err) {
			case fault.WrongCredentials, fault.TooMany:
				refused.Add(1)
			default:
				if err != nil {
					t.Error(err)
					return
				}
				opened.Add(1)
			}
		})
	}
	close(gate)
	all.Wait()
	if opened.Load() != 1 || refused.Load() != many-1 {
		t.Errorf("%d sessions opened and %d refused, want 1 and %d", opened.Load(), refused.Load(), many-1)
	}
}

func TestPendingLoginAcceptsFiveCodesWithinFiveMinutes(t *testing.T) {
	o := open(t)
	step := o.step()
	for n := range factor.PendingLoginTries {
		_, err := o.factors.VerifyCode(t.Context(), from("192.0.2.1"), step, "000000")
		want(t, "try "+string(rune('1'+n)), err, fault.WrongCredentials)
	}
	_, err := o.factors.VerifyCode(t.Context(), from("192.0.2.2"), step, o.code(0))
	want(t, "the right code after five wrong ones", err, fault.SignedOut)

	o.pass(20 * time.Minute)
	step = o.step()
	o.pass(access.PendingLoginMax)
	_, err = o.factors.VerifyCode(t.Context(), from("192.0.2.1"), step, o.code(0))
	want(t, "after five minutes", err, fault.SignedOut)
	for _, token := range []seal.Token{"", "guess", seal.Token(make([]byte, 43))} {
		_, err = o.factors.VerifyCode(t.Context(), from("192.0.2.1"), token, o.code(0))
		want(t, "no step", err, fault.SignedOut)
	}
}

func TestWrongCredentialsAreRefused(t *testing.T) {
	o := open(t)
	for _, c := range [][2]string{
		{kari, "wrong"},
		{kari, ""},
		{"nobody@bompass.example", fixture.Password},
		{"", fixture.Password},
		{kari + "\x00", fixture.Password},
		{kari, fixture.Password + " "},
		{kari, string(make([]byte, 1000))},
		{"x' or a.email = '" + kari, fixture.Password}, // ASVS V1.2.4
	} {
		_, err := o.VerifyPassword(t.Context(), from("192.0.2."+string(rune('0'+len(c[0])%10))), c[0], c[1])
		want(t, c[0]+" "+c[1], err, fault.WrongCredentials)
	}
}

func TestSessionBelongsToOneAccountAndExpires(t *testing.T) {
	o := open(t)
	token, err := o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), o.code(0))
	want(t, "code", err, "")
	actor, err := o.Authenticate(t.Context(), token)
	want(t, "who", err, "")
	if actor.Person != "Kari Lund" || actor.Customer != fixture.Kari || actor.Role != role.Owner || actor.Name != "Kari Lund" || actor.Language != "nb" {
		t.Errorf("actor: %+v", actor)
	}
	if !actor.CSRFMatches(actor.CSRF) || actor.CSRFMatches("") || actor.CSRFMatches(actor.CSRF+"x") || (access.Principal{}).CSRFMatches("") {
		t.Error("the session's token is not told from others")
	}
	want(t, "language", o.SetLanguage(t.Context(), actor, "de"), "")
	want(t, "no language", o.SetLanguage(t.Context(), actor, "xx"), fault.BadRequest)
	if again, _ := o.Authenticate(t.Context(), token); again.Language != "de" {
		t.Errorf("language: got %q", again.Language)
	}
	want(t, "end", o.SignOut(t.Context(), actor), "")
	_, err = o.Authenticate(t.Context(), token)
	want(t, "after its end", err, fault.SignedOut)
	want(t, "end twice", o.SignOut(t.Context(), actor), "")
}

func TestPeekDoesNotProlongSession(t *testing.T) {
	o := open(t)
	token, err := o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), o.code(0))
	want(t, "code", err, "")
	o.pass(20 * time.Minute)
	_, err = o.Peek(t.Context(), token)
	want(t, "after 20 minutes", err, "")
	o.pass(access.SessionIdle - 20*time.Minute)
	_, err = o.Peek(t.Context(), token)
	want(t, "after 30 minutes", err, fault.SignedOut)
}

func TestCredentialsAreStoredUnreadable(t *testing.T) {
	o := open(t)
	a, err := o.db.AccountByEmail(t.Context(), kari)
	want(t, "account", err, "")
	cast := fixture.Accounts()[0]
	for name, kept := range map[string]string{
		"password": a.PasswordHash, "TOTP secret": string(a.TOTP.Data), "birth number": string(a.BirthNumber.Data), "birth hash": string(a.BirthHash),
	} {
		for _, plain := range []string{fixture.Password, cast.TOTPSecret, cast.BirthNumber} {
			if kept == "" || strings.Contains(kept, plain) {
				t.Errorf("%s can be read in the database", name)
			}
		}
	}
	if !strings.Contains(a.PasswordHash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("password is kept as %s", a.PasswordHash)
	}
}

func TestWrongServerSecretIsReported(t *testing.T) {
	o := open(t)
	other, factors := services(t, o.db, o.keys("another secret of 32 bytes, right"), o.now)
	step, err := other.VerifyPassword(t.Context(), from("192.0.2.1"), kari, fixture.Password)
	want(t, "password needs no secret", err, "")
	_, err = factors.VerifyCode(t.Context(), from("192.0.2.1"), step, o.code(0))
	if err == nil || fault.CodeOf(err) != fault.Internal || !strings.Contains(err.Error(), "start it with the secret") {
		t.Errorf("code: got %v", err)
	}
	if _, err := seal.NewKeys([]byte("short")); err == nil {
		t.Error("a short secret is taken")
	}
}

func TestFormTokenIsBoundToCookie(t *testing.T) {
	o := open(t)
	keys := o.keys(secret)
	form := keys.FormToken("cookie")
	if !keys.FormTokenMatches("cookie", form) || keys.FormTokenMatches("other", form) || keys.FormTokenMatches("", keys.FormToken("")) || keys.FormTokenMatches("cookie", "") {
		t.Error("a form is accepted from another browser")
	}
}

// services returns the services of password sign-in and of second factors on one store.
func services(t *testing.T, db *accessdb.Store, keys seal.Keys, now func() time.Time) (*access.Service, *factor.Service) {
	t.Helper()
	s := access.NewService(db, keys, now)
	factors, err := factor.NewService(factor.Deps{
		Access: s, Store: factor.From(db), Keys: keys, Messages: notice.NewWriter(keys, "https://bompass.example", now), Now: now,
		Options: factor.Options{PublicURL: "https://bompass.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, factors
}
