package accessdb_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// The last factor of an account cannot be removed, not even by two requests that each remove another one.
func TestLastFactorCannotBeRemoved(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	const keys = 5
	for i := range keys {
		s.passkey(fmt.Sprint("key", i))
	}
	removed := s.won(keys, func(i int) (bool, error) {
		err := s.RemovePasskey(t.Context(), id, []byte(fmt.Sprint("key", i)), noon, nil)
		if fault.CodeOf(err) == fault.LastFactor {
			return false, nil
		}
		return err == nil, err
	})
	left, err := s.Passkeys(t.Context(), id)
	if err != nil || removed != keys-1 || len(left) != 1 {
		t.Errorf("%d removed, %d left, %v", removed, len(left), err)
	}
	if err := s.RemovePasskey(t.Context(), id, []byte("unknown"), noon, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an unknown passkey: %v", err)
	}
	pgtest.Exec(t, s.db, "update account set totp_secret = 'sealed'")
	if err := s.RemovePasskey(t.Context(), id, left[0].ID, noon, nil); err != nil {
		t.Errorf("with an authenticator app beside it: %v", err)
	}
	if n := pgtest.One[int](t, s.db, "select count(*) from account_event where kind = $1", string(access.EventFactorRemoved)); n != keys {
		t.Errorf("the history has %d removals, want %d", n, keys)
	}
}

// A passkey belongs to its account: another account neither uses nor removes it.
func TestPasskeyBelongsToItsAccount(t *testing.T) {
	s := openSignIn(t)
	other, customer := pgtest.AddPerson(t, s.db, 2)
	key := s.passkey("key")
	pgtest.Exec(t, s.db, "update account set totp_secret = 'sealed'")
	if err := s.RemovePasskey(t.Context(), other, key.ID, noon, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("removed by another: %v", err)
	}
	b := s.session("s")
	b.Account, b.Customer = other, customer
	if began, err := s.BeginSessionWithPasskey(t.Context(), nil, key, b); began || err != nil || s.sessions() != 0 {
		t.Errorf("used by another: %t, %v", began, err)
	}
	if err := s.AddPasskey(t.Context(), other, key, nil); err == nil {
		t.Error("one passkey opens two accounts")
	}
}

// Wrong codes are counted exactly. A right one resets the count, until there were so many that the app is suspended.
func TestWrongCodesAreCounted(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	counted := make([]int, 20)
	for _, err := range pgtest.Race(t, s.db, len(counted), func(i int) (err error) {
		counted[i], err = s.CountFactorTry(t.Context(), id, false)
		return err
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(counted)
	for i, n := range counted {
		if n != i+1 {
			t.Fatalf("counted %v", counted)
		}
	}
	for _, c := range []struct {
		fails int
		right bool
		want  int
	}{
		{factor.FailsMax - 1, true, 0},
		{factor.FailsMax - 2, false, factor.FailsMax - 1},
		{factor.FailsMax - 1, false, factor.FailsMax},
		{factor.FailsMax, true, factor.FailsMax},
		{factor.FailsMax, false, factor.FailsMax + 1},
	} {
		pgtest.Exec(t, s.db, "update factor_guard set fails = $1", c.fails)
		if got, err := s.CountFactorTry(t.Context(), id, c.right); err != nil || got != c.want {
			t.Errorf("after %d wrong codes, right %t: got %d, %v, want %d", c.fails, c.right, got, err, c.want)
		}
	}
}

// Codes by SMS are sent as decide allows, one after the other, and each counts although requests come at once. A code
// has a number of tries, and the next one takes its place.
func TestTextCodesAreCounted(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	full := errors.New("full")
	const most = 3
	send := func(i int) (bool, error) {
		code := factor.TextCode{Hash: []byte(fmt.Sprint("code", i)), At: noon, Until: noon.Add(time.Minute)}
		err := s.SaveTextCode(t.Context(), id, code, func(sent factor.TextCodesSent) (factor.TextCodesSent, error) {
			if sent.Count == most {
				return sent, full
			}
			return factor.TextCodesSent{Last: noon, Day: noon, Count: sent.Count + 1}, nil
		})
		if errors.Is(err, full) {
			return false, nil
		}
		return err == nil, err
	}
	if sent := s.won(10, send); sent != most {
		t.Errorf("%d codes were sent, want %d", sent, most)
	}
	tried := s.won(10, func(int) (bool, error) {
		hash, err := s.TryTextCode(t.Context(), id, noon, 4)
		return hash != nil, err
	})
	if tried != 4 {
		t.Errorf("a code was tried %d times, want 4", tried)
	}
	pgtest.Exec(t, s.db, "update text_code set sent = 0")
	if ok, err := send(77); !ok || err != nil {
		t.Fatal(err)
	}
	if hash, err := s.TryTextCode(t.Context(), id, noon.Add(time.Minute), 4); hash != nil || err != nil {
		t.Errorf("at its end: %s, %v", hash, err)
	}
	if hash, err := s.TryTextCode(t.Context(), id, noon, 4); string(hash) != "code77" || err != nil {
		t.Errorf("the new code: %s, %v", hash, err)
	}
}

// A number becomes a factor only while it is the confirmed one, and once for each code.
func TestTextFactorIsTheConfirmedNumber(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	pgtest.Exec(t, s.db, "insert into profile (account_id, mobile, mobile_confirmed_at) values ($1, '+4790000001', $2)", string(id), noon)
	pgtest.Exec(t, s.db, "insert into text_code (account_id, code_hash, until, sent_at, day_began, sent) values ($1, '', 'epoch', 'epoch', 'epoch', 0)", string(id))
	for _, c := range []struct {
		name, mobile, code string
		at                 time.Time
		added              bool
	}{
		{"another number", "+4790000002", "code", noon, false},
		{"a wrong code", "+4790000001", "wrong", noon, false},
		{"an expired code", "+4790000001", "code", noon.Add(time.Minute), false},
		{"the confirmed number", "+4790000001", "code", noon, true},
	} {
		pgtest.Exec(t, s.db, "update text_code set code_hash = 'code', until = $1", noon.Add(time.Minute))
		added, err := s.AddTextFactor(t.Context(), id, c.mobile, factor.TextCode{Hash: []byte(c.code), At: c.at})
		if added != c.added || err != nil {
			t.Errorf("%s: %t, %v", c.name, added, err)
		}
		if n := pgtest.One[int](t, s.db, "select count(*) from text_factor"); n != 0 != c.added {
			t.Errorf("%s: %d factors", c.name, n)
		}
	}
	if added, err := s.AddTextFactor(t.Context(), id, "+4790000001", factor.TextCode{Hash: []byte("code"), At: noon}); added || err != nil {
		t.Errorf("the code once more: %t, %v", added, err)
	}
	pgtest.Exec(t, s.db, "update profile set mobile_confirmed_at = null")
	pgtest.Exec(t, s.db, "update text_code set code_hash = 'code'")
	if added, err := s.AddTextFactor(t.Context(), id, "+4790000001", factor.TextCode{Hash: []byte("code"), At: noon}); added || err != nil {
		t.Errorf("a number that is no longer confirmed: %t, %v", added, err)
	}
	found, err := s.AccountByID(t.Context(), id, noon)
	if err != nil || found.TextMobile != "" || found.Mobile != "" {
		t.Errorf("a code would go to %q, a name at sign-in is %q, %v", found.TextMobile, found.Mobile, err)
	}
}

// lostClaim returns a claim that opens after a day and ends after five.
func lostClaim(n int, asked time.Time) factor.LostFactorClaim {
	return factor.LostFactorClaim{
		ID: fmt.Sprintf("0196a000-0000-7000-8000-0000000000%02d", n), Account: pgtest.AccountID(1), Code: []byte("code"),
		Asked: asked, Opens: asked.Add(24 * time.Hour), Ends: asked.Add(5 * 24 * time.Hour),
	}
}

func (s *signIn) addClaim(n int, asked, since time.Time) (bool, error) {
	stop := seal.Link{Hash: hash(fmt.Sprint("stop", n)), Purpose: seal.PurposePassword, Account: pgtest.AccountID(1), Until: asked.Add(time.Hour)}
	stop.Sealed.Data = []byte("x")
	return s.AddLostFactorClaim(s.t.Context(), lostClaim(n, asked), since, stop, nil)
}

// An account has one open claim that its factors are lost, also when several are made at once, and a new one only
// some time after the one before.
func TestAccountHasOneLostFactorClaim(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	if added := s.won(6, func(i int) (bool, error) { return s.addClaim(i, noon, noon.Add(-time.Hour)) }); added != 1 {
		t.Errorf("%d claims were made", added)
	}
	if links := pgtest.One[int](t, s.db, "select count(*) from link"); links != 1 {
		t.Errorf("%d links stop it", links)
	}
	later := noon.Add(time.Hour)
	if added, err := s.addClaim(10, later, noon.Add(-time.Hour)); added || err != nil {
		t.Errorf("while one is open: %t, %v", added, err)
	}
	if err := s.StopLostFactorClaim(t.Context(), id, nil, later, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.StopLostFactorClaim(t.Context(), id, nil, later, nil); fault.CodeOf(err) != fault.LinkSpent {
		t.Errorf("stopped twice: %v", err)
	}
	if added, err := s.addClaim(11, later, noon.Add(-time.Microsecond)); added || err != nil {
		t.Errorf("too soon after the last: %t, %v", added, err)
	}
	if added, err := s.addClaim(12, later, noon); !added || err != nil {
		t.Errorf("long enough after it: %t, %v", added, err)
	}
	end := later.Add(5 * 24 * time.Hour)
	if added, err := s.addClaim(13, end, later); !added || err != nil {
		t.Errorf("when it has expired: %t, %v", added, err)
	}
	if open, err := s.OpenLostFactorClaim(t.Context(), id, end); err != nil || open.ID != lostClaim(13, end).ID {
		t.Errorf("open is %+v, %v", open, err)
	}
}

// Stopping a claim ends every session and pending login, since whoever made it has the password.
func TestStoppedClaimEndsSessions(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	if added, err := s.addClaim(1, noon, time.Time{}); !added || err != nil {
		t.Fatal(err)
	}
	if _, err := s.BeginSessionWithPasskey(t.Context(), nil, s.passkey("key"), s.session("s")); err != nil {
		t.Fatal(err)
	}
	s.pendingLogin("step")
	link := hash("stop1")
	if err := s.StopLostFactorClaim(t.Context(), id, &link, noon.Add(time.Hour), nil); fault.CodeOf(err) != fault.LinkSpent || s.sessions() != 1 {
		t.Errorf("with an expired link: %v, %d sessions", err, s.sessions())
	}
	if err := s.StopLostFactorClaim(t.Context(), id, &link, noon, nil); err != nil {
		t.Fatal(err)
	}
	if n := pgtest.One[int](t, s.db, "select (select count(*) from session) + (select count(*) from login_step)"); n != 0 {
		t.Errorf("%d sessions and logins are left", n)
	}
	if _, err := s.OpenLostFactorClaim(t.Context(), id, noon); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the claim is open: %v", err)
	}
}

// The code of a claim works between its two instants, a number of times, and replaces every factor in the login that
// has tried it, once.
func TestLostFactorCodeReplacesFactors(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	claim := lostClaim(1, noon)
	if added, err := s.addClaim(1, noon, time.Time{}); !added || err != nil {
		t.Fatal(err)
	}
	s.passkey("lost")
	pgtest.Exec(t, s.db, "update account set totp_secret = 'lost'")
	step := s.pendingLogin("step")
	pgtest.Exec(t, s.db, "update login_step set until = $1", claim.Ends.Add(time.Hour))
	right := func(stored []byte) bool { return string(stored) == "code" }
	for _, c := range []struct {
		name    string
		at      time.Time
		matches func([]byte) bool
		marked  bool
	}{
		{"before it opens", claim.Opens.Add(-time.Microsecond), right, false},
		{"a wrong code", claim.Opens, func([]byte) bool { return false }, false},
		{"at its end", claim.Ends, right, false},
		{"when it opens", claim.Opens, right, true},
	} {
		marked, err := s.TryLostFactorCode(t.Context(), id, step, c.at, c.matches)
		if marked != c.marked || err != nil {
			t.Errorf("%s: %t, %v", c.name, marked, err)
		}
	}
	if got, err := s.PendingLoginClaim(t.Context(), step, claim.Opens); err != nil || got != claim.ID {
		t.Errorf("the login is marked with %q, %v", got, err)
	}
	pgtest.Exec(t, s.db, "update lost_factor set tries = $1", factor.LostTries)
	if marked, err := s.TryLostFactorCode(t.Context(), id, step, claim.Opens, right); marked || err != nil {
		t.Errorf("after all tries: %t, %v", marked, err)
	}
	enrol := factor.Enrolment{TOTP: seal.Sealed{Key: "k", Data: []byte("new")}, TOTPStep: 5, RecoveryCodes: [][]byte{[]byte("r1")}, Claim: claim.ID, At: claim.Opens}
	won := s.won(4, func(i int) (bool, error) {
		b := s.session(fmt.Sprint("s", i))
		b.Began, b.Until = claim.Opens, claim.Opens.Add(time.Hour)
		return s.BeginSessionEnrolled(t.Context(), step, enrol, b)
	})
	state := pgtest.One[string](t, s.db, `select concat_ws(' ', (select encode(totp_secret, 'escape') from account), (select count(*) from passkey),
		(select count(*) from recovery_code), (select count(*) from session), (select count(*) from lost_factor where used_at is not null))`)
	if won != 1 || state != "new 0 1 1 1" {
		t.Errorf("%d enrolments, then %s", won, state)
	}
}

// A letter goes to a complete address alone.
func TestPostalAddressIsComplete(t *testing.T) {
	s := openSignIn(t)
	id := pgtest.AccountID(1)
	for _, c := range []struct {
		street, code, city, country string
		want                        []string
	}{
		{"Storgata 1", "0155", "Oslo", "NO", []string{"Person 1", "Storgata 1", "0155 Oslo"}},
		{"Storgata 1", "0155", "Oslo", "", []string{"Person 1", "Storgata 1", "0155 Oslo"}},
		{"Kungsgatan 2", "111 43", "Stockholm", "SE", []string{"Person 1", "Kungsgatan 2", "111 43 Stockholm", "SE"}},
		{"", "0155", "Oslo", "NO", nil},
		{"Storgata 1", "", "Oslo", "NO", nil},
		{"Storgata 1", "0155", "", "NO", nil},
	} {
		pgtest.Exec(t, s.db, `insert into profile (account_id, street, postal_code, city, country, address_at) values ($1, $2, $3, $4, $5, $6)
			on conflict (account_id) do update set street = $2, postal_code = $3, city = $4, country = $5`, string(id), c.street, c.code, c.city, c.country, noon)
		if got, err := s.PostalAddress(t.Context(), id); err != nil || !slices.Equal(got.Lines, c.want) || !got.Since.Equal(noon) {
			t.Errorf("%+v: got %+v, %v", c, got, err)
		}
	}
	pgtest.Exec(t, s.db, "delete from profile")
	if got, err := s.PostalAddress(t.Context(), id); err != nil || len(got.Lines) != 0 || !got.Since.IsZero() {
		t.Errorf("without a profile: %+v, %v", got, err)
	}
	if _, err := s.PostalAddress(t.Context(), toll.AccountID(pgtest.CustomerID(1))); err == nil {
		t.Error("an account that does not exist has an address")
	}
}
