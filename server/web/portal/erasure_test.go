package portal_test

import (
	"strings"
	"testing"
	"time"

	"bompass/server/notice"
	"bompass/server/privacy"
	"bompass/server/store/privacydb"
	"bompass/server/web/webtest"
	"bompass/shared/api"
)

// A person is erased some days after asking, unless an agreement in force, a retained passage or a company prevents
// it.
func TestErasureWaitsForHolds(t *testing.T) {
	h := webtest.New(t)
	eraser := privacy.NewEraser(privacydb.New(h.DB), notice.NewWriter(h.Keys, h.URL, h.Now), h.Now, webtest.Discard())
	const gone = "berit@bompass.example"
	berit, held, owner := h.RegisterPerson(gone, "Berit Aas"), h.SignIn(webtest.Kari), h.SignIn("nils@fjordfrakt.example")
	for _, v := range []*webtest.Visitor{berit, held, owner} {
		webtest.Call(v, api.Erase, api.ErasureRequest{}, "")
	}
	h.RegisterPerson("vidar@bompass.example", "Vidar Moe")
	h.LastMessage(gone)
	for _, c := range []struct {
		wait time.Duration
		want int
	}{{0, 0}, {privacy.EraseAfter + time.Minute, 1}} {
		h.Advance(c.wait)
		if n, err := eraser.EraseDue(t.Context()); n != c.want || err != nil {
			t.Fatalf("after %s: erased %d, %v, want %d", c.wait, n, err, c.want)
		}
	}
	for _, email := range []string{webtest.Kari, "nils@fjordfrakt.example", "vidar@bompass.example"} {
		if h.QueryText("select count(*)::text from account where email = '"+email+"'") != "1" {
			t.Errorf("%s was erased", email)
		}
	}
	for table, query := range map[string]string{
		"account": "select count(*)::text from account where email = '" + gone + "'", "customer": "select count(*)::text from customer where name = 'Berit Aas' or email = '" + gone + "'",
		"history": "select count(*)::text from account_event e where not exists (select from account a where a.id = e.account_id)",
	} {
		if got := h.QueryText(query); got != "0" {
			t.Errorf("%s: %s rows are left", table, got)
		}
	}
	if last := h.LastMessage(gone); !strings.Contains(last.Subject, "slettet") || strings.Contains(last.Text, "Berit") {
		t.Errorf("the last message: %+v", last)
	}
	if n, err := eraser.EraseDue(t.Context()); n != 0 || err != nil {
		t.Errorf("again: erased %d, %v", n, err)
	}
}

// Passages are retained for the accounts. The erasure is completed when the last of them may be deleted.
func TestErasureEndsWithLastHold(t *testing.T) {
	h := webtest.New(t)
	eraser := privacy.NewEraser(privacydb.New(h.DB), notice.NewWriter(h.Keys, h.URL, h.Now), h.Now, webtest.Discard())
	keeper := privacy.NewPruner(privacydb.New(h.DB), h.Now, webtest.Discard())
	const gone = "berit@bompass.example"
	berit := h.RegisterPerson(gone, "Berit Aas")
	customer := webtest.Call(berit, api.Me, api.Empty{}, "").Customer
	h.Exec(`insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, customer_id, matched_by)
		values (gen_random_uuid(), 'oslo-104', 1, 1, 1, now(), now(), '', '', 'NO', 'DP45821', '` + string(customer) + `', 'plate')`)
	webtest.Call(berit, api.Erase, api.ErasureRequest{}, "")
	for _, c := range []struct {
		name string
		wait time.Duration
		want int
	}{
		{"after the waiting period", privacy.EraseAfter + time.Hour, 0},
		{"after the place of the passage was deleted", privacy.PassageRetention, 0},
		{"after five more years", 5 * 366 * 24 * time.Hour, 1},
	} {
		h.Advance(c.wait)
		if _, err := keeper.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := eraser.EraseDue(t.Context()); n != c.want || err != nil {
			t.Fatalf("%s: erased %d, %v, want %d", c.name, n, err, c.want)
		}
	}
}
