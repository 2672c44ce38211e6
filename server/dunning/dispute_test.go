package dunning_test

import (
	"testing"
	"time"

	"bompass/server/dispute"
	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store/disputedb"
	rules "bompass/shared/dispute"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// complain adds a complaint about the passages of so many lines of the invoice.
func complain(t *testing.T, r *pipelinetest.Rig, lines int, state rules.State) (amount money.Ore) {
	t.Helper()
	for n := range lines {
		id := pgtest.One[string](t, r.DB, "select passage_id::text from invoice_line where amount > 0 order by no desc offset $1 limit 1", n)
		net := money.Ore(pgtest.One[int64](t, r.DB, "select amount from invoice_line where passage_id = $1::uuid", id))
		d := dispute.Dispute{Passage: toll.PassageID(id), Customer: fixture.Kari, Reason: rules.Class, At: r.Now()}
		decide := func(dispute.Stored) rules.Decision { return rules.Decision{State: state, Why: rules.WhyPerson} }
		if _, err := disputedb.New(r.DB).Add(t.Context(), d, time.Hour, decide); err != nil {
			t.Fatal(err)
		}
		amount += net
	}
	return amount
}

// Nobody is reminded of what is disputed: a reminder asks for the rest, and there is none if too little is left. When the
// complaint is rejected, the whole is asked for.
func TestDisputedPartIsNotReminded(t *testing.T) {
	r := invoiced(t)
	outstanding := money.Ore(pgtest.One[int64](t, r.DB, "select outstanding(id) from invoice"))
	disputed := complain(t, r, 2, rules.Open)
	if got, err := remind(t, r, first); err != nil || got.Reminders != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if claimed := money.Ore(pgtest.One[int64](t, r.DB, "select claimed from invoice where kind = 'reminder'")); claimed != outstanding-disputed || disputed == 0 {
		t.Errorf("the reminder claims %s of %s, %s are disputed", claimed, outstanding, disputed)
	}
	books(t, r)

	all := invoiced(t)
	complain(t, all, pgtest.One[int](t, all.DB, "select count(*)::int from invoice_line where amount > 0"), rules.Open)
	if got, err := remind(t, all, first); err != nil || got.Reminders != 0 {
		t.Errorf("all is disputed: %+v, %v", got, err)
	}
	store := disputedb.New(all.DB)
	waiting, err := store.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range waiting {
		if done, err := store.Decide(t.Context(), d.Number, rules.Rejected, "no", false, all.Now()); err != nil || !done {
			t.Fatalf("%d: %v, %v", d.Number, done, err)
		}
		if done, err := store.Decide(t.Context(), d.Number, rules.Upheld, "yes", true, all.Now()); err != nil || done {
			t.Fatalf("%d is decided twice: %v, %v", d.Number, done, err)
		}
	}
	if got, err := remind(t, all, first); err != nil || got.Reminders != 1 {
		t.Errorf("all is rejected: %+v, %v", got, err)
	}
}

// What is upheld takes the charge of the passage back: it waits as a correction for the next invoice, and all sums agree.
func TestUpheldComplaintTakesTheChargeBack(t *testing.T) {
	r := invoiced(t)
	back := complain(t, r, 1, rules.Upheld)
	r.ApplyRegisterChanges() // moves the clock on, until reviews are done
	if left := money.Ore(pgtest.One[int64](t, r.DB, "select coalesce(sum(amount), 0)::bigint from unbilled")); left != -back || back == 0 {
		t.Errorf("%s wait for the next invoice, want %s", left, -back)
	}
	books(t, r)
}
