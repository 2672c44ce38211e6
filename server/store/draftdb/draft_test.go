package draftdb_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgerrcode"

	"bompass/server/access/seal"
	"bompass/server/draft"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
	"bompass/server/store/draftdb"
	"bompass/shared/toll"
)

// noon is the first instant of every test.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// answers are the contents of the drafts of this test.
type answers struct{ Lines []string }

// desk is a draft.Service on a real database with a clock that a test sets.
type desk struct {
	*draft.Service[answers]
	t  *testing.T
	db *store.DB
	at time.Time

	first sync.Once
}

func open(t *testing.T) *desk {
	t.Helper()
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: pgtest.New(t), at: noon}
	d.Service = draft.NewService[answers](draftdb.New(d.db), keys, func() time.Time { return d.at })
	return d
}

func (d *desk) do(sql string, args ...any) {
	d.t.Helper()
	if _, err := d.db.Pool.Exec(d.t.Context(), sql, args...); err != nil {
		d.t.Fatalf("%s: %v", sql, err)
	}
}

func (d *desk) count(condition string, args ...any) (n int) {
	d.t.Helper()
	if err := d.db.Pool.QueryRow(d.t.Context(), "select count(*) from draft where "+condition, args...).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

// key adds an account and a customer, and returns the key of a draft of theirs.
func (d *desk) key(n int) draft.Key {
	d.t.Helper()
	k := draft.Key{
		Account:  toll.AccountID(fmt.Sprintf("0196a000-0000-7000-8000-00000001%04d", n)),
		Customer: toll.CustomerID(fmt.Sprintf("0196a000-0000-7000-8000-00000002%04d", n)), Form: draft.Agreement,
	}
	d.do("insert into account (id, email, person, language, password_hash) values ($1, $2, '', 'nb', '')", string(k.Account), fmt.Sprintf("p%d@bompass.example", n))
	d.do("insert into customer (id, kind, name, email, country, language) values ($1, 'private', '', '', 'NO', 'nb')", string(k.Customer))
	return k
}

func add(line string) func(*answers) error {
	return func(a *answers) error { a.Lines = append(a.Lines, line); return nil }
}

func (d *desk) change(k draft.Key, line string) string {
	d.t.Helper()
	id, _, err := d.Change(d.t.Context(), k, add(line))
	if err != nil {
		d.t.Fatal(err)
	}
	return id
}

// Tabs that answer at the same instant, before there is a draft, share one draft that has every answer: the second
// change begins when the first one has ended.
func TestConcurrentChangesAreAllKept(t *testing.T) {
	d := open(t)
	k := d.key(1)
	const tabs = 6
	ids := make([]string, tabs)
	var all sync.WaitGroup
	inside := false
	for n := range tabs {
		all.Go(func() {
			var err error
			ids[n], _, err = d.Change(t.Context(), k, func(a *answers) error {
				if inside { // a race, too, unless changes run one after the other
					t.Error("two changes run at once")
				}
				inside = true
				defer func() { inside = false }()
				d.waitForOthers(tabs)
				return add(fmt.Sprint(n))(a)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	id, a, err := d.Load(t.Context(), k)
	if slices.Sort(a.Lines); err != nil || len(slices.Compact(a.Lines)) != tabs || d.count("true") != 1 {
		t.Errorf("kept %v in %d drafts, %v", a.Lines, d.count("true"), err)
	}
	if distinct := slices.Compact(append(ids, id)); len(distinct) != 1 {
		t.Errorf("the draft had the ids %v", distinct)
	}
}

// waitForOthers waits in the first change until every other one waits for its lock.
func (d *desk) waitForOthers(tabs int) {
	d.first.Do(func() {
		for n := -1; n < tabs-1 && !d.t.Failed(); time.Sleep(5 * time.Millisecond) {
			err := d.db.Pool.QueryRow(d.t.Context(), "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'").Scan(&n)
			if err != nil {
				d.t.Error(err)
				return
			}
		}
	})
}

// A draft belongs to one account, acting for one customer.
func TestDraftsOfOtherAccountsAndCustomersAreSeparate(t *testing.T) {
	d := open(t)
	kari, nils := d.key(1), d.key(2)
	company := draft.Key{Account: kari.Account, Customer: nils.Customer, Form: draft.Agreement}
	for n, k := range []draft.Key{kari, nils, company} {
		d.change(k, fmt.Sprint(n))
	}
	for n, k := range []draft.Key{kari, nils, company} {
		if _, a, err := d.Load(t.Context(), k); err != nil || !slices.Equal(a.Lines, []string{fmt.Sprint(n)}) {
			t.Errorf("draft %d has %v, %v", n, a.Lines, err)
		}
	}
}

// A draft can be read until MaxAge after its last change, and each change begins that time anew.
func TestDraftExpiresAfterItsLastChange(t *testing.T) {
	d := open(t)
	k := d.key(1)
	first := d.change(k, "first")
	d.at = d.at.Add(draft.MaxAge - time.Second)
	if id := d.change(k, "second"); id != first {
		t.Errorf("changed within its time, the draft %s became %s", first, id)
	}
	d.at = d.at.Add(draft.MaxAge - time.Second)
	if id, a, err := d.Load(t.Context(), k); err != nil || id != first || len(a.Lines) != 2 {
		t.Errorf("a second before its end: %q, %v, %v", id, a, err)
	}
	d.at = d.at.Add(time.Second)
	if id, a, err := d.Load(t.Context(), k); err != nil || id != "" || len(a.Lines) != 0 {
		t.Errorf("at its end: %q, %v, %v", id, a, err)
	}
}

// Answers that have expired do not come back, even while so many others have expired that a change deletes only some.
func TestExpiredAnswersDoNotComeBack(t *testing.T) {
	d := open(t)
	k := d.key(0)
	for n := 1; n <= store.SweepMax+5; n++ {
		d.change(d.key(n), "of another")
	}
	old := d.change(k, "old") // the last row of the table, which the deletion does not reach
	d.at = d.at.Add(draft.MaxAge)
	id := d.change(k, "new")
	if left := d.count("saved_at < $1", d.at); left == 0 || left > 6 {
		t.Errorf("%d expired drafts are left, want 5 and perhaps the person's own", left)
	}
	got, a, err := d.Load(t.Context(), k)
	if err != nil || id == old || got != id || !slices.Equal(a.Lines, []string{"new"}) {
		t.Errorf("draft %s after %s: %q with %v, %v", id, old, got, a.Lines, err)
	}
}

// A change that fails leaves the draft, and its time, as they were.
func TestFailedChangeLeavesTheDraft(t *testing.T) {
	d := open(t)
	k := d.key(1)
	refused := errors.New("refused")
	fail := func(a *answers) error { a.Lines = nil; return refused }
	if _, _, err := d.Change(t.Context(), k, fail); !errors.Is(err, refused) || d.count("true") != 0 {
		t.Errorf("the first change: %v, %d drafts", err, d.count("true"))
	}
	d.change(k, "kept")
	d.at = d.at.Add(time.Hour)
	if _, _, err := d.Change(t.Context(), k, fail); !errors.Is(err, refused) || d.count("saved_at = $1", noon) != 1 {
		t.Errorf("the second change: %v", err)
	}
	if _, a, err := d.Load(t.Context(), k); err != nil || !slices.Equal(a.Lines, []string{"kept"}) {
		t.Errorf("left %v, %v", a.Lines, err)
	}
}

// Every form can be stored. An unknown one is refused by the service and by the database.
func TestUnknownFormIsRefused(t *testing.T) {
	d := open(t)
	k := d.key(1)
	for _, form := range draft.Forms() {
		k.Form = form
		d.change(k, string(form))
	}
	stored := func(k draft.Key) error {
		return draftdb.New(d.db).ChangeDraft(t.Context(), k, time.Time{}, func(draft.Draft) (draft.Draft, error) {
			return draft.Draft{ID: "0196a000-0000-7000-8000-000000030001", Sealed: seal.Sealed{Key: "k", Data: []byte("x")}, Saved: d.at}, nil
		})
	}
	for _, form := range []draft.Form{"", "Agreement", "lottery"} {
		k.Form = form
		if _, _, err := d.Change(t.Context(), k, add("x")); err == nil {
			t.Errorf("the service changes a draft of form %q", form)
		}
		if _, _, err := d.Load(t.Context(), k); err == nil {
			t.Errorf("the service reads a draft of form %q", form)
		}
		if err := stored(k); !store.HasCode(err, pgerrcode.CheckViolation) {
			t.Errorf("the database stores form %q: %v", form, err)
		}
	}
	if n := d.count("true"); n != len(draft.Forms()) {
		t.Errorf("%d drafts are stored", n)
	}
}
