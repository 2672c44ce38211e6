// Package bench_test measures the pipeline: batches over HTTP, the embedded stream and PostgreSQL with every flush
// on, until the charges are committed; and the rating core against the same rules in SQL and in an expression
// language.
package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"

	"bompass/assets"
	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/billing"
	"bompass/server/casework"
	"bompass/server/dispute"
	"bompass/server/embedded"
	"bompass/server/fleet"
	"bompass/server/internal/oracle"
	"bompass/server/internal/pgtest"
	"bompass/server/legacy"
	"bompass/server/notice"
	"bompass/server/overview"
	"bompass/server/partner/card"
	"bompass/server/partner/register"
	"bompass/server/passage/export"
	"bompass/server/passage/pipeline"
	"bompass/server/passage/reading"
	"bompass/server/payment"
	"bompass/server/person"
	"bompass/server/pricelist"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/agreementdb"
	"bompass/server/store/billingdb"
	"bompass/server/store/casedb"
	"bompass/server/store/demo"
	"bompass/server/store/disputedb"
	"bompass/server/store/draftdb"
	"bompass/server/store/fleetdb"
	"bompass/server/store/legacydb"
	"bompass/server/store/migration"
	"bompass/server/store/noticedb"
	"bompass/server/store/overviewdb"
	"bompass/server/store/passagedb"
	"bompass/server/store/paymentdb"
	"bompass/server/store/persondb"
	"bompass/server/web"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

const (
	vehicles  = 20_000
	perCar    = 10 // passages of each car
	batchSize = 500
	senders   = 8 // concurrent stations
	host      = "bompass.example"
)

var since = oslo.At(oslo.Date(2025, time.November, 1), 0, 0, 0)

// manyCars returns many cars with agreements and tags.
func manyCars() demo.Data {
	cast := demo.Fixture()
	for n := range vehicles {
		v := toll.VehicleID(fmt.Sprintf("0196b000-0000-7000-8000-%012d", n))
		tag := toll.TagID(fmt.Sprintf("95780109%011d", n))
		plate := toll.NewPlate("NO", fmt.Sprintf("%c%c%05d", 'A'+n%20, 'A'+n/20%20, n))
		cast.Vehicles = append(cast.Vehicles, toll.Vehicle{
			ID: v, Plate: plate, Owner: fixture.Kari,
			Facts: toll.Facts{Category: "M1", WeightKG: 1800, Fuel: toll.FuelPetrol, Euro: 6},
		})
		agreement := toll.AgreementID(fmt.Sprintf("0196c000-0000-7000-8000-%012d", n))
		cast.Agreements = append(cast.Agreements, toll.Agreement{
			ID: agreement, Number: fmt.Sprintf("8%09d", n), Customer: fixture.Kari, Issuer: "bompass",
			Charger:  "fjellinjen",
			Validity: toll.Validity{From: fixture.Since},
		})
		cast.Tags = append(cast.Tags, toll.Tag{ID: tag, Agreement: agreement, Status: toll.TagActive})
		cast.Mounts = append(cast.Mounts, toll.Mount{
			Vehicle: v, Agreement: agreement, Tag: tag, Validity: toll.Validity{From: fixture.Since},
		})
	}
	return cast
}

// traffic returns the fleet's passages: perCar each over a few days, in order of time.
func traffic(round int) (batches [][]byte) {
	stations := []toll.StationID{"oslo-104", "oslo-201", "oslo-301", "oslo-302", "oslo-203"}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	for i := range vehicles * perCar {
		car, turn := i%vehicles, i/vehicles
		at := since.Add(time.Duration(turn)*5*time.Hour + time.Duration(car)*300*time.Millisecond +
			time.Duration(round)*11*time.Minute)
		_ = encoder.Encode(toll.Observation{
			Station: stations[(car+turn)%len(stations)], Lane: car % 3, Epoch: int64(7 + round), Sequence: int64(i),
			At: at, Direction: toll.Inbound,
			Tag: toll.TagID(fmt.Sprintf("95780109%011d", car)), Country: "NO",
			Plate: fmt.Sprintf("%c%c%05d", 'A'+car%20, 'A'+car/20%20, car),
		})
		if (i+1)%batchSize == 0 {
			batches = append(batches, bytes.Clone(b.Bytes()))
			b.Reset()
		}
	}
	return batches
}

// BenchmarkPipeline reports the rates of intake and of complete processing in passages per second, and that of a
// plain COPY of the same rows for comparison. Each round after the first finds the sets of passages of earlier
// rounds, and corrects their charges.
func BenchmarkPipeline(b *testing.B) {
	ctx := b.Context()
	dir, err := os.MkdirTemp("", "bompass-bench-")
	must(b, err)
	must(b, os.Chmod(dir, 0o755))
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	home, err := embedded.OpenHome(dir)
	must(b, err)
	postgres, err := embedded.Start(ctx, home)
	must(b, err)
	b.Cleanup(func() { _ = postgres.Stop() })
	st, err := store.Open(ctx, postgres.URL())
	must(b, err)
	b.Cleanup(st.Close)
	_, err = migration.Up(ctx, st.Pool)
	must(b, err)
	must(b, demo.Seed(ctx, st, manyCars()))
	for round := range b.N {
		batches := traffic(round)
		address := startPipeline(b, home.Path(fmt.Sprintf("stream-%d", round)), st)
		b.ResetTimer()
		begin := time.Now()
		sendAll(b, address.url, batches)
		intake := time.Since(begin)
		for {
			idle, err := address.pipeline.Idle(ctx)
			must(b, err)
			if idle {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		b.StopTimer()
		elapsed := time.Since(begin)
		raw := rawCopy(b, postgres.URL()) / time.Duration(round+1)
		n := float64(vehicles * perCar)
		b.ReportMetric(n/elapsed.Seconds(), "passages/s")
		b.ReportMetric(n/intake.Seconds(), "intake/s")
		b.ReportMetric(n/raw.Seconds(), "rawcopy/s")
		b.ReportMetric(elapsed.Seconds()/raw.Seconds(), "times-raw")
	}
}

// The measured pipeline charges passages.
func TestMeasuredPipelineCharges(t *testing.T) {
	url := pgtest.URL(t)
	st, err := store.Open(t.Context(), url)
	must(t, err)
	t.Cleanup(st.Close)
	must(t, demo.Seed(t.Context(), st, manyCars()))
	p := startPipeline(t, t.TempDir(), st)
	sendAll(t, p.url, traffic(0)[:1])
	for idle := false; !idle; time.Sleep(5 * time.Millisecond) {
		idle, err = p.pipeline.Idle(t.Context())
		must(t, err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	var charged int
	must(t, conn.QueryRow(t.Context(), "select count(*) from charge").Scan(&charged))
	if charged != batchSize {
		t.Errorf("%d of %d passages are charged", charged, batchSize)
	}
}

// passages is the pipeline together with the queries of customers, as web needs them.
type passages struct {
	*pipeline.Pipeline
	*reading.Service
}

// httpServer returns the product's HTTP layer, so that batches pass through the same code as those of stations.
func httpServer(b testing.TB, st *store.DB, p *pipeline.Pipeline, conn *nats.Conn, plan *rating.Plan) *fiber.App {
	b.Helper()
	names := map[string]string{}
	files := fstest.MapFS{}
	for _, name := range []string{
		"app.wasm", "bompass.css", "wasm_exec.js", "companion.js", "program.js", "icon/bompass.svg", "icon/bompass-maskable.svg",
		"font/inter-latin.woff2",
	} {
		names[name], files[name] = name, &fstest.MapFile{Data: []byte(name)}
	}
	manifest, err := json.Marshal(names)
	must(b, err)
	files["manifest.json"] = &fstest.MapFile{Data: manifest}
	bundle, err := web.LoadAssets(files)
	must(b, err)
	keys, err := seal.NewKeys(make([]byte, 32))
	must(b, err)
	log := slog.New(slog.NewTextHandler(b.Output(), nil))
	received := func() time.Time { return since.Add(10 * 24 * time.Hour) }
	lists := reading.NewService(passagedb.New(st), func() *rating.Plan { return plan })
	accounts := accessdb.New(st)
	people := access.NewService(accounts, keys, time.Now)
	writer := notice.NewWriter(keys, "https://"+host, time.Now)
	factors, err := factor.NewService(factor.Deps{
		Access: people, Store: factor.From(accounts), Keys: keys, Messages: writer,
		Options: factor.Options{PublicURL: "https://" + host}, Now: time.Now,
	})
	must(b, err)
	plans, err := fs.Sub(assets.Tariff, "tariff")
	must(b, err)
	tariffs, err := tariff.Files(plans)
	must(b, err)
	app, err := web.New(web.Deps{
		Registrar: access.NewRegistrar(people, accounts, writer), Factors: factors,
		Person: person.NewService(persondb.New(st), keys, writer, people, time.Now),
		Agreements: agreement.NewService(agreement.Deps{
			Store: agreementdb.New(st), Drafts: draftdb.New(st), Profiles: persondb.New(st),
			Register: register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, Keys: keys, Messages: writer,
			Limiter: people, Now: time.Now,
		}),
		Fleet:   fleet.NewService(fleetdb.New(st), register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, people, lists, keys, time.Now),
		Legacy:  legacy.NewService(legacydb.New(st), keys, writer, people, time.Now),
		Context: b.Context(), PublicURL: "https://" + host, Access: people, Ceremonies: accounts, Keys: keys,
		Overview: overview.NewService(overviewdb.New(st), lists, func(id toll.ChargerID) string { return string(id) },
			func(toll.StationID) overview.Cap { return overview.Cap{} }),
		Passages: passages{p, lists}, Invoices: billing.NewReader(billingdb.New(st)), Files: billing.NewFiles(billingdb.New(st), nil, time.Now),
		Payments: payment.NewService(paymentdb.New(st), card.Unconfigured{Variable: "BOMPASS_CARD_URL"}, "https://"+host, time.Now, log),
		Exports:  export.NewService(lists, time.Now), Disputes: dispute.NewService(disputedb.New(st), nil, time.Now),
		Cases: casework.NewService(casedb.New(st), nil, time.Now), Chargers: func() []toll.Charger { return nil },
		Tariffs: func() (int64, []tariff.File) { return 1, tariffs },
		Live:    reading.NewLive(lists, conn, time.Now, log), Messages: noticedb.New(st), Ready: p.Ready, Assets: bundle, Log: log, Now: received,
	})
	must(b, err)
	return app
}

type server struct {
	url      string
	pipeline *pipeline.Pipeline
}

func startPipeline(b testing.TB, dir string, st *store.DB) server {
	b.Helper()
	stream, err := embedded.StartStream(dir, true)
	must(b, err)
	b.Cleanup(stream.Stop)
	conn, err := stream.Connect()
	must(b, err)
	b.Cleanup(conn.Close)
	plan, err := oracle.Plan()
	must(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	p, err := pipeline.New(ctx, pipeline.Deps{
		Store: passagedb.New(st), Prices: pricelist.Fixed(plan), Conn: conn, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(b.Output(), nil)),
	})
	must(b, err)
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-done })
	app := httpServer(b, st, p, conn, plan)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	go func() { _ = app.Listener(l) }()
	b.Cleanup(func() { _ = app.Shutdown() })
	return server{"http://" + l.Addr().String() + api.PassageBatch.Path, p}
}

func sendAll(b testing.TB, url string, batches [][]byte) {
	b.Helper()
	queue := make(chan []byte)
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for body := range queue {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, bytes.NewReader(body))
				must(b, err)
				req.Host = host
				req.Header.Set("Authorization", "Bearer "+fixture.StationKey)
				req.Header.Set("Content-Type", "application/x-ndjson")
				reply, err := http.DefaultClient.Do(req)
				if err != nil {
					b.Error(err)
					continue
				}
				_ = reply.Body.Close()
				if reply.StatusCode != http.StatusOK {
					b.Error(reply.Status)
				}
			}
		})
	}
	for _, body := range batches {
		queue <- body
	}
	close(queue)
	group.Wait()
}

// rawCopy copies the same rows into like tables without keys, in one transaction on one connection.
func rawCopy(b *testing.B, url string) time.Duration {
	b.Helper()
	ctx := b.Context()
	conn, err := pgx.Connect(ctx, url)
	must(b, err)
	defer func() { _ = conn.Close(ctx) }()
	var total time.Duration
	for _, table := range []string{"passage", "charge"} {
		_, err := conn.Exec(ctx, "create table raw_"+table+" (like "+table+")")
		must(b, err)
		rows, err := conn.Query(ctx, "select * from "+table)
		must(b, err)
		all, err := pgx.CollectRows(rows, rowValues)
		must(b, err)
		var columns []string
		for _, f := range rows.FieldDescriptions() {
			columns = append(columns, f.Name)
		}
		begin := time.Now()
		n, err := conn.CopyFrom(ctx, pgx.Identifier{"raw_" + table}, columns, pgx.CopyFromRows(all))
		must(b, err)
		total += time.Since(begin)
		if n < vehicles*perCar {
			b.Errorf("%s has %d rows, want at least %d", table, n, vehicles*perCar)
		}
		_, err = conn.Exec(ctx, "drop table raw_"+table)
		must(b, err)
	}
	return total
}

// rowValues returns the values of a row for CopyFrom. JSON is encoded in advance, so that encoding is not measured.
func rowValues(row pgx.CollectableRow) ([]any, error) {
	values, err := row.Values()
	for i, v := range values {
		if list, ok := v.([]any); ok {
			values[i], err = json.Marshal(list)
		}
	}
	return values, err
}

func must(b testing.TB, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
