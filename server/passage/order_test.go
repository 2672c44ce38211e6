package passage_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// design.md decision 4: arrival order can never change a bill.
func TestArrivalOrderNeverChangesABill(t *testing.T) {
	driven := fixture.Passages(november-6, november+12)
	for seed := range uint64(2) {
		r := newRig(t, (november + 25).Start())
		r.sendMixed(driven, rand.New(rand.NewPCG(seed, 7)), 150, 3)
		r.wantCharges(driven)
	}
}

// Windows follow each other over the midnight between two months, each opened by what came before:
// every vehicle has passages minutes apart there, and they arrive in any order.
func TestArrivalOrderNeverChangesABillAtAMonthsEnd(t *testing.T) {
	for seed := range uint64(2) {
		dice := rand.New(rand.NewPCG(seed, 11))
		driven := aroundMidnight(dice)
		r := newRig(t, (november + 25).Start())
		r.sendMixed(driven[:len(driven)/2], dice, 60, 1)
		r.stop() // a new server has no memory of the first half
		r.Pipeline = r.start(r.plan)
		r.sendMixed(driven[len(driven)/2:], dice, 60, 1)
		r.wantCharges(driven)
	}
}

// aroundMidnight has every vehicle of the cast cross stations all night long, in mixed order.
func aroundMidnight(dice *rand.Rand) (driven []toll.Observation) {
	tags := map[toll.VehicleID]toll.TagID{}
	for _, m := range fixture.Mounts() {
		tags[m.Vehicle] = m.Tag
	}
	for n, v := range fixture.Vehicles() {
		stations := []toll.StationID{"oslo-104", "oslo-201", "oslo-301", "oslo-302"}
		if v.Owner == fixture.Fjordfrakt { // Oslo has no price for some lorries
			stations = []toll.StationID{"bergen-1", "bergen-2", "trondheim-51", "trondheim-60"}
		}
		for i := range 14 {
			o := toll.Observation{
				Station: stations[dice.IntN(len(stations))], Lane: n, Epoch: 12, Sequence: int64(i), Direction: toll.Inbound, Tag: tags[v.ID],
				At: november.Start().Add(time.Duration(dice.IntN(8*60)-4*60) * time.Minute), Country: v.Plate.Country, Plate: v.Plate.Text,
			}
			if dice.IntN(4) == 0 { // some also weeks away, in months of their own
				o.At = o.At.AddDate(0, 0, 20-dice.IntN(60))
			}
			driven = append(driven, o)
		}
	}
	dice.Shuffle(len(driven), func(i, j int) { driven[i], driven[j] = driven[j], driven[i] })
	return driven
}

// sendMixed sends passages in any order, in batches of any size, and lets the pipeline come to rest
// after one batch in so many.
func (r *rig) sendMixed(driven []toll.Observation, dice *rand.Rand, most, rest int) {
	r.t.Helper()
	mixed := slices.Clone(driven)
	dice.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	for len(mixed) > 0 {
		n := min(len(mixed), 1+dice.IntN(most))
		r.send(ndjson(mixed[:n]...))
		mixed = mixed[n:]
		if dice.IntN(rest) == 0 {
			r.settle()
		}
	}
	r.settle()
}

// A stream server elsewhere, with its usual limit of 1 MB a message, takes the largest batch.
func TestTheLargestBatchOfOneVehicleFitsAnyStream(t *testing.T) {
	elsewhere, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere.Start()
	t.Cleanup(elsewhere.Shutdown)
	r := newRig(t, (november + 25).Start())
	r.stop()
	if r.conn, err = nats.Connect(elsewhere.ClientURL()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.conn.Close)
	r.Pipeline = r.start(r.plan)
	driven := make([]toll.Observation, 5000)
	for i := range driven {
		driven[i] = toll.Observation{
			Station: "oslo-301", Lane: 1, Epoch: 13, Sequence: int64(i), At: oslo.At(november, 0, 0, 0).Add(time.Duration(i) * 5 * time.Minute),
			Direction: toll.Inbound, Tag: fixture.Mounts()[0].Tag, Country: "NO", Plate: "DP45821",
		}
	}
	r.send(ndjson(driven...))
	r.settle()
	r.wantCharges(driven)
}
