package passage_test

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
	"bompass/server/passage"
	"bompass/server/store"
	"bompass/server/store/passagedb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// rig is a running pipeline on a database and a stream of its own.
type rig struct {
	*passage.Pipeline
	t     testing.TB
	db    *store.DB
	store *passagedb.Store // on db
	plan  *rating.Plan
	conn  *nats.Conn
	url   string
	clock atomic.Value // the time.Time that it is
	stop  func()       // the pipeline that start began last
}

func (r *rig) now() time.Time { return r.clock.Load().(time.Time) }

func demoPlan(tb testing.TB) *rating.Plan {
	tb.Helper()
	plan, err := oracle.Plan()
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

func newRig(tb testing.TB, now time.Time) *rig {
	tb.Helper()
	return newRigOf(tb, now, demoPlan(tb))
}

func newRigOf(tb testing.TB, now time.Time, plan *rating.Plan) *rig {
	tb.Helper()
	db, url := pgtest.Demo(tb)
	stream, err := embedded.StartStream(tb.TempDir(), false)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(stream.Stop)
	r := &rig{t: tb, db: db, store: passagedb.New(db), plan: plan, url: url}
	r.clock.Store(now)
	if r.conn, err = stream.Connect(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(r.conn.Close)
	r.Pipeline = r.start(r.plan)
	return r
}

// start runs one more pipeline, another server as it were, on the same database and stream.
func (r *rig) start(plan *rating.Plan) *passage.Pipeline {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p, err := passage.NewPipeline(ctx, passage.Deps{
		Store: r.store, Plan: plan, Conn: r.conn, Now: r.now, Log: slog.New(slog.NewTextHandler(r.t.Output(), nil)),
		ReviewInterval: 20 * time.Millisecond,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
	r.t.Cleanup(r.stop)
	return p
}

func (r *rig) send(body []byte) api.BatchReply {
	r.t.Helper()
	reply, err := r.TakeIn(r.t.Context(), fixture.StationKey, body, r.now())
	if err != nil {
		r.t.Fatal(err)
	}
	return reply
}

// settle waits until everything in the stream has been worked off.
func (r *rig) settle() {
	r.t.Helper()
	for range 6000 {
		idle, err := r.Idle(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		if idle {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("the stream is never worked off")
}

func ndjson(list ...toll.Observation) []byte {
	var b bytes.Buffer
	for _, o := range list {
		_ = json.NewEncoder(&b).Encode(o)
	}
	return b.Bytes()
}

func (r *rig) desk() *passage.Service { return passage.NewService(r.store, r.plan) }

func (r *rig) live() *passage.Live {
	return passage.NewLive(r.desk(), r.conn, r.now, slog.New(slog.NewTextHandler(r.t.Output(), nil)))
}

func (r *rig) exec(sql string) {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close(r.t.Context()) }()
	if _, err := conn.Exec(r.t.Context(), sql); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) audit() []passagedb.Audited {
	r.t.Helper()
	list, err := r.store.Audit(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

// wantNet compares what stands, passage by passage; one without a charge is left out.
func (r *rig) wantNet(want map[toll.PassageID]money.Ore) {
	r.t.Helper()
	got := map[toll.PassageID]money.Ore{}
	for _, a := range r.audit() {
		if a.Posted != a.Net {
			r.t.Errorf("postings of %s sum to %v, but %v stands", a.ID, a.Posted, a.Net)
		}
		if a.Revisions > 0 {
			got[a.ID] = a.Net
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("charges (-want +got):\n%s", diff)
	}
}

// wantCharges compares what stands with a rating of the same passages in memory, in one go.
func (r *rig) wantCharges(driven []toll.Observation) {
	r.t.Helper()
	want, err := oracle.Charges(r.plan, driven)
	if err != nil {
		r.t.Fatal(err)
	}
	r.wantNet(want)
}
