package passage_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"bompass/server/store"
	"bompass/server/store/passagedb"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

var november = oslo.Date(2025, time.November, 1)

func TestABatchSentTwiceChargesOnce(t *testing.T) {
	r := newRig(t, (november + 25).Start())
	driven := fixture.Passages(november, november+20)
	for range 2 {
		if reply := r.send(ndjson(driven...)); reply.Accepted != len(driven) || reply.RefusedN+reply.Quarantined != 0 {
			t.Fatalf("got %+v, want %d accepted", reply, len(driven))
		}
		r.settle()
	}
	// The stream drops a batch it has just seen. One cut otherwise reaches the workers.
	r.send(ndjson(driven[1:]...))
	r.settle()
	r.wantCharges(driven)
	for _, a := range r.audit() {
		if a.Revisions != 1 {
			t.Errorf("passage %s was posted %d times", a.ID, a.Revisions)
		}
	}
}

// tolling.md A-5c: a late passage opens an earlier window, and one that was inside becomes chargeable.
func TestALatePassageRatesTheWindowAnew(t *testing.T) {
	monday := oslo.Date(2023, time.March, 6)
	r := newRig(t, (monday + 3).Start())
	pass := func(n int64, hour, minute int) toll.Observation {
		return toll.Observation{
			Station: "oslo-301", Epoch: 3, Sequence: n, At: oslo.At(monday, hour, minute, 0), Direction: toll.Inbound, Country: "NO", Plate: "DP45821",
			Tag: fixture.Mounts()[0].Tag,
		}
	}
	first, late, inside := pass(1, 6, 45), pass(2, 6, 20), pass(3, 7, 30)
	r.exec("update agreement set valid_from = '2023-01-01'; update mount set valid_from = '2023-01-01'; update vehicle_facts set valid_from = '2023-01-01'")
	r.send(ndjson(first, inside))
	r.settle()
	r.wantNet(map[toll.PassageID]money.Ore{first.ID(): 2800, inside.ID(): 0})
	r.send(ndjson(late))
	r.settle()
	r.wantNet(map[toll.PassageID]money.Ore{first.ID(): 2800, inside.ID(): 2800, late.ID(): 0})
	for _, a := range r.audit() {
		if a.Posted != a.Net {
			t.Errorf("postings of %s sum to %v, but %v stands", a.ID, a.Posted, a.Net)
		}
	}
	page, err := r.desk().List(t.Context(), fixture.Kari, list(monday, monday, ""), r.now())
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

func TestWhatCannotBeRatedWaitsForAPerson(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	base := toll.Observation{Station: "oslo-301", Epoch: 4, At: r.now().Add(-time.Hour), Country: "NO", Plate: "DP45821"}
	vary := func(n int64, change func(*toll.Observation)) toll.Observation {
		o := base
		o.Sequence = n
		change(&o)
		return o
	}
	body := ndjson(
		vary(1, func(o *toll.Observation) { o.Station = "oslo-999" }),
		vary(2, func(o *toll.Observation) { o.At = r.now().Add(5*time.Minute + time.Second) }),
		vary(3, func(o *toll.Observation) { o.At = r.now().Add(-400*24*time.Hour - time.Second) }),
		vary(4, func(o *toll.Observation) { o.At = r.now().Add(5 * time.Minute) }),
	)
	for range 2 { // sent again, it still waits once
		if reply := r.send(body); reply.Quarantined != 3 || reply.Accepted != 1 {
			t.Errorf("got %+v, want 3 quarantined and 1 accepted", reply)
		}
		r.settle()
		body = append(body, '\n', '\n')
	}
	waiting, err := r.store.QuarantineList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, w := range waiting {
		got[w.MessageKey] = w.Code
		if !strings.Contains(string(w.Observation), "DP45821") {
			t.Errorf("the observation of %s is not kept: %s", w.MessageKey, w.Observation)
		}
	}
	want := map[string]string{
		"oslo-999/0/4/1": string(fault.StationUnknown), "oslo-301/0/4/2": string(fault.PassageFuture), "oslo-301/0/4/3": string(fault.PassageTooOld),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// When two servers work on one partition, each finds that the other has written and reads anew.
func TestTwoServersNeverDouble(t *testing.T) {
	r := newRig(t, (november + 25).Start())
	r.start(r.plan)
	driven := fixture.Passages(november, november+20)
	dice := rand.New(rand.NewPCG(1, 2))
	mixed := slices.Clone(driven)
	dice.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	for part := range slices.Chunk(mixed, 25) {
		r.send(ndjson(part...))
	}
	r.settle()
	r.wantCharges(driven)
}

// A passage in the wrong part of the stream, because intake's picture of vehicles was old, is passed
// on; the same passage in all parts is one passage.
func TestAPassageInTheWrongPartFindsItsWay(t *testing.T) {
	r := newRig(t, (november + 25).Start())
	driven := fixture.Passages(november, november+3)
	for _, subject := range []string{"passage.0", "passage.1", "passage.2", "passage.3"} {
		msg := nats.NewMsg(subject)
		msg.Data = ndjson(driven...)
		msg.Header.Set("Received", "1762000000000")
		if err := r.conn.PublishMsg(msg); err != nil {
			t.Fatal(err)
		}
	}
	r.settle()
	r.wantCharges(driven)
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

// tolling.md A-3: discounts lapse when the agreement is blocked, not before.
func TestBlockingAnAgreementChangesOnlyWhatComesAfter(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	pass := func(n int64) toll.Observation {
		return toll.Observation{
			Station: "oslo-301", Epoch: 9, Sequence: n, At: oslo.At(november+oslo.Day(n), 12, 0, 0), Direction: toll.Inbound, Tag: fixture.Mounts()[0].Tag,
		}
	}
	before, after := pass(1), pass(2)
	r.send(ndjson(before))
	r.settle()
	r.exec("update agreement set blocked = true")
	r.send(ndjson(after))
	r.settle()
	charged := map[toll.PassageID]passagedb.Audited{}
	for _, a := range r.audit() {
		charged[a.ID] = a
	}
	if a := charged[before.ID()]; a.Revisions != 1 || a.Net >= a.List {
		t.Errorf("the passage before: got %+v, want its discount once and for all", a)
	}
	if a := charged[after.ID()]; a.Net != a.List || a.Net == 0 {
		t.Errorf("the passage after: got %+v, want the list price", a)
	}
}

// A missing price is never 0: the passage is kept without a charge, disturbs no other, and is charged
// when its set is rated by a plan that knows the price.
func TestAMissingTariffWaitsAndIsChargedLater(t *testing.T) {
	r := newRigOf(t, (november + 25).Start(), planOf(t, strings.Replace(shortScheme, "END", "to 2025-11-10", 1)))
	pass := func(n int64, day oslo.Day) toll.Observation {
		return toll.Observation{Station: "test-1", Epoch: 5, Sequence: n, At: oslo.At(day, 12, 0, 0), Country: "NO", Plate: "DP45821"}
	}
	early, gap, next := pass(1, november+2), pass(2, november+12), pass(3, november+3)
	r.send(ndjson(early, gap))
	r.settle()
	r.wantNet(map[toll.PassageID]money.Ore{early.ID(): 2500})
	page, err := r.desk().List(t.Context(), fixture.Kari, list(november+12, november+12, ""), r.now())
	if err != nil || len(page.Lines) != 1 || page.Lines[0].Priced {
		t.Errorf("got %+v, %v, want one passage without a price", page, err)
	}
	waiting, err := r.store.QuarantineList(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Code != string(fault.TariffMissing) {
		t.Errorf("got %+v, %v", waiting, err)
	}
	r.stop()
	r.plan = planOf(t, strings.Replace(shortScheme, " END", "", 1))
	r.Pipeline = r.start(r.plan)
	r.send(ndjson(next))
	r.settle()
	r.wantNet(map[toll.PassageID]money.Ore{early.ID(): 2500, gap.ID(): 2500, next.ID(): 2500})
}

func TestMalformedLinesAreRefusedByNumberAndGoodOnesKept(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	good := toll.Observation{Station: "oslo-301", Epoch: 6, Sequence: 1, At: r.now().Add(-time.Hour), Country: "NO", Plate: "DP45821"}
	body := bytes.Join([][]byte{
		[]byte(`{"station":`), bytes.TrimSpace(ndjson(good)), []byte(`{"station":"oslo-301","lane":1}`), nil, []byte(`[]`),
		[]byte(`{"station":"oslo-301","at":"2025-11-10T00:00:00Z","lane":-1}`), []byte(`{"station":"oslo-301","at":"2025-11-10T00:00:00Z","tag":"\u0000"}`),
	}, []byte("\n"))
	reply := r.send(body)
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
	r.settle()
	r.wantCharges([]toll.Observation{good})
}

func TestAStationReportsOnlyForItself(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	good := toll.Observation{Station: "oslo-301", Epoch: 6, Sequence: 1, At: r.now().Add(-time.Hour)}
	if _, err := r.TakeIn(t.Context(), "another", ndjson(good), r.now()); fault.CodeOf(err) != fault.KeyUnknown {
		t.Errorf("an unknown key: got %v", err)
	}
	r.exec("insert into station_key (name, key_hash, stations) values ('one', sha256('limited'), '{oslo-301}')")
	r.clock.Store(r.now().Add(2 * time.Second))
	other := good
	other.Station = "oslo-302"
	reply, err := r.TakeIn(t.Context(), "limited", ndjson(good, other), r.now())
	if err != nil || reply.Accepted != 1 || reply.RefusedN != 1 || reply.Refused[0].Why.Code != fault.Refused {
		t.Errorf("got %+v, %v", reply, err)
	}
	if _, err := r.TakeIn(t.Context(), fixture.StationKey, bytes.Repeat([]byte("\n"), 6000), r.now()); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("too many lines: got %v", err)
	}
}

func TestIntakeGoesOnWhileTheDatabaseIsAway(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	driven := fixture.Passages(november, november+2)
	r.send(ndjson(driven[0]))
	r.settle()
	r.db.Close()
	r.clock.Store(r.now().Add(time.Minute))
	r.send(ndjson(driven...))
	r.stop()
	st, err := store.Open(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	r.db, r.store = st, passagedb.New(st)
	r.Pipeline = r.start(r.plan)
	r.settle()
	r.wantCharges(driven)
}

// A connection that is lost at the commit leaves open whether it was done; what comes again finds out.
func TestLostConnectionsLoseAndDoubleNothing(t *testing.T) {
	r := newRig(t, (november + 25).Start())
	driven := fixture.Passages(november, november+20)
	for part := range slices.Chunk(driven, 40) {
		r.send(ndjson(part...))
		r.exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
	}
	r.settle()
	r.wantCharges(driven)
}

func TestNewPassagesAreToldWhileOneWatches(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	events, err := r.live().Subscribe(t.Context(), fixture.Kari)
	if err != nil {
		t.Fatal(err)
	}
	pass := toll.Observation{Station: "oslo-301", Epoch: 8, Sequence: 1, At: r.now().Add(-time.Hour), Direction: toll.Inbound, Country: "NO", Plate: "DP45821"}
	begin := time.Now()
	r.send(ndjson(pass))
	e := <-events
	t.Logf("told after %v", time.Since(begin))
	if e.Kind != "passage" || len(e.Lines) != 1 || e.Lines[0].ID != pass.ID() || e.Lines[0].Net == 0 || e.Balance != e.Lines[0].Net || e.Lines[0].Name == "" {
		t.Errorf("got %+v", e)
	}
}

func (r *rig) release() {
	r.t.Helper()
	if _, err := r.store.Release(r.t.Context(), nil, r.now()); err != nil {
		r.t.Fatal(err)
	}
	r.settle()
}

func (r *rig) wantWaiting(codes ...fault.Code) {
	r.t.Helper()
	waiting, err := r.store.QuarantineList(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	var got []fault.Code
	for _, w := range waiting {
		got = append(got, fault.Code(w.Code))
	}
	slices.Sort(got)
	if diff := cmp.Diff(codes, got); diff != "" {
		r.t.Errorf("what waits (-want +got):\n%s", diff)
	}
}

// What a person releases is charged when it can be by now, and waits once more when it cannot.
func TestWhatIsReleasedIsFedInAgain(t *testing.T) {
	r := newRigOf(t, (november + 25).Start(), planOf(t, strings.Replace(shortScheme, "END", "to 2025-11-10", 1)))
	pass := func(n int64, station toll.StationID, day oslo.Day) toll.Observation {
		return toll.Observation{Station: station, Epoch: 5, Sequence: n, At: oslo.At(day, 12, 0, 0), Country: "NO", Plate: "DP45821"}
	}
	unknown, gap, soon := pass(1, "test-2", november+3), pass(2, "test-1", november+12), pass(3, "test-1", november+25)
	r.send(ndjson(unknown, gap, soon))
	r.settle()
	r.wantWaiting(fault.PassageFuture, fault.StationUnknown, fault.TariffMissing)
	r.release()
	r.wantWaiting(fault.PassageFuture, fault.StationUnknown, fault.TariffMissing)
	r.wantNet(map[toll.PassageID]money.Ore{})
	r.stop()
	r.clock.Store((november + 26).Start())
	r.plan = planOf(t, strings.NewReplacer(" END", "", "version", "station test-2 2 \"To\" both hour ring price ring\nversion").Replace(shortScheme))
	r.Pipeline = r.start(r.plan)
	r.release()
	r.wantWaiting()
	r.wantNet(map[toll.PassageID]money.Ore{unknown.ID(): 2500, gap.ID(): 2500, soon.ID(): 2500})
}
