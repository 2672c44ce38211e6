package eid_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/eid"
	"bompass/shared/fault"
)

const (
	beritAccount  = "0196a000-0000-7000-8000-0000000009b1"
	beritCustomer = "0196a000-0000-7000-8000-0000000009b2"
)

// run changes the database where no method of this package can.
func (d *harness) run(statements ...string) {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), d.dsn)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close(d.t.Context()) }()
	for _, s := range statements {
		if _, err := conn.Exec(d.t.Context(), s); err != nil {
			d.t.Fatalf("%s: %v", s, err)
		}
	}
}

// registered is Berit, who registered by email, signed in with a factor shown just now.
func (d *harness) registered() access.Principal {
	d.t.Helper()
	d.run(
		"insert into customer (id, kind, name, email, country, language) values ('"+beritCustomer+"', 'private', 'Berit Aas', 'berit@bompass.example', 'NO', 'nb')",
		"insert into account (id, email, person, language, password_hash) values ('"+beritAccount+"', 'berit@bompass.example', 'Berit Aas', 'nb', 'x')",
		"insert into account_party (account_id, customer_id, role) values ('"+beritAccount+"', '"+beritCustomer+"', 'owner')",
		"insert into profile (account_id, email_confirmed_at) values ('"+beritAccount+"', now())",
	)
	return d.session(beritAccount, beritCustomer)
}

// session begins a session with a factor that was used now.
func (d *harness) session(account, customer string) access.Principal {
	d.t.Helper()
	token := seal.NewToken()
	hash := token.Hash()
	conn, err := pgx.Connect(d.t.Context(), d.dsn)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close(d.t.Context()) }()
	_, err = conn.Exec(d.t.Context(), `insert into session (token_hash, account_id, customer_id, began_at, seen_at, until, proven_at) values ($1, $2, $3, $4, $4, $5, $4)`,
		hash[:], account, customer, d.now(), d.now().Add(access.SessionMax))
	if err != nil {
		d.t.Fatal(err)
	}
	actor, err := d.access.Peek(d.t.Context(), token)
	if err != nil {
		d.t.Fatal(err)
	}
	return actor
}

// offers signs in at the issuer to connect an eID, in the session of current.
func (d *harness) offers(link access.Principal, current *access.Principal) error {
	d.t.Helper()
	ticket, _ := d.begin(eid.BeginRequest{LinkAccount: link.Account})
	ticket.Current = current
	_, err := d.Finish(context.Background(), "no", ticket)
	return err
}

// The accounts of a person who registered by email and later signed in with an eID are merged without loss.
func TestTwoAccountsOfOnePersonAreMerged(t *testing.T) {
	d := open(t)
	d.setPerson("liv-at-issuer", livNumber, "s1")
	second := d.signIn()
	other, customer := string(second.Account.ID), string(d.principal(second).Customer)
	d.run(
		"insert into agreement (id, number, customer_id, issuer, charger, valid_from) values (gen_random_uuid(), '7009009', '"+customer+"', 'bompass', 'ferde', '2024-01-01')",
		"insert into profile (account_id, mobile, mobile_confirmed_at, street, postal_code, city) values ('"+other+"', '+4790000077', now(), 'Storgata 1', '0155', 'Oslo')",
		"insert into consent (account_id, kind, version, given, at) values ('"+other+"', 'privacy', 1, true, now())",
		"insert into account_party (account_id, customer_id, role) values ('"+other+"', '0196a000-0000-7000-8000-000000000002', 'auditor')",
	)
	berit := d.registered()
	d.setPerson("liv-at-issuer", livNumber, "s2")
	if err := d.offers(berit, &berit); err != nil {
		t.Fatal(err)
	}
	if offer, err := d.LinkOffer(t.Context(), berit); err != nil || offer.OtherPerson != "Liv Nygaard" {
		t.Fatalf("offered %+v, %v", offer, err)
	}
	if n := d.count("select count(*) from account where id = '" + other + "'"); n != 1 {
		t.Fatal("something was joined before the person said yes")
	}
	if err := d.ConfirmLink(t.Context(), berit); err != nil {
		t.Fatal(err)
	}
	for what, sql := range map[string]string{
		"the other account is gone":          "select count(*) from account where id = '" + other + "'",
		"its session is over":                "select count(*) from session s join session_identity i on i.token_hash = s.token_hash",
		"the empty customer is gone":         "select count(*) from customer where id = '" + beritCustomer + "'",
		"nobody acts twice for one customer": "select count(*) - count(distinct customer_id) from account_party where account_id = '" + beritAccount + "'",
	} {
		if n := d.count(sql); n != 0 {
			t.Errorf("%s: %d are left", what, n)
		}
	}
	own := " where account_id = '" + beritAccount + "'"
	for what, sql := range map[string]string{
		"the agreement's customer": "select count(*) from account_party" + own + " and customer_id = '" + customer + "' and role = 'owner'",
		"the role elsewhere":       "select count(*) from account_party" + own + " and role = 'auditor'",
		"the telephone":            "select count(*) from profile" + own + " and mobile = '+4790000077' and mobile_confirmed_at is not null and street = 'Storgata 1'",
		"the consent":              "select count(*) from consent" + own,
		"the eID":                  "select count(*) from identity" + own,
		"the history":              "select count(*) from account_event" + own + " and kind = 'signed.in'",
		"what happened":            "select count(*) from account_event" + own + " and kind = 'joined'",
		"the session goes on":      "select count(*) from session" + own + " and customer_id = '" + customer + "'",
		"the message":              "select count(*) from outbox where kind = 'eid.connected'",
	} {
		if n := d.count(sql); n != 1 {
			t.Errorf("%s: %d, want 1", what, n)
		}
	}
	d.setPerson("liv-at-issuer", livNumber, "s3")
	if in := d.signIn(); in.New || string(in.Account.ID) != beritAccount || in.Account.Email != "berit@bompass.example" {
		t.Errorf("with the eID: %+v", in.Account)
	}
	d.setPerson("another-name-at-the-issuer", livNumber, "s4")
	if in := d.signIn(); in.New || string(in.Account.ID) != beritAccount {
		t.Errorf("by the number: %+v", in.Account)
	}
	if err := d.ConfirmLink(t.Context(), berit); fault.CodeOf(err) != fault.SignedOut {
		t.Errorf("again: got %v", err)
	}
}

// If both accounts have agreements, both customers are kept, and the person chooses between them.
func TestBothCustomersAreKeptWhenBothHaveAgreements(t *testing.T) {
	d := open(t)
	d.setPerson("liv-at-issuer", livNumber, "s1")
	customer := string(d.principal(d.signIn()).Customer)
	berit := d.registered()
	for n, c := range []string{customer, beritCustomer} {
		d.run("insert into agreement (id, number, customer_id, issuer, charger, valid_from) values (gen_random_uuid(), '700900" + string(rune('1'+n)) + "', '" + c + "', 'bompass', 'ferde', '2024-01-01')")
	}
	d.setPerson("liv-at-issuer", livNumber, "s2")
	if err := d.offers(berit, &berit); err != nil {
		t.Fatal(err)
	}
	if err := d.ConfirmLink(t.Context(), berit); err != nil {
		t.Fatal(err)
	}
	if n := d.count("select count(*) from account_party where account_id = '" + beritAccount + "' and role = 'owner'"); n != 2 {
		t.Errorf("%d customers, want both", n)
	}
}

// An eID without an account is connected.
func TestUnusedEIDIsConnected(t *testing.T) {
	d := open(t)
	berit := d.registered()
	d.setPerson("liv-at-issuer", livNumber, "s1")
	if err := d.offers(berit, &berit); err != nil {
		t.Fatal(err)
	}
	if offer, err := d.LinkOffer(t.Context(), berit); err != nil || offer.OtherPerson != "" {
		t.Errorf("offered %+v, %v", offer, err)
	}
	if err := d.ConfirmLink(t.Context(), berit); err != nil {
		t.Fatal(err)
	}
	d.setPerson("liv-at-issuer", "", "s2")
	if in := d.signIn(); in.New || string(in.Account.ID) != beritAccount {
		t.Errorf("with the eID: %+v", in.Account)
	}
}

// The personal number is sealed again for the account that is kept, whichever account had it before.
func TestPersonalNumberIsKeptWhenAnEIDIsConnected(t *testing.T) {
	for name, earlier := range map[string]bool{"an eID that is new": false, "an eID with an account of its own": true} {
		d := open(t)
		if earlier {
			d.setPerson("liv-at-issuer", livNumber, "s1")
			d.signIn()
		}
		berit := d.registered()
		d.setPerson("liv-at-issuer", livNumber, "s2")
		if err := d.offers(berit, &berit); err != nil {
			t.Fatal(err)
		}
		if err := d.ConfirmLink(t.Context(), berit); err != nil {
			t.Fatal(err)
		}
		account, err := d.Store.AccountByID(t.Context(), berit.Account, d.Now())
		if err != nil {
			t.Fatal(err)
		}
		number, err := d.Keys.Open(account.BirthNumber, string(berit.Account)+" birth")
		if err != nil || string(number) != livNumber || !d.Keys.LookupMatches(account.BirthHash, livNumber) {
			t.Errorf("%s: the account has %q, %v", name, number, err)
		}
	}
}

// Each of these cases would give one person's account to another.
func TestConnectingEIDCannotTakeOverAccount(t *testing.T) {
	for name, attack := range map[string]struct {
		do   func(d *harness, berit access.Principal) error
		want fault.Code
	}{
		"a factor shown too long ago": {func(d *harness, berit access.Principal) error {
			d.setPerson("liv-at-issuer", livNumber, "s1")
			d.ahead.Add(int64(access.StepUpMax/time.Second) + 1)
			d.setPerson("liv-at-issuer", livNumber, "s1")
			return d.offers(berit, &berit)
		}, fault.StepUp},
		"an eID that was proved before the request": {func(d *harness, _ access.Principal) error {
			d.setPerson("liv-at-issuer", livNumber, "s1")
			d.ahead.Add(60)
			fresh := d.session(beritAccount, beritCustomer)
			return d.offers(fresh, &fresh)
		}, fault.EIDRefused},
		"the request of a thief, finished in the victim's session": {func(d *harness, berit access.Principal) error {
			d.setPerson("liv-at-issuer", livNumber, "s1")
			thief := d.session("0196a000-0000-7000-8000-000000000501", "0196a000-0000-7000-8000-000000000001")
			return d.offers(thief, &berit)
		}, fault.EIDRefused},
		"an answer without a session": {func(d *harness, berit access.Principal) error {
			d.setPerson("liv-at-issuer", livNumber, "s1")
			return d.offers(berit, nil)
		}, fault.EIDRefused},
		"an eID that opens an account with a password": {func(d *harness, berit access.Principal) error {
			d.setPerson("kari-at-issuer", kariNumber, "s1")
			return d.offers(berit, &berit)
		}, fault.EIDTaken},
		"an eID with another number than the account's": {func(d *harness, _ access.Principal) error {
			kari := d.session("0196a000-0000-7000-8000-000000000501", "0196a000-0000-7000-8000-000000000001")
			d.setPerson("liv-at-issuer", livNumber, "s1")
			return d.offers(kari, &kari)
		}, fault.EIDTaken},
		"another session's offer": {func(d *harness, berit access.Principal) error {
			d.setPerson("liv-at-issuer", livNumber, "s1")
			if err := d.offers(berit, &berit); err != nil {
				return err
			}
			return d.ConfirmLink(context.Background(), d.session(beritAccount, beritCustomer))
		}, fault.SignedOut},
		"an account that got a password meanwhile": {func(d *harness, berit access.Principal) error {
			d.setPerson("liv-at-issuer", livNumber, "s1")
			other := d.signIn()
			if err := d.offers(berit, &berit); err != nil {
				return err
			}
			d.run("update account set password_hash = 'x' where id = '" + string(other.Account.ID) + "'")
			return d.ConfirmLink(context.Background(), berit)
		}, fault.EIDTaken},
		"a session that ended meanwhile": {func(d *harness, berit access.Principal) error {
			d.setPerson("liv-at-issuer", livNumber, "s1")
			if err := d.offers(berit, &berit); err != nil {
				return err
			}
			d.run("delete from session")
			return d.ConfirmLink(context.Background(), berit)
		}, fault.EIDRefused},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			berit := d.registered()
			if err := attack.do(d, berit); err == nil || fault.CodeOf(err) != attack.want {
				t.Errorf("got %v, want %s", err, attack.want)
			}
			if n := d.count("select count(*) from identity where account_id = '" + beritAccount + "'"); n != 0 {
				t.Errorf("%d eIDs were connected", n)
			}
			if n := d.count("select count(*) from account_event where kind in ('joined', 'eid.connected')"); n != 0 {
				t.Errorf("%d accounts were joined", n)
			}
		})
	}
}

// Parallel confirmations merge the accounts once.
func TestEIDIsConnectedOnce(t *testing.T) {
	d := open(t)
	d.setPerson("liv-at-issuer", livNumber, "s1")
	d.signIn()
	berit := d.registered()
	d.setPerson("liv-at-issuer", livNumber, "s2")
	if err := d.offers(berit, &berit); err != nil {
		t.Fatal(err)
	}
	var done atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if d.ConfirmLink(context.Background(), berit) == nil {
				done.Add(1)
			}
		})
	}
	all.Wait()
	if n := d.count("select count(*) from account_event where kind = 'joined'"); done.Load() != 1 || n != 1 {
		t.Errorf("%d succeeded, %d were joined, want 1 and 1", done.Load(), n)
	}
}
