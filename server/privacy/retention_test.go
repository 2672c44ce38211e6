package privacy_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/server/passage"
	"bompass/server/privacy"
	"bompass/server/store/privacydb"
	"bompass/shared/fixture"
)

// archive is a database with the demo data, a clock that a test sets, and the log.
type archive struct {
	t    *testing.T
	conn *pgx.Conn
	keep *privacy.Pruner
	at   time.Time
	log  bytes.Buffer
}

func open(t *testing.T) *archive {
	t.Helper()
	a := &archive{t: t, at: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	db, dsn := pgtest.Demo(t)
	var err error
	if a.conn, err = pgx.Connect(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.conn.Close(t.Context()) })
	a.keep = privacy.NewPruner(privacydb.New(db), func() time.Time { return a.at }, slog.New(slog.NewTextHandler(&a.log, nil)))
	return a
}

func (a *archive) do(statement string, args ...any) {
	a.t.Helper()
	if _, err := a.conn.Exec(a.t.Context(), statement, args...); err != nil {
		a.t.Fatalf("%s: %v", statement, err)
	}
}

func (a *archive) count(query string, args ...any) (n int) {
	a.t.Helper()
	if err := a.conn.QueryRow(a.t.Context(), query, args...).Scan(&n); err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (a *archive) round() map[privacy.Category]int {
	a.t.Helper()
	gone, err := a.keep.Prune(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	return gone
}

// passed adds a passage of Kari with a charge of 31 kroner that was corrected once.
func (a *archive) passed(at time.Time) {
	a.t.Helper()
	a.do(`with p as (insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, vehicle_id, customer_id, matched_by)
			values (gen_random_uuid(), 'oslo-301', 1, 1, 1, $1, $1, 'in', '', 'NO', 'EB12345', $2, $3, 'plate') returning id)
		insert into charge (passage_id, revision, posted_at, list, net, amount, tariff, steps, digest, customer_id)
		select id, r, $1::timestamptz, 3100, 3100, case r when 1 then 3100 else 0 end, 'oslo', '[{"rule":"list"}]', 7, $3 from p, generate_series(1, 2) r`,
		at, string(fixture.KariPetrol), string(fixture.Kari))
}

// Place, time and vehicle of a passage are deleted after 400 days. Its charge is kept as accounting material until five
// years after the end of its year, and then deleted, so that an erasure that waits for it can be carried out.
func TestPassagesAndChargesAreDeletedInTime(t *testing.T) {
	a := open(t)
	if privacy.PassageRetention < passage.AgeMax {
		t.Error("a passage is deleted while a late reading may still change it")
	}
	driven := time.Date(2026, 11, 20, 7, 12, 0, 0, time.UTC)
	a.passed(driven)
	a.at = driven.Add(privacy.PassageRetention)
	if gone := a.round(); gone[privacy.Passages] != 0 {
		t.Errorf("on the last day: %v", gone)
	}
	a.at = a.at.Add(time.Minute)
	if gone := a.round(); gone[privacy.Passages] != 1 || gone[privacy.Charges] != 0 {
		t.Errorf("a minute later: %v", gone)
	}
	for what, query := range map[string]string{
		"where and in what": "select count(*) from passage where station <> '' or plate <> '' or vehicle_id is not null or country <> ''",
		"the instant":       "select count(*) from passage where passed_at <> '2026-11-01 00:00+01'",
		"the steps":         "select count(*) from charge where steps::text <> '[]'",
		"what it was":       "select count(*) from passage_was",
	} {
		if n := a.count(query); n != 0 {
			t.Errorf("%s is still known %d times", what, n)
		}
	}
	if n := a.count("select coalesce(sum(c.amount), 0) from charge c join passage p on p.id = c.passage_id where p.customer_id = $1", string(fixture.Kari)); n != 3100 {
		t.Errorf("the accounts have %d øre, want 3100", n)
	}
	a.at = time.Date(2031, 12, 31, 22, 59, 0, 0, time.UTC) // a minute before the year 2032 in Oslo
	if gone := a.round(); gone[privacy.Charges] != 0 {
		t.Errorf("in the fifth year: %v", gone)
	}
	a.at = a.at.Add(2 * time.Minute)
	if gone := a.round(); gone[privacy.Charges] != 1 || a.count("select count(*) from passage") != 0 || a.count("select count(*) from charge") != 0 {
		t.Errorf("after it: %v", gone)
	}
	if log := a.log.String(); !strings.Contains(log, "category=charges count=1") || strings.Contains(log, "EB12345") || strings.Contains(log, "oslo-301") {
		t.Errorf("the log says %s", log)
	}
	if gone := a.round(); len(a.log.String()) == 0 || gone[privacy.Charges] != 0 {
		t.Errorf("again: %v", gone)
	}
}

// Every category is deleted when its retention has ended, and not before.
func TestEveryCategoryIsDeletedAfterItsRetention(t *testing.T) {
	const account = "0196a000-0000-7000-8000-0000000009c1"
	for _, c := range []struct {
		what   privacy.Category
		kept   time.Duration
		insert string // a row whose time ends at $1
		table  string
	}{
		{privacy.History, privacy.HistoryRetention, "insert into account_event (account_id, kind, at) values ('" + account + "', 'signed.in', $1)", "account_event"},
		{privacy.Messages, privacy.MessageRetention, "insert into outbox (id, channel, kind, sent_at) values (gen_random_uuid(), 'mail', 'reset', $1)", "outbox"},
		{privacy.Messages, privacy.MessageRetention, "insert into outbox (id, channel, kind, given_up_at) values (gen_random_uuid(), 'mail', 'reset', $1)", "outbox"},
		{privacy.Links, privacy.LinkRetention, "insert into link (token_hash, purpose, until) values ('x', 'email', $1)", "link"},
		{privacy.Invitations, privacy.InvitationRetention, "insert into invitation (id, customer_id, email, role, invited_at, ends_at) values (gen_random_uuid(), '" + string(fixture.Kari) + "', 'a@b.example', 'auditor', $1, $1)", "invitation"},
		{privacy.Quarantine, privacy.QuarantineRetention, "insert into quarantine (message_key, code, params, observation, station, received_at, resolved_at) values ('k', 'c', '{}', '{}', 's', $1, $1)", "quarantine"},
		{privacy.LostFactorClaims, privacy.LostFactorClaimRetention, "insert into lost_factor (id, account_id, code_hash, asked_at, opens_at, ends_at) values (gen_random_uuid(), '" + account + "', '', $1, $1, $1)", "lost_factor"},
		{privacy.Throttles, privacy.ThrottleRetention, "insert into throttle values ('k', 1, $1)", "throttle"},
		{privacy.Sessions, 0, "insert into session (token_hash, account_id, customer_id, began_at, seen_at, until) values ('x', '" + account + "', '" + string(fixture.Kari) + "', $1, $1, $1)", "session"},
		{privacy.PendingLogins, privacy.ExpiredRetention, "insert into login_step (token_hash, account_id, until) values ('x', '" + account + "', $1)", "login_step"},
		{privacy.AuthRequests, privacy.ExpiredRetention, "insert into eid_journey values ('x', 'x', 'no', '', '', $1)", "eid_journey"},
		{privacy.Ceremonies, privacy.ExpiredRetention, "insert into ceremony values ('x', 'x', $1)", "ceremony"},
		{privacy.Ceremonies, privacy.ExpiredRetention, "insert into request_key (principal, operation, key, hash, reply, until) values ('p', 'o', 'k', 'h', '', $1)", "request_key"},
		{privacy.ContactCodes, privacy.ExpiredRetention, "insert into contact_code (account_id, channel, code_hash, until) values ('" + account + "', 'email', 'x', $1)", "contact_code"},
	} {
		a := open(t)
		a.do("insert into account (id, email, person, language, password_hash) values ($1, 'a@b.example', 'A B', 'nb', '')", account)
		over := a.at
		a.do(c.insert, over)
		a.at = over.Add(c.kept)
		if gone := a.round(); gone[c.what] != 0 || a.count("select count(*) from "+c.table) != 1 {
			t.Errorf("%s: gone before its time: %v", c.what, gone)
		}
		a.at = a.at.Add(time.Second)
		if gone := a.round(); gone[c.what] != 1 || a.count("select count(*) from "+c.table) != 0 {
			t.Errorf("%s: kept after its time: %v", c.what, gone)
		}
		if !strings.Contains(a.log.String(), string(c.what)) {
			t.Errorf("%s: nothing was logged", c.what)
		}
	}
}

// Messages and passages that are still to be sent or resolved are never deleted.
func TestUnfinishedWorkIsNotPruned(t *testing.T) {
	a := open(t)
	a.do("insert into outbox (id, channel, kind) values (gen_random_uuid(), 'mail', 'reset')")
	a.do("insert into quarantine (message_key, code, params, observation, station, received_at) values ('k', 'c', '{}', '{}', 's', '2020-01-01')")
	a.round()
	if a.count("select count(*) from outbox") != 1 || a.count("select count(*) from quarantine") != 1 {
		t.Error("unfinished work was deleted")
	}
}

// A case of customer service is deleted with its messages when three years have passed after the year of its last message.
func TestCasesAreDeletedInTime(t *testing.T) {
	const account = "0196a000-0000-7000-8000-0000000009c1"
	a := open(t)
	a.do("insert into account (id, email, person, language, password_hash) values ($1, 'a@b.example', 'A B', 'nb', '')", account)
	a.do(`with c as (insert into support_case (customer_id, account_id, once, charger, topic, title, state, opened_at, changed_at)
			values ($1, $2, gen_random_uuid(), 'ferde', 'general', 't', 'solved', '2026-03-01', '2026-05-05') returning id)
		insert into support_message (case_id, account_id, act, text, once, written_at) select id, $2, 'write', 'x', gen_random_uuid(), '2026-03-01' from c`, string(fixture.Kari), account)
	a.at = time.Date(2029, 12, 31, 22, 59, 0, 0, time.UTC) // a minute before the year 2030 in Oslo
	if gone := a.round(); gone[privacy.Cases] != 0 {
		t.Errorf("in the third year: %v", gone)
	}
	a.at = a.at.Add(2 * time.Minute)
	if gone := a.round(); gone[privacy.Cases] != 1 || a.count("select count(*) from support_message") != 0 {
		t.Errorf("after it: %v", gone)
	}
}
