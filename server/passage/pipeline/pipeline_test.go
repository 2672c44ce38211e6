package pipeline_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bompass/server/internal/pipelinetest"
	"bompass/server/store"
	"bompass/server/store/passagedb"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

func TestBatchSentTwiceIsChargedOnce(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+20)
	for range 2 {
		if reply := r.Send(pipelinetest.NDJSON(driven...)); reply.Accepted != len(driven) || reply.RefusedN+reply.Quarantined != 0 {
			t.Fatalf("got %+v, want %d accepted", reply, len(driven))
		}
		r.Settle()
	}
	// The stream drops a batch it has just received. The same passages in another batch reach the workers.
	r.Send(pipelinetest.NDJSON(driven[1:]...))
	r.Settle()
	r.WantCharges(driven)
	for _, a := range r.Audit() {
		if a.Revisions != 1 {
			t.Errorf("passage %s was posted %d times", a.ID, a.Revisions)
		}
	}
}

// A late passage opens an earlier window, and a passage that was inside a window becomes chargeable.
func TestLatePassageChangesHourRuleWindow(t *testing.T) {
	monday := oslo.Date(2023, time.March, 6)
	r := pipelinetest.New(t, (monday + 3).Start())
	pass := func(n int64, hour, minute int) toll.Observation {
		return toll.Observation{
			Station: "oslo-301", Epoch: 3, Sequence: n, At: oslo.At(monday, hour, minute, 0), Direction: toll.Inbound, Country: "NO", Plate: "DP45821",
			Tag: fixture.Mounts()[0].Tag,
		}
	}
	first, late, inside := pass(1, 6, 45), pass(2, 6, 20), pass(3, 7, 30)
	r.Exec("update agreement set valid_from = '2023-01-01'; update mount set valid_from = '2023-01-01'; update vehicle_facts set valid_from = '2023-01-01'")
	r.Send(pipelinetest.NDJSON(first, inside))
	r.Settle()
	r.WantNet(map[toll.PassageID]money.Ore{first.ID(): 2800, inside.ID(): 0})
	r.Send(pipelinetest.NDJSON(late))
	r.Settle()
	r.WantNet(map[toll.PassageID]money.Ore{first.ID(): 2800, inside.ID(): 2800, late.ID(): 0})
	for _, a := range r.Audit() {
		if a.Posted != a.Net {
			t.Errorf("postings of %s sum to %v, but its charge is %v", a.ID, a.Posted, a.Net)
		}
	}
	page, err := r.Service().List(t.Context(), fixture.Kari, api.PassageListRequest{From: monday, To: monday}, r.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range page.Lines {
		if want := l.ID == inside.ID(); l.Corrected != want { // the first one's reasons have changed, not its charge
			t.Errorf("passage %s is marked as corrected: %v, want %v", l.ID, l.Corrected, want)
		}
		if sum := rating.Sum(l.Steps); sum != l.Net {
			t.Errorf("steps of %s sum to %v, charged is %v", l.ID, sum, l.Net)
		}
	}
	if page.Total != 5600 || page.Count != 3 {
		t.Errorf("got %d passages for %v, want 3 for 56.00", page.Count, page.Total)
	}
}

func TestPassageThatCannotBeRatedIsQuarantined(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	base := toll.Observation{Station: "oslo-301", Epoch: 4, At: r.Now().Add(-time.Hour), Country: "NO", Plate: "DP45821"}
	vary := func(n int64, change func(*toll.Observation)) toll.Observation {
		o := base
		o.Sequence = n
		change(&o)
		return o
	}
	body := pipelinetest.NDJSON(
		vary(1, func(o *toll.Observation) { o.Station = "oslo-999" }),
		vary(2, func(o *toll.Observation) { o.At = r.Now().Add(5*time.Minute + time.Second) }),
		vary(3, func(o *toll.Observation) { o.At = r.Now().Add(-400*24*time.Hour - time.Second) }),
		vary(4, func(o *toll.Observation) { o.At = r.Now().Add(5 * time.Minute) }),
	)
	for range 2 { // sent again, it still waits once
		if reply := r.Send(body); reply.Quarantined != 3 || reply.Accepted != 1 {
			t.Errorf("got %+v, want 3 quarantined and 1 accepted", reply)
		}
		r.Settle()
		body = append(body, '\n', '\n')
	}
	waiting, err := r.Store.QuarantineList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, w := range waiting {
		got[w.MessageKey] = w.Code
		if !strings.Contains(string(w.Observation), "DP45821") {
			t.Errorf("the observation of %s is not stored: %s", w.MessageKey, w.Observation)
		}
	}
	want := map[string]string{
		"oslo-999/0/4/1": string(fault.StationUnknown), "oslo-301/0/4/2": string(fault.PassageFuture), "oslo-301/0/4/3": string(fault.PassageTooOld),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// When two servers process one partition, each detects that the other has written and reads the sets again.
func TestTwoServersNeverChargeTwice(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	r.Start(r.Plan)
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+20)
	dice := rand.New(rand.NewPCG(1, 2))
	mixed := slices.Clone(driven)
	dice.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	for part := range slices.Chunk(mixed, 25) {
		r.Send(pipelinetest.NDJSON(part...))
	}
	r.Settle()
	r.WantCharges(driven)
}

// A passage in the wrong partition, because intake had an old register, is forwarded; the same passage in all
// partitions is one passage.
func TestPassageInWrongPartitionIsForwarded(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+3)
	js, err := jetstream.New(r.Conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"passage.0", "passage.1", "passage.2", "passage.3"} {
		msg := nats.NewMsg(subject)
		msg.Data = pipelinetest.NDJSON(driven...)
		msg.Header.Set("Received", "1762000000000")
		if _, err := js.PublishMsg(t.Context(), msg); err != nil { // it is in the stream
			t.Fatal(err)
		}
	}
	r.Settle()
	r.WantCharges(driven)
}

const shortScheme = `
scheme   test "A test"
charger  test "Test"
clock    Europe/Oslo
station test-1 1 "Teststedet" both hour ring price ring
version 2025-01-01 END
  source "A test, valid from 2025-01-01"
  heavy-cars light
  hour-rule none
  missing motorcycle
  price ring light petrol   base 25
  as light plug-in      pays light petrol
  as light diesel       pays light petrol
  as light electric     pays light petrol
  as light electric-van pays light petrol
  as light hydrogen     pays light petrol
  price ring heavy euro5    base 70
  as heavy euro6        pays heavy euro5
  as heavy plug-in      pays heavy euro5
  as heavy electric     pays heavy euro5
  as heavy hydrogen     pays heavy euro5
  as heavy gas          pays heavy euro5
`

func planOf(t *testing.T, text string) *rating.Plan {
	t.Helper()
	scheme, problems := tariff.Parse("test.tariff", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	plan, err := rating.Compile(tariff.NewBook(scheme))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Discounts lapse when the agreement is blocked, not before.
func TestBlockingAgreementAffectsLaterPassagesOnly(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	pass := func(n int64) toll.Observation {
		return toll.Observation{
			Station: "oslo-301", Epoch: 9, Sequence: n, At: oslo.At(pipelinetest.November+oslo.Day(n), 12, 0, 0), Direction: toll.Inbound, Tag: fixture.Mounts()[0].Tag,
		}
	}
	before, after := pass(1), pass(2)
	r.Send(pipelinetest.NDJSON(before))
	r.Settle()
	r.Exec("update agreement set blocked = true")
	r.Send(pipelinetest.NDJSON(after))
	r.Settle()
	charged := map[toll.PassageID]passagedb.Audited{}
	for _, a := range r.Audit() {
		charged[a.ID] = a
	}
	if a := charged[before.ID()]; a.Revisions != 1 || a.Net >= a.List {
		t.Errorf("the passage before: got %+v, want its discount once and for all", a)
	}
	if a := charged[after.ID()]; a.Net != a.List || a.Net == 0 {
		t.Errorf("the passage after: got %+v, want the list price", a)
	}
}

// A missing price is never 0: the passage is stored without a charge, affects no other, and is charged when its set is
// rated with a plan that has the price.
func TestPassageWithoutTariffIsChargedLater(t *testing.T) {
	r := pipelinetest.NewWithPlan(t, (pipelinetest.November + 25).Start(), planOf(t, strings.Replace(shortScheme, "END", "to 2025-11-10", 1)))
	pass := func(n int64, day oslo.Day) toll.Observation {
		return toll.Observation{Station: "test-1", Epoch: 5, Sequence: n, At: oslo.At(day, 12, 0, 0), Country: "NO", Plate: "DP45821"}
	}
	early, gap, next := pass(1, pipelinetest.November+2), pass(2, pipelinetest.November+12), pass(3, pipelinetest.November+3)
	r.Send(pipelinetest.NDJSON(early, gap))
	r.Settle()
	r.WantNet(map[toll.PassageID]money.Ore{early.ID(): 2500})
	page, err := r.Service().List(t.Context(), fixture.Kari, api.PassageListRequest{From: pipelinetest.November + 12, To: pipelinetest.November + 12}, r.Now())
	if err != nil || len(page.Lines) != 1 || page.Lines[0].Priced {
		t.Errorf("got %+v, %v, want one passage without a price", page, err)
	}
	waiting, err := r.Store.QuarantineList(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Code != string(fault.TariffMissing) {
		t.Errorf("got %+v, %v", waiting, err)
	}
	r.Stop()
	r.Plan = planOf(t, strings.Replace(shortScheme, " END", "", 1))
	r.Pipeline = r.Start(r.Plan)
	r.Send(pipelinetest.NDJSON(next))
	r.Settle()
	r.WantNet(map[toll.PassageID]money.Ore{early.ID(): 2500, gap.ID(): 2500, next.ID(): 2500})
}

func TestMalformedLinesAreRefusedByNumber(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	good := toll.Observation{Station: "oslo-301", Epoch: 6, Sequence: 1, At: r.Now().Add(-time.Hour), Country: "NO", Plate: "DP45821"}
	body := bytes.Join([][]byte{
		[]byte(`{"station":`), bytes.TrimSpace(pipelinetest.NDJSON(good)), []byte(`{"station":"oslo-301","lane":1}`), nil, []byte(`[]`),
		[]byte(`{"station":"oslo-301","at":"2025-11-10T00:00:00Z","lane":-1}`), []byte(`{"station":"oslo-301","at":"2025-11-10T00:00:00Z","tag":"\u0000"}`),
	}, []byte("\n"))
	reply := r.Send(body)
	var lines []int
	for _, refused := range reply.Refused {
		lines = append(lines, refused.Line)
		if refused.Why.Code != fault.LineMalformed || refused.Why.Params["why"] == "" {
			t.Errorf("line %d: got %v", refused.Line, refused.Why)
		}
	}
	if diff := cmp.Diff([]int{1, 3, 5, 6, 7}, lines); diff != "" || reply.Accepted != 1 || reply.RefusedN != 5 {
		t.Errorf("got %+v %s", reply, diff)
	}
	r.Settle()
	r.WantCharges([]toll.Observation{good})
}

func TestStationReportsOnlyForItself(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	good := toll.Observation{Station: "oslo-301", Epoch: 6, Sequence: 1, At: r.Now().Add(-time.Hour)}
	if _, err := r.TakeIn(t.Context(), "another", pipelinetest.NDJSON(good), r.Now()); fault.CodeOf(err) != fault.KeyUnknown {
		t.Errorf("an unknown key: got %v", err)
	}
	r.Exec("insert into station_key (name, key_hash, stations) values ('one', sha256('limited'), '{oslo-301}')")
	other := good
	other.Station = "oslo-302"
	reply, err := r.TakeIn(t.Context(), "limited", pipelinetest.NDJSON(good, other), r.Now())
	for began := time.Now(); fault.CodeOf(err) == fault.KeyUnknown && time.Since(began) < time.Minute; { // intake reads the feed now and then
		time.Sleep(50 * time.Millisecond)
		reply, err = r.TakeIn(t.Context(), "limited", pipelinetest.NDJSON(good, other), r.Now())
	}
	if err != nil || reply.Accepted != 1 || reply.RefusedN != 1 || reply.Refused[0].Why.Code != fault.Refused {
		t.Errorf("got %+v, %v", reply, err)
	}
	if _, err := r.TakeIn(t.Context(), fixture.StationKey, bytes.Repeat([]byte("\n"), 6000), r.Now()); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("too many lines: got %v", err)
	}
}

func TestIntakeContinuesWithoutDatabase(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+2)
	r.Send(pipelinetest.NDJSON(driven[0]))
	r.Settle()
	r.DB.Close()
	r.SetNow(r.Now().Add(time.Minute))
	r.Send(pipelinetest.NDJSON(driven...))
	r.Stop()
	st, err := store.Open(t.Context(), r.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	r.DB, r.Store = st, passagedb.New(st)
	r.Pipeline = r.Start(r.Plan)
	r.Settle()
	r.WantCharges(driven)
}

// A connection that is lost during the commit leaves the outcome unknown; the redelivered messages are checked for
// duplicates.
func TestLostDatabaseConnectionsNeitherLoseNorDuplicate(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+20)
	for part := range slices.Chunk(driven, 40) {
		r.Send(pipelinetest.NDJSON(part...))
		r.Exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
	}
	r.Settle()
	r.WantCharges(driven)
}

func TestNewPassageIsSentToSubscriber(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	events, err := r.Live().Subscribe(t.Context(), fixture.Kari)
	if err != nil {
		t.Fatal(err)
	}
	pass := toll.Observation{Station: "oslo-301", Epoch: 8, Sequence: 1, At: r.Now().Add(-time.Hour), Direction: toll.Inbound, Country: "NO", Plate: "DP45821"}
	begin := time.Now()
	r.Send(pipelinetest.NDJSON(pass))
	e := <-events
	t.Logf("event after %v", time.Since(begin))
	if e.Kind != "passage" || len(e.Lines) != 1 || e.Lines[0].ID != pass.ID() || e.Lines[0].Net == 0 || e.Balance != e.Lines[0].Net || e.Lines[0].Name == "" {
		t.Errorf("got %+v", e)
	}
}

func release(t *testing.T, r *pipelinetest.Rig) {
	t.Helper()
	if _, err := r.Store.Release(t.Context(), nil, r.Now()); err != nil {
		t.Fatal(err)
	}
	r.Settle()
}

func wantQuarantined(t *testing.T, r *pipelinetest.Rig, codes ...fault.Code) {
	t.Helper()
	waiting, err := r.Store.QuarantineList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []fault.Code
	for _, w := range waiting {
		got = append(got, fault.Code(w.Code))
	}
	slices.Sort(got)
	if diff := cmp.Diff(codes, got); diff != "" {
		t.Errorf("quarantine (-want +got):\n%s", diff)
	}
}

// A released passage is charged if it can be rated, and quarantined again if not.
func TestReleasedPassagesAreProcessedAgain(t *testing.T) {
	r := pipelinetest.NewWithPlan(t, (pipelinetest.November + 25).Start(), planOf(t, strings.Replace(shortScheme, "END", "to 2025-11-10", 1)))
	pass := func(n int64, station toll.StationID, day oslo.Day) toll.Observation {
		return toll.Observation{Station: station, Epoch: 5, Sequence: n, At: oslo.At(day, 12, 0, 0), Country: "NO", Plate: "DP45821"}
	}
	unknown, gap, soon := pass(1, "test-2", pipelinetest.November+3), pass(2, "test-1", pipelinetest.November+12), pass(3, "test-1", pipelinetest.November+25)
	r.Send(pipelinetest.NDJSON(unknown, gap, soon))
	r.Settle()
	wantQuarantined(t, r, fault.PassageFuture, fault.StationUnknown, fault.TariffMissing)
	release(t, r)
	wantQuarantined(t, r, fault.PassageFuture, fault.StationUnknown, fault.TariffMissing)
	r.WantNet(map[toll.PassageID]money.Ore{})
	r.Stop()
	r.SetNow((pipelinetest.November + 26).Start())
	r.Plan = planOf(t, strings.NewReplacer(" END", "", "version", "station test-2 2 \"To\" both hour ring price ring\nversion").Replace(shortScheme))
	r.Pipeline = r.Start(r.Plan)
	release(t, r)
	wantQuarantined(t, r)
	r.WantNet(map[toll.PassageID]money.Ore{unknown.ID(): 2500, gap.ID(): 2500, soon.ID(): 2500})
}
