package passage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"bompass/assets"
	"bompass/server/embedded"
	"bompass/server/internal/pgtest"
	"bompass/server/passage"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// rig is a running pipeline on a database and a stream of its own.
type rig struct {
	*passage.Pipeline
	t     testing.TB
	store *store.Store
	plan  *rating.Plan
	conn  *nats.Conn
	now   time.Time
}

func demoPlan(t testing.TB) *rating.Plan {
	t.Helper()
	files, err := fs.Sub(assets.Tariff, "tariff")
	if err != nil {
		t.Fatal(err)
	}
	book, problems := tariff.Load(files)
	for _, p := range problems {
		t.Fatal(p)
	}
	plan, err := rating.Compile(book)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func newRig(t testing.TB, now time.Time) *rig {
	t.Helper()
	st := pgtest.New(t)
	if err := st.Seed(t.Context(), store.Demo()); err != nil {
		t.Fatal(err)
	}
	stream, err := embedded.StartStream(t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stream.Stop)
	r := &rig{t: t, store: st, plan: demoPlan(t), now: now}
	if r.conn, err = stream.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.conn.Close)
	r.Pipeline = r.start(r.plan)
	return r
}

// start runs one more pipeline, another server as it were, on the same database and stream.
func (r *rig) start(plan *rating.Plan) *passage.Pipeline {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p, err := passage.NewPipeline(ctx, passage.Deps{
		Store: r.store, Plan: plan, Conn: r.conn, Now: func() time.Time { return r.now }, Log: slog.New(slog.NewTextHandler(r.t.Output(), nil)),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	r.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
	return p
}

func (r *rig) send(body []byte) api.BatchReply {
	r.t.Helper()
	reply, err := r.TakeIn(r.t.Context(), fixture.StationKey, body, r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply
}

// settle waits until everything in the stream has been worked off.
func (r *rig) settle() {
	r.t.Helper()
	for range 3000 {
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
