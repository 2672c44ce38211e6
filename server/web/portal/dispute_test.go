package portal_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"bompass/server/dispute"
	"bompass/server/internal/pgtest"
	"bompass/server/store/disputedb"
	"bompass/server/web/webtest"
	rules "bompass/shared/dispute"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

const firstPassage = "0196d000-0000-7000-8000-000000000001"

// What is stored decides some complaints at once, and takes the passage back if the customer is right. The others wait, and the
// customer sees how far they have come. A passage has one complaint.
func TestComplaintIsDecidedOrWaits(t *testing.T) {
	h := webtest.New(t, webtest.WithReading(t))
	addPassages(t, h, 4)
	pgtest.Exec(t, h.DB, "update passage set passed_at = (select passed_at from passage where sequence = 1) + interval '40 seconds' where sequence = 2")
	kari := h.SignIn(webtest.Kari)
	about := func(n string) string { return "/passages/dispute?passage=" + firstPassage[:35] + n }
	send := func(n, reason string) webtest.Page {
		t.Helper()
		return kari.SubmitFormAt("/passages/dispute", about(n), url.Values{"passage": {firstPassage[:35] + n}, "reason": {reason}, "said": {"<b>Hei</b>"}})
	}
	form := kari.Get(about("1"))
	for _, want := range []string{"Noe som ikke stemmer?", "E18 Frognerstranda", "23,20\u00a0kr", "Det var ikke mitt kjøretøy", "Jeg har betalt to ganger", "Brikken ble ikke lest"} {
		if !strings.Contains(form.Body, want) {
			t.Errorf("the form does not say %q", want)
		}
	}
	if p := send("1", ""); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.Body, "&lt;b&gt;Hei") {
		t.Errorf("without a reason: %d %.300s", p.StatusCode, p.Body)
	}
	for _, c := range []struct{ n, reason, want string }{
		{"1", "twice", "Du fikk medhold"}, {"2", "twice", "ikke registrert mer enn én gang"}, {"3", "twice", "ikke registrert mer enn én gang"}, {"4", "class", "Under behandling"}, {"4", "twice", "Under behandling"},
	} {
		p := send(c.n, c.reason)
		if p.StatusCode != http.StatusSeeOther && p.StatusCode != http.StatusOK {
			t.Fatalf("%+v: %d %s", c, p.StatusCode, p.Body)
		}
		if shown := kari.Get(about(c.n)); !strings.Contains(shown.Body, c.want) || strings.Contains(shown.Body, `id="send"`) {
			t.Errorf("%+v: %s", c, shown.Body)
		}
	}
	if n := pgtest.One[int](t, h.DB, "select count(*)::int from passage_correction k join review r using (passage_id) where k.withdrawn and k.passage_id = $1", firstPassage); n != 1 {
		t.Errorf("%d passages are taken back, want the first", n)
	}
	if all := kari.Get("/passages/dispute").Body; strings.Count(all, "<article") != 4 {
		t.Errorf("the list: %s", all)
	}
	if other := h.SignIn("olav@bompass.example").Get(about("1")); other.StatusCode != http.StatusNotFound {
		t.Errorf("another customer: %d", other.StatusCode)
	}
}

// Of two passages that are one, only one is taken back when both are complained about at once.
func TestDoublePassageIsTakenBackOnce(t *testing.T) {
	h := webtest.New(t)
	addPassages(t, h, 2)
	pgtest.Exec(t, h.DB, "update passage set passed_at = (select passed_at from passage where sequence = 1) + interval '40 seconds' where sequence = 2")
	for _, err := range pgtest.Race(t, h.DB, 2, func(n int) error {
		d := dispute.Dispute{Passage: toll.PassageID(firstPassage[:35] + strconv.Itoa(1+n)), Customer: fixture.Kari, Reason: rules.Twice, At: h.Now()}
		_, err := disputedb.New(h.DB).Add(t.Context(), d, time.Hour, func(p dispute.Stored) rules.Decision {
			time.Sleep(300 * time.Millisecond) // long enough for the other to look, if it may
			if len(p.Around) == 1 {
				return rules.Decision{State: rules.Upheld, Why: rules.WhyDouble}
			}
			return rules.Decision{State: rules.Rejected, Why: rules.WhyOnce}
		})
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	for _, state := range []string{"upheld", "rejected"} {
		if got := pgtest.One[int](t, h.DB, "select count(*)::int from dispute where state = $1", state); got != 1 {
			t.Errorf("%d are %s, want 1", got, state)
		}
	}
}
