package accessdb_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/shared/fault"
)

// hash returns the hash of a token.
func hash(token string) seal.Hash { return sha256.Sum256([]byte(token)) }

// signIn is a database with one account, which signs in.
type signIn struct {
	*accessdb.Store
	t  *testing.T
	db *store.DB
}

func openSignIn(t *testing.T) *signIn {
	t.Helper()
	s := &signIn{t: t, db: pgtest.New(t)}
	s.Store = accessdb.New(s.db)
	pgtest.AddPerson(t, s.db, 1)
	return s
}

// session returns a session of the account that begins now.
func (s *signIn) session(token string) access.Session {
	return access.Session{
		Hash: hash(token), Account: pgtest.AccountID(1), Customer: pgtest.CustomerID(1), Began: noon, Until: noon.Add(time.Hour),
		Place: access.Place{Device: "device of " + token},
	}
}

func (s *signIn) pendingLogin(token string) seal.Hash {
	s.t.Helper()
	if err := s.AddPendingLogin(s.t.Context(), hash(token), pgtest.AccountID(1), noon, noon.Add(5*time.Minute)); err != nil {
		s.t.Fatal(err)
	}
	return hash(token)
}

func (s *signIn) passkey(name string) factor.Passkey {
	s.t.Helper()
	key := factor.Passkey{ID: []byte(name), Name: name, Credential: []byte("{}"), Added: noon}
	if err := s.AddPasskey(s.t.Context(), pgtest.AccountID(1), key, nil); err != nil {
		s.t.Fatal(err)
	}
	return key
}

func (s *signIn) sessions() int { return pgtest.One[int](s.t, s.db, "select count(*) from session") }

// won counts the calls of a race that returned true. Any error fails the test.
func (s *signIn) won(n int, try func(i int) (bool, error)) (won int) {
	s.t.Helper()
	results := make([]bool, n)
	for i, err := range pgtest.Race(s.t, s.db, n, func(i int) (err error) { results[i], err = try(i); return err }) {
		if err != nil {
			s.t.Errorf("call %d: %v", i, err)
		}
		if results[i] {
			won++
		}
	}
	return won
}

// A factor that works once opens one session, however many sign-ins use it at once and whatever each has besides.
func TestFactorThatWorksOnceOpensOneSession(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	const tries = 8
	steps := make([]seal.Hash, tries)
	for name, begin := range map[string]func(i int) (bool, error){
		"one code of an app in many logins": func(i int) (bool, error) {
			return s.BeginSessionWithTOTP(t.Context(), steps[i], 100, s.session(fmt.Sprint("app", i)))
		},
		"one login with many codes of an app": func(i int) (bool, error) {
			return s.BeginSessionWithTOTP(t.Context(), steps[0], int64(200+i), s.session(fmt.Sprint("login", i)))
		},
		"one recovery code in many logins": func(i int) (bool, error) {
			return s.BeginSessionWithRecoveryCode(t.Context(), steps[i], []byte("recovery"), s.session(fmt.Sprint("recovery", i)))
		},
		"one code by SMS in many logins": func(i int) (bool, error) {
			return s.BeginSessionWithTextCode(t.Context(), steps[i], []byte("text"), s.session(fmt.Sprint("text", i)))
		},
		"one login with a passkey": func(i int) (bool, error) {
			return s.BeginSessionWithPasskey(t.Context(), &steps[0], factor.Passkey{ID: []byte("key"), Credential: []byte("{}")}, s.session(fmt.Sprint("key", i)))
		},
	} {
		pgtest.Exec(t, s.db, "delete from login_step")
		pgtest.Exec(t, s.db, "delete from session")
		pgtest.Exec(t, s.db, "delete from passkey")
		s.passkey("key")
		pgtest.Exec(t, s.db, "update account set totp_last_step = 99")
		pgtest.Exec(t, s.db, "insert into recovery_code (code_hash, account_id) values ('recovery', $1) on conflict do nothing", string(id))
		pgtest.Exec(t, s.db, `insert into text_code (account_id, code_hash, until, sent_at, day_began, sent) values ($1, 'text', $2, $3, $3, 1)
			on conflict (account_id) do update set code_hash = 'text'`, string(id), noon.Add(time.Minute), noon)
		for i := range steps {
			steps[i] = s.pendingLogin(fmt.Sprint("step", i))
		}
		if won := s.won(tries, begin); won != 1 || s.sessions() != 1 {
			t.Errorf("%s: %d sign-ins, %d sessions", name, won, s.sessions())
		}
	}
}

// A sign-in that loses leaves its pending login as it was, so that the person can try another code.
func TestLostSignInKeepsItsPendingLogin(t *testing.T) {
	s := openSignIn(t)
	step := s.pendingLogin("step")
	pgtest.Exec(t, s.db, "update account set totp_last_step = 100")
	if began, err := s.BeginSessionWithTOTP(t.Context(), step, 100, s.session("old code")); began || err != nil || s.sessions() != 0 {
		t.Errorf("an old code: %v, %v", began, err)
	}
	if began, err := s.BeginSessionWithTOTP(t.Context(), hash("other"), 101, s.session("other login")); began || err != nil || s.sessions() != 0 {
		t.Errorf("an unknown login: %v, %v", began, err)
	}
	if began, err := s.BeginSessionWithTOTP(t.Context(), step, 101, s.session("new code")); !began || err != nil || s.sessions() != 1 {
		t.Errorf("the next code: %v, %v", began, err)
	}
	if last := pgtest.One[int](t, s.db, "select totp_last_step from account"); last != 101 {
		t.Errorf("the last step is %d", last)
	}
}

// Tries of a pending login that come at once are counted one by one: no more than the maximum get an answer.
func TestTriesOfPendingLoginAreCounted(t *testing.T) {
	s := openSignIn(t)
	step := s.pendingLogin("step")
	const most = 5
	won := s.won(16, func(int) (bool, error) {
		found, err := s.TryPendingLogin(t.Context(), step, noon, most)
		if fault.CodeOf(err) == fault.SignedOut {
			err = nil
		}
		return found.ID == pgtest.AccountID(1), err
	})
	if won != most {
		t.Errorf("%d tries were admitted, want %d", won, most)
	}
	if _, err := s.TryPendingLogin(t.Context(), step, noon, most); fault.CodeOf(err) != fault.SignedOut {
		t.Errorf("one more: %v", err)
	}
	if _, err := s.PendingLoginAccount(t.Context(), step, noon); err != nil {
		t.Errorf("the login itself is gone: %v", err)
	}
	end := noon.Add(5 * time.Minute)
	for at, want := range map[time.Time]fault.Code{end.Add(-time.Microsecond): "", end: fault.SignedOut} {
		if _, err := s.PendingLoginAccount(t.Context(), step, at); err != nil && fault.CodeOf(err) != want || err == nil && want != "" {
			t.Errorf("at %s: %v, want %q", at, err, want)
		}
	}
}

// However many sign-ins end at the same time, the account keeps the maximum of sessions, and its history names each
// that ended for it.
func TestConcurrentSignInsKeepTheMaximumOfSessions(t *testing.T) {
	s := openSignIn(t)
	key := s.passkey("key")
	const more = 6
	for i := range access.SessionsMax - 2 {
		b := s.session(fmt.Sprint("old", i))
		b.Began = noon.Add(time.Duration(i-100) * time.Minute)
		if _, err := s.BeginSessionWithPasskey(t.Context(), nil, key, b); err != nil {
			t.Fatal(err)
		}
	}
	keys := make([]factor.Passkey, 2+more) // sign-ins with one passkey would take turns for it
	for i := range keys {
		keys[i] = s.passkey(fmt.Sprint("key", i))
	}
	won := s.won(2+more, func(i int) (bool, error) {
		return s.BeginSessionWithPasskey(t.Context(), nil, keys[i], s.session(fmt.Sprint("new", i)))
	})
	if won != 2+more || s.sessions() != access.SessionsMax {
		t.Errorf("%d sign-ins, %d sessions, want %d", won, s.sessions(), access.SessionsMax)
	}
	ended := pgtest.One[string](t, s.db, "select string_agg(device, ',' order by device) from account_event where kind = $1", string(access.EventCapped))
	if ended != "device of old0,device of old1,device of old2,device of old3,device of old4,device of old5" {
		t.Errorf("ended: %s", ended)
	}
}

// A session is open until its end and for as long as it is used, both instants excluded, and while its person may
// act for its customer.
func TestSessionEnds(t *testing.T) {
	s := openSignIn(t)
	b := s.session("s")
	if _, err := s.BeginSessionWithPasskey(t.Context(), nil, s.passkey("key"), b); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		now, since time.Time
		open       bool
		until      string // of the right
	}{
		{"begun", noon, noon.Add(-time.Minute), true, "null"},
		{"just before its end", b.Until.Add(-time.Microsecond), noon.Add(-time.Minute), true, "null"},
		{"at its end", b.Until, noon.Add(-time.Minute), false, "null"},
		{"last used just after", noon, noon.Add(-time.Microsecond), true, "null"},
		{"last used at", noon, noon, false, "null"},
		{"right that lasts", noon, noon.Add(-time.Minute), true, "'2026-11-20 12:00:00.000001Z'"},
		{"right that has ended", noon, noon.Add(-time.Minute), false, "'2026-11-20 12:00:00Z'"},
	} {
		pgtest.Exec(t, s.db, "update account_party set until = "+c.until)
		who, _, err := s.SessionPrincipal(t.Context(), b.Hash, c.now, c.since)
		if open := err == nil && who.Account == pgtest.AccountID(1); open != c.open || !open && fault.CodeOf(err) != fault.SignedOut {
			t.Errorf("%s: open %t, %v", c.name, open, err)
		}
	}
}

// The answer to a ceremony is taken once.
func TestCeremonyIsTakenOnce(t *testing.T) {
	s := openSignIn(t)
	for n, data := range []string{"first", "second"} { // the second takes the place of the first
		if err := s.SaveCeremony(t.Context(), hash("c"), []byte(data), noon, noon.Add(time.Duration(n+1)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if data, err := s.Ceremony(t.Context(), hash("c"), noon.Add(time.Minute), false); err != nil || string(data) != "second" {
		t.Errorf("read: %s, %v", data, err)
	}
	if _, err := s.Ceremony(t.Context(), hash("c"), noon.Add(2*time.Minute), true); fault.CodeOf(err) != fault.SignedOut {
		t.Errorf("at its end: %v", err)
	}
	won := s.won(8, func(int) (bool, error) {
		data, err := s.Ceremony(t.Context(), hash("c"), noon, true)
		if fault.CodeOf(err) == fault.SignedOut {
			err = nil
		}
		return string(data) == "second", err
	})
	if won != 1 {
		t.Errorf("taken %d times", won)
	}
}
