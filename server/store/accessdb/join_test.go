package accessdb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/access"
	"bompass/server/eid"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/inventory"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// twins is a database with two accounts of one person. The first one has a session.
type twins struct {
	*accessdb.Store
	t           *testing.T
	db          *store.DB
	keep, other toll.AccountID
}

func openTwins(t *testing.T) *twins {
	t.Helper()
	w := &twins{t: t, db: pgtest.New(t)}
	w.Store = accessdb.New(w.db)
	w.keep, _ = pgtest.AddPerson(t, w.db, 1)
	w.other, _ = pgtest.AddPerson(t, w.db, 2)
	w.session("session", w.keep, pgtest.CustomerID(1), noon)
	return w
}

func (w *twins) session(token string, account toll.AccountID, customer toll.CustomerID, began time.Time) {
	w.t.Helper()
	h := hash(token)
	pgtest.Exec(w.t, w.db, "insert into session (token_hash, account_id, customer_id, began_at, seen_at, until) values ($1, $2, $3, $4, $4, $5)",
		h[:], string(account), string(customer), began, noon.Add(time.Hour))
}

// request returns a request to join the other account to the first one.
func (w *twins) request() eid.Join {
	return eid.Join{Keep: w.keep, Other: w.other, Issuer: "https://issuer.example", Subject: "s", At: noon, Session: hash("session")}
}

func (w *twins) join(j eid.Join) {
	w.t.Helper()
	if joined, err := w.Join(w.t.Context(), j); !joined || err != nil {
		w.t.Fatalf("joined %t, %v", joined, err)
	}
}

// right is what an account may do for a customer: its columns, or nothing.
type right struct{ name, columns string }

// Every right that either account had is the joined account's, and of two for one customer ownership, or else the one
// that lasts longer. All pairs are tried.
func TestJoinedAccountHasTheBetterOfTwoRights(t *testing.T) {
	w := openTwins(t)
	rights := []right{ // from the weakest to the strongest
		{"none", ""},
		{"ended", "'administrator', false, '2026-01-01Z'"},
		{"ending", "'driver', false, '2027-01-01Z'"},
		{"mandate", "'administrator', true, null"},
		{"granted", "'auditor', false, null"},
		{"owner", "'owner', false, null"},
	}
	want, n := map[string]string{}, 10
	for i, first := range rights {
		for k, second := range rights {
			if i == k && first.name == "owner" {
				continue
			}
			customer := pgtest.AddCustomer(t, w.db, n, toll.Company)
			for account, r := range map[toll.AccountID]right{w.keep: first, w.other: second} {
				if r.columns != "" {
					pgtest.Exec(t, w.db, "insert into account_party (account_id, customer_id, role, by_mandate, until) values ($1, $2, "+r.columns+")",
						string(account), string(customer))
				}
			}
			better := first
			if k > i && (first.name != "mandate" || second.name != "granted") { // neither ends: that of the account that stays
				better = second
			}
			want[string(customer)] = better.columns
			n++
		}
	}
	w.join(w.request())
	got := map[string]string{}
	for customer := range want {
		got[customer] = pgtest.One[string](t, w.db, `select coalesce(string_agg(concat_ws(', ', quote_literal(role), by_mandate,
				coalesce('''' || to_char(until at time zone 'UTC', 'YYYY-MM-DD') || 'Z''', 'null')), '; '), '') from account_party where customer_id = $1`, customer)
		got[customer] = strings.NewReplacer(", f,", ", false,", ", t,", ", true,").Replace(got[customer])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
}

// After a join no row of any table refers to the account that is gone: the inventory says for each what becomes of it.
func TestJoinLeavesNoRowOfTheOtherAccount(t *testing.T) {
	w := openTwins(t)
	agreement, other := pgtest.AddAgreement(t, w.db, 1, pgtest.CustomerID(2)), string(w.other)
	for _, statement := range []string{
		"insert into outbox (id, channel, kind, account_id) values (gen_random_uuid(), 'mail', 'reset', '" + other + "')",
		"insert into link (token_hash, purpose, account_id, until) values ('l', 'password', '" + other + "', now())",
		"insert into invitation (id, customer_id, email, role, invited_by, invited_at, ends_at) values (gen_random_uuid(), '" + string(pgtest.CustomerID(2)) + "', 'a@b.example', 'driver', '" + other + "', now(), now())",
		"insert into profile (account_id, mobile, mobile_confirmed_at) values ('" + other + "', '+4790000001', now())",
		"insert into consent (account_id, kind, version, given, at) values ('" + other + "', 'privacy', 1, true, now())",
		"insert into account_event (account_id, kind, at) values ('" + other + "', 'signed.in', now())",
		"insert into identity (issuer, subject, account_id) values ('https://issuer.example', 's', '" + other + "')",
		"insert into passkey (id, account_id, name, credential, added_at) values ('p', '" + other + "', '', '', now())",
		"insert into recovery_code (code_hash, account_id) values ('r', '" + other + "')",
		"insert into factor_guard (account_id, fails) values ('" + other + "', 3)",
		"insert into mandate_asked (account_id, asked_at) values ('" + other + "', now())",
		"insert into mandate (account_id, number, name) values ('" + other + "', '974760673', 'N')",
		"insert into agreement_begun (draft_id, agreement_id, account_id, at) values (gen_random_uuid(), '" + string(agreement) + "', '" + other + "', now())",
		"insert into draft (id, account_id, customer_id, form, key, sealed, saved_at) values (gen_random_uuid(), '" + other + "', '" + string(pgtest.CustomerID(2)) + "', 'agreement', 'k', 'x', now())",
		"insert into legacy_credential (number, agreement, key, sealed, imported_at, used_by, used_at) values ('1', '7000001', 'k', 'x', now(), '" + other + "', now())",
		"insert into login_step (token_hash, account_id, until) values ('s', '" + other + "', now())",
		"insert into text_factor (account_id, mobile, added_at) values ('" + other + "', '+4790000001', now())",
		"insert into contact_code (account_id, channel, code_hash, until) values ('" + other + "', 'email', 'x', now())",
		"insert into fleet_import (id, customer_id, account_id, at, name) values (gen_random_uuid(), '" + string(pgtest.CustomerID(2)) + "', '" + other + "', now(), 'f.csv')",
		`with p as (insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, matched_by)
				values (gen_random_uuid(), 'oslo-201', 1, 1, 1, now(), now(), 'in', '', 'NO', 'DP45821', 'plate') returning id)
			insert into dispute (passage_id, customer_id, account_id, reason, said, at, amount, state, why) select id, '` + string(pgtest.CustomerID(2)) + "', '" + other + "', 'class', '', now(), 0, 'open', 'person' from p",
		"insert into card_payment (account_id, amount, terms, state, started_at, until, asked_at) values ('" + other + "', 100, 1, 'paid', now(), now(), now())",
		`with c as (insert into support_case (customer_id, account_id, once, charger, topic, title, opened_at, changed_at, answer_by)
				values ('` + string(pgtest.CustomerID(2)) + "', '" + other + `', gen_random_uuid(), 'ferde', 'general', 't', now(), now(), now()) returning id)
			insert into support_message (case_id, account_id, act, text, once, written_at) select id, '` + other + "', 'write', 'x', gen_random_uuid(), now() from c",
		`insert into fleet_event (key, agreement_id, account_id, at, effective_at, kind, reason, status_before, status_after, kept, ended, ordered, returned, from_net, to_net)
			values (gen_random_uuid(), '` + string(agreement) + "', '" + other + "', now(), now(), 'hold', '', 'active', 'on-hold', false, false, false, 0, 0, 0)",
	} {
		pgtest.Exec(t, w.db, statement)
	}
	w.session("of the other", w.other, pgtest.CustomerID(2), noon)
	j := w.request()
	w.join(j)
	columns := 0
	for _, table := range inventory.Tables() {
		for _, column := range table.Accounts {
			columns++
			if n := pgtest.One[int](t, w.db, fmt.Sprintf("select count(*) from %s where %s = $1", table.Name, column), other); n != 0 {
				t.Errorf("%d rows of %s refer to the account that is gone", n, table.Name)
			}
			moves := table.Join.Move || table.Name == "identity"
			if n := pgtest.One[int](t, w.db, fmt.Sprintf("select count(*) from %s where %s = $1", table.Name, column), string(w.keep)); moves && n == 0 && table.Name != "account_number" {
				t.Errorf("the rows of %s were lost", table.Name)
			}
		}
	}
	if columns < 15 {
		t.Errorf("the inventory has %d columns of accounts", columns)
	}
	if mobile := pgtest.One[string](t, w.db, "select mobile from profile where account_id = $1 and mobile_confirmed_at is not null", string(w.keep)); mobile != "+4790000001" {
		t.Errorf("the confirmed number is %q", mobile)
	}
}

// The empty customer that each account began with goes, one that has something stays, and one is always left. Sessions
// for a customer that goes continue for another.
func TestJoinKeepsCustomersThatHaveSomething(t *testing.T) {
	for name, c := range map[string]struct {
		agreements []int // of which person's customer
		left       []int
		session    int // customer of the session afterwards
	}{
		"neither has one":   {nil, []int{1}, 1},
		"the first has one": {[]int{1}, []int{1}, 1},
		"the other has one": {[]int{2}, []int{2}, 2},
		"both have one":     {[]int{1, 2}, []int{1, 2}, 1},
	} {
		w := openTwins(t)
		for _, n := range c.agreements {
			pgtest.AddAgreement(t, w.db, n, pgtest.CustomerID(n))
		}
		w.join(w.request())
		var left []int
		for n := 1; n <= 2; n++ {
			if pgtest.One[bool](t, w.db, `select exists (select from customer where id = $1)
					and exists (select from account_party where customer_id = $1 and account_id = $2 and role = 'owner')`, string(pgtest.CustomerID(n)), string(w.keep)) {
				left = append(left, n)
			}
		}
		if !slices.Equal(left, c.left) {
			t.Errorf("%s: customers %v are left, want %v", name, left, c.left)
		}
		if who, _, err := w.SessionPrincipal(t.Context(), hash("session"), noon, noon.Add(-time.Minute)); err != nil || who.Customer != pgtest.CustomerID(c.session) {
			t.Errorf("%s: the session acts for %s, %v", name, who.Customer, err)
		}
	}
}

// Two joins of the same accounts, each into the other, or both into the same, happen once, and nobody waits for ever.
func TestAccountsAreJoinedOnce(t *testing.T) {
	w := openTwins(t)
	w.session("of the other", w.other, pgtest.CustomerID(2), noon)
	forth, back := w.request(), w.request()
	back.Keep, back.Other, back.Session, back.Subject = w.other, w.keep, hash("of the other"), "s"
	joined := make([]bool, 6)
	for i, err := range pgtest.Race(t, w.db, len(joined), func(i int) (err error) {
		joined[i], err = w.Join(t.Context(), []eid.Join{forth, back}[i%2])
		return err
	}) {
		if err != nil {
			t.Errorf("join %d: %v", i, err)
		}
	}
	accounts := pgtest.One[int](t, w.db, "select count(*) from account")
	events := pgtest.One[int](t, w.db, "select count(*) from account_event where kind = $1", string(access.EventJoined))
	if n := len(slices.DeleteFunc(joined, func(ok bool) bool { return !ok })); n != 1 || accounts != 1 || events != 1 {
		t.Errorf("%d joins, %d accounts, %d events", n, accounts, events)
	}
}

// A join changes nothing when its session has ended, when the other account has a password by now, or when the eID is
// a third account's.
func TestJoinNeedsWhatItWasOfferedFor(t *testing.T) {
	w := openTwins(t)
	third, _ := pgtest.AddPerson(t, w.db, 3)
	for name, c := range map[string]struct{ before, after string }{
		"the session has ended":        {"update session set account_id = '" + string(third) + "'", "update session set account_id = '" + string(w.keep) + "'"},
		"the other has a password":     {"update account set password_hash = 'x' where id = '" + string(w.other) + "'", "update account set password_hash = ''"},
		"the eID is a third account's": {"insert into identity values ('https://issuer.example', 's', '" + string(third) + "')", "delete from identity"},
	} {
		pgtest.Exec(t, w.db, c.before)
		if joined, err := w.Join(t.Context(), w.request()); joined || err != nil {
			t.Errorf("%s: joined %t, %v", name, joined, err)
		}
		if n := pgtest.One[int](t, w.db, "select (select count(*) from account) + (select count(*) from account_party) + (select count(*) from account_event)"); n != 6 {
			t.Errorf("%s: something was changed", name)
		}
		pgtest.Exec(t, w.db, c.after)
	}
	w.join(w.request())
	if found, err := w.AccountByEID(t.Context(), "https://issuer.example", "s", eid.Number{}, noon); err != nil || found.ID != w.keep {
		t.Errorf("the eID opens %s, %v", found.ID, err)
	}
	if _, err := w.AccountByEID(t.Context(), "https://other.example", "s", eid.Number{}, noon); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the subject of another issuer: %v", err)
	}
}
