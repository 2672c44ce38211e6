// Package pipelinetest runs the passage pipeline for tests, with its own database and stream.
package pipelinetest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"

	"bompass/server/embedded"
	"bompass/server/internal/oracle"
	"bompass/server/internal/pgtest"
	"bompass/server/passage/pipeline"
	"bompass/server/passage/reading"
	"bompass/server/passage/sumcheck"
	"bompass/server/pricelist"
	"bompass/server/store"
	"bompass/server/store/passagedb"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// November is the first day of the month of most tests' passages.
var November = oslo.Date(2025, time.November, 1)

// Rig is a running pipeline on the demo data.
type Rig struct {
	*pipeline.Pipeline
	DB    *store.DB
	Store *passagedb.Store // on DB
	Plan  *rating.Plan
	Conn  *nats.Conn
	URL   string // of the database
	Stop  func() // stops the pipeline that was started last

	t     testing.TB
	clock atomic.Value // time.Time
}

// New starts a pipeline at an instant, with the price plans of the product.
func New(tb testing.TB, now time.Time) *Rig {
	tb.Helper()
	plan, err := oracle.Plan()
	if err != nil {
		tb.Fatal(err)
	}
	return NewWithPlan(tb, now, plan)
}

// NewWithPlan starts a pipeline at an instant.
func NewWithPlan(tb testing.TB, now time.Time, plan *rating.Plan) *Rig {
	tb.Helper()
	db, url := pgtest.Demo(tb)
	stream, err := embedded.StartStream(tb.TempDir(), false)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(stream.Stop)
	r := &Rig{t: tb, DB: db, Store: passagedb.New(db), Plan: plan, URL: url}
	r.SetNow(now)
	if r.Conn, err = stream.Connect(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(r.Conn.Close)
	r.Pipeline = r.Start(r.Plan)
	return r
}

// Now returns the time of the pipeline's clock.
func (r *Rig) Now() time.Time { return r.clock.Load().(time.Time) }

// SetNow sets the time of the pipeline.
func (r *Rig) SetNow(now time.Time) { r.clock.Store(now) }

// Start starts another pipeline, like that of another server, on the same database and stream.
func (r *Rig) Start(plan *rating.Plan) *pipeline.Pipeline {
	r.t.Helper()
	return r.StartWith(pricelist.Fixed(plan))
}

// StartWith is Start with price lists that can be published again.
func (r *Rig) StartWith(prices *pricelist.InForce) *pipeline.Pipeline {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p, err := pipeline.New(ctx, pipeline.Deps{
		Store: r.Store, Prices: prices, Conn: r.Conn, Now: r.Now, Log: slog.New(slog.NewTextHandler(r.t.Output(), nil)),
		ReviewInterval: 20 * time.Millisecond,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	r.Stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
	r.t.Cleanup(r.Stop)
	return p
}

// Send sends a batch with the demo stations' key. Like a station, it sends the batch again while the server is busy.
func (r *Rig) Send(body []byte) api.BatchReply {
	r.t.Helper()
	for attempt := 1; ; attempt++ {
		reply, err := r.TakeIn(r.t.Context(), fixture.StationKey, body, r.Now())
		if err != nil && (fault.CodeOf(err) != fault.Busy || attempt == 10) {
			r.t.Fatal(err)
		}
		if err == nil {
			return reply
		}
	}
}

// Settle waits until everything in the stream has been processed.
func (r *Rig) Settle() {
	r.t.Helper()
	for range 12000 {
		idle, err := r.Idle(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		if idle {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("the stream is not empty after two minutes")
}

// ApplyRegisterChanges advances the clock until every change of the register is applied.
func (r *Rig) ApplyRegisterChanges() {
	r.t.Helper()
	r.SetNow(r.Now().Add(2 * time.Second))
	r.Settle()
	r.SetNow(r.Now().Add(2 * time.Minute))
	r.Settle()
}

// Service returns the service of customers' queries on the same database.
func (r *Rig) Service() *reading.Service {
	return reading.NewService(r.Store, func() *rating.Plan { return r.Plan })
}

// Live returns the live events of the pipeline.
func (r *Rig) Live() *reading.Live {
	return reading.NewLive(r.Service(), r.Conn, r.Now, slog.New(slog.NewTextHandler(r.t.Output(), nil)))
}

// Exec executes SQL.
func (r *Rig) Exec(sql string) {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.URL)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close(r.t.Context()) }()
	if _, err := conn.Exec(r.t.Context(), sql); err != nil {
		r.t.Fatal(err)
	}
}

// Audit returns all passages with their charges.
func (r *Rig) Audit() []passagedb.Audited {
	r.t.Helper()
	list, err := r.Store.Audit(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

// Audited returns a passage with its charges.
func (r *Rig) Audited(o toll.Observation) passagedb.Audited {
	r.t.Helper()
	for _, a := range r.Audit() {
		if a.ID == o.ID() {
			return a
		}
	}
	r.t.Fatalf("passage %s is not stored", o.Key())
	return passagedb.Audited{}
}

// MonthTotal returns the sum of a customer's charges for passages of November.
func (r *Rig) MonthTotal(customer toll.CustomerID) money.Ore {
	r.t.Helper()
	total, err := r.Store.MonthTotal(r.t.Context(), customer, November.Month())
	if err != nil {
		r.t.Fatal(err)
	}
	return total
}

// Line returns the line of one of Kari's passages in the list.
func (r *Rig) Line(o toll.Observation) api.PassageLine {
	r.t.Helper()
	day := oslo.DayOf(o.At)
	reply, err := r.Service().List(r.t.Context(), fixture.Kari, api.PassageListRequest{From: day, To: day}, r.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, l := range reply.Lines {
		if l.ID == o.ID() {
			return l
		}
	}
	r.t.Fatalf("passage %s is not in the list", o.Key())
	return api.PassageLine{}
}

// Recheck returns the input of a vehicle's recheck and its report.
func (r *Rig) Recheck(
	customer toll.CustomerID, vehicle toll.VehicleID, month oslo.Month,
) (api.RecheckReply, recheck.Report) {
	r.t.Helper()
	reply, err := r.Service().Recheck(r.t.Context(), customer, api.RecheckRequest{Vehicle: vehicle, Month: month})
	if err != nil {
		r.t.Fatal(err)
	}
	return reply, recheck.Check(r.Plan, reply.Statement)
}

// WantNet compares the current charges, passage by passage. A passage without a charge is left out.
func (r *Rig) WantNet(want map[toll.PassageID]money.Ore) {
	r.t.Helper()
	got := map[toll.PassageID]money.Ore{}
	for _, a := range r.Audit() {
		if a.Posted != a.Net {
			r.t.Errorf("postings of %s sum to %v, but its charge is %v", a.ID, a.Posted, a.Net)
		}
		if a.Revisions > 0 {
			got[a.ID] = a.Net
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("charges (-want +got):\n%s", diff)
	}
	r.WantSums()
}

// WantSums compares the sums and counts that pages read with the passages and charges.
func (r *Rig) WantSums() {
	r.t.Helper()
	check := sumcheck.New(r.Store, r.Now, slog.New(slog.NewTextHandler(r.t.Output(), nil)))
	if n, err := check.Check(r.t.Context()); n > 0 || err != nil {
		r.t.Errorf("%d sums differ from the charges, %v", n, err)
	}
}

// WantCharges compares the current charges with a rating of the same passages in memory, in one go.
func (r *Rig) WantCharges(driven []toll.Observation) {
	r.t.Helper()
	want, err := oracle.Charges(r.Plan, driven)
	if err != nil {
		r.t.Fatal(err)
	}
	r.WantNet(want)
}

// NDJSON encodes observations as a batch.
func NDJSON(list ...toll.Observation) []byte {
	var b bytes.Buffer
	for _, o := range list {
		_ = json.NewEncoder(&b).Encode(o)
	}
	return b.Bytes()
}

// Tresfjord returns a passage of Kari's on the old road around the Tresfjord. With a tag, the road is free unless
// all of its stations are passed.
func Tresfjord(n int64, station toll.StationID, at time.Time) toll.Observation {
	return toll.Observation{
		Station: station, Lane: 1, Epoch: 20, Sequence: n, At: at, Direction: toll.Inbound,
		Tag: fixture.Mounts()[0].Tag, Country: "NO", Plate: "DP45821",
	}
}
