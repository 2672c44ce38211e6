package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/internal/oracle"
	"bompass/server/internal/pgtest"
	"bompass/server/overview"
	"bompass/server/passage/reading"
	"bompass/server/store"
	"bompass/server/store/overviewdb"
	"bompass/server/store/passagedb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

const (
	largeVariable = "BOMPASS_BENCH_PASSAGES" // number of passages of the large customer
	largeDefault  = 1_000_000
	smallPassages = 100
	readRounds    = 200 // calls of each kind
	readMax       = 60 * time.Millisecond
)

var readNow = oslo.At(oslo.Date(2026, time.November, 30), 12, 0, 0)

// customerSize is a customer with a number of passages in this month and the one before.
type customerSize struct {
	id        toll.CustomerID
	agreement toll.AgreementID
	vehicles  []toll.VehicleID
	passages  int
}

// passageSource is the source of a COPY of a customer's passages, or of their charges, spread evenly over two months.
type passageSource struct {
	customerSize
	charges bool
	number  int
	epoch   int
}

func (s *passageSource) Next() bool { s.number++; return s.number <= s.passages }

func (s *passageSource) Err() error { return nil }

func (s *passageSource) Values() ([]any, error) {
	n := s.number - 1
	stations := []toll.StationID{"oslo-104", "oslo-201", "oslo-301", "oslo-302", "oslo-203"}
	begin := (oslo.MonthOf(readNow) - 1).Start()
	o := toll.Observation{
		Station: stations[n%len(stations)], Lane: 1, Epoch: int64(s.epoch), Sequence: int64(n),
		At: begin.Add(time.Duration(n) * (readNow.Sub(begin) / time.Duration(s.passages))).Truncate(time.Millisecond),
	}
	if s.charges {
		steps := `[{"rule":"list","ore":2900,"band":"day","class":"light petrol","tariff":"oslo-2026"},{"rule":"tag","ore":-580,"num":1,"den":5}]`
		return []any{string(o.ID()), 1, o.At, 2900, 2320, 2320, "oslo-2026", steps, int64(n), string(s.id)}, nil
	}
	return []any{
		string(o.ID()), string(o.Station), o.Lane, o.Epoch, o.Sequence, o.At, o.At, "in", "", "NO", "", string(s.vehicles[n%len(s.vehicles)]), string(s.id),
		string(s.agreement), "tag", false,
	}, nil
}

// fill copies the passages and charges of a customer.
func (s customerSize) fill(b *testing.B, url string, epoch int) {
	b.Helper()
	ctx := b.Context()
	conn, err := pgx.Connect(ctx, url)
	must(b, err)
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"passage"}, []string{
		"id", "station", "lane", "epoch", "sequence", "passed_at", "received_at", "direction", "tag", "country", "plate", "vehicle_id", "customer_id",
		"agreement_id", "matched_by", "blocked",
	}, &passageSource{customerSize: s, epoch: epoch})
	must(b, err)
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"charge"}, []string{
		"passage_id", "revision", "posted_at", "list", "net", "amount", "tariff", "steps", "digest", "customer_id",
	}, &passageSource{customerSize: s, epoch: epoch, charges: true})
	must(b, err)
	for _, v := range s.vehicles {
		_, err = conn.Exec(ctx, `insert into cap_count (customer_id, month, vehicle_id, station, count, cap)
			select $1, $2, $3, unnest(array['oslo-104', 'oslo-201', 'oslo-301', 'oslo-302', 'oslo-203']), 61, 60`,
			string(s.id), oslo.MonthOf(readNow).First().String(), string(v))
		must(b, err)
	}
}

// BenchmarkLargeCustomer reports how long the overview and a page of passages take for a customer with few passages and
// for one with many: the 50th and the 95th percentile. It fails if a 95th percentile is above readMax.
func BenchmarkLargeCustomer(b *testing.B) {
	large := largeDefault
	if set := os.Getenv(largeVariable); set != "" {
		var err error
		large, err = strconv.Atoi(set)
		must(b, err)
	}
	db, url := pgtest.Demo(b)
	few := customerSize{fixture.Kari, fixture.KariAgreement, []toll.VehicleID{fixture.KariPetrol, fixture.KariElectric}, smallPassages}
	many := customerSize{id: fixture.Fjordfrakt, agreement: toll.AgreementID(pgtest.One[string](b, db,
		"select agreement_id::text from mount m join vehicle v on v.id = m.vehicle_id where v.owner_id = $1 limit 1", string(fixture.Fjordfrakt))), passages: large}
	for n := range fixture.LorryCount {
		many.vehicles = append(many.vehicles, fixture.Lorry(n))
	}
	begin := time.Now()
	few.fill(b, url, 1)
	many.fill(b, url, 2)
	_, err := db.Pool.Exec(b.Context(), "vacuum analyze")
	must(b, err)
	fmt.Printf("%d passages copied in %.0f s\n", large, time.Since(begin).Seconds())
	b.ResetTimer()
	r := newReader(b, db)
	for _, kind := range r.kinds() {
		small, big := r.measure(b, few, kind.read), r.measure(b, many, kind.read)
		fmt.Printf("%-32s %9d passages: p50 %6.1f ms, p95 %6.1f ms   %9d passages: p50 %6.1f ms, p95 %6.1f ms   ratio of p95 %.1f\n", kind.name,
			few.passages, milliseconds(small[0]), milliseconds(small[1]), many.passages, milliseconds(big[0]), milliseconds(big[1]),
			float64(big[1])/float64(small[1]))
		if big[1] > readMax {
			b.Errorf("%s of %d passages takes %v, want %v at most", kind.name, many.passages, big[1], readMax)
		}
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// reader reads what pages show.
type reader struct {
	store    *passagedb.Store
	lists    *reading.Service
	overview *overview.Service
}

func newReader(b *testing.B, db *store.DB) *reader {
	b.Helper()
	plan, err := oracle.Plan()
	must(b, err)
	passages := passagedb.New(db)
	lists := reading.NewService(passages, func() *rating.Plan { return plan })
	return &reader{passages, lists, overview.NewService(overviewdb.New(db), lists, func(id toll.ChargerID) string { return string(id) },
		func(toll.StationID) overview.Cap { return overview.Cap{Scheme: "Oslo"} })}
}

// read reads one page and returns its reply.
type read func(ctx context.Context, s customerSize) (any, error)

type namedRead struct {
	name string
	read read
}

// kinds returns what is measured.
func (r *reader) kinds() []namedRead {
	month := oslo.MonthOf(readNow)
	page := func(change func(*api.PassageListRequest, customerSize)) read {
		return func(ctx context.Context, s customerSize) (any, error) {
			req := api.PassageListRequest{From: month.First(), To: oslo.DayOf(readNow)}
			change(&req, s)
			reply, err := r.lists.List(ctx, s.id, req, readNow)
			if err == nil && len(reply.Lines) == 0 {
				err = fmt.Errorf("there are no passages on the page")
			}
			return reply, err
		}
	}
	middle := func(req *api.PassageListRequest, _ customerSize) {
		req.After = api.Cursor{At: month.Start().AddDate(0, 0, 15), ID: toll.FormatPassageID([16]byte{})}.String()
	}
	return []namedRead{
		{"overview", func(ctx context.Context, s customerSize) (any, error) {
			return r.overview.Overview(ctx, s.id, toll.Company, readNow)
		}},
		{"passages, first page", page(func(*api.PassageListRequest, customerSize) {})},
		{"passages, page in the middle", page(middle)},
		{"passages of a vehicle", page(func(req *api.PassageListRequest, s customerSize) { req.Vehicle = s.vehicles[0] })},
		{"passages of an agreement", page(func(req *api.PassageListRequest, s customerSize) { req.Agreement = s.agreement })},
		{"total of the month, live event", func(ctx context.Context, s customerSize) (any, error) { return r.store.MonthTotal(ctx, s.id, month) }},
	}
}

// measure returns the 50th and the 95th percentile of the time of a read with its encoding.
func (r *reader) measure(b *testing.B, s customerSize, do read) [2]time.Duration {
	b.Helper()
	took := make([]time.Duration, readRounds)
	for i := range took {
		begin := time.Now()
		reply, err := do(b.Context(), s)
		must(b, err)
		_, err = json.Marshal(reply)
		must(b, err)
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	return [2]time.Duration{took[readRounds/2], took[readRounds*95/100]}
}
