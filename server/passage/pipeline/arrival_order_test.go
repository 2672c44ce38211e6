package pipeline_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"bompass/server/internal/pipelinetest"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

func TestArrivalOrderNeverChangesCharges(t *testing.T) {
	driven := fixture.Passages(pipelinetest.November-6, pipelinetest.November+12)
	for seed := range uint64(2) {
		r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
		sendMixed(t, r, driven, rand.New(rand.NewPCG(seed, 7)), 150, 3)
		r.WantCharges(driven)
	}
}

// Hour rule windows cross the midnight between two months, each opened by the passages before: every vehicle has
// passages minutes apart there, and they arrive in any order.
func TestArrivalOrderNeverChangesChargesAtMonthEnd(t *testing.T) {
	for seed := range uint64(2) {
		dice := rand.New(rand.NewPCG(seed, 11))
		driven := aroundMidnight(dice)
		r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
		sendMixed(t, r, driven[:len(driven)/2], dice, 60, 1)
		r.Stop() // a new server has an empty cache
		r.Pipeline = r.Start(r.Plan)
		sendMixed(t, r, driven[len(driven)/2:], dice, 60, 1)
		r.WantCharges(driven)
	}
}

// aroundMidnight returns passages of every demo vehicle around midnight, in random order.
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
				At: pipelinetest.November.Start().Add(time.Duration(dice.IntN(8*60)-4*60) * time.Minute), Country: v.Plate.Country, Plate: v.Plate.Text,
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

// sendMixed sends passages in random order, in batches of up to most passages, and waits for the pipeline after one
// batch in rest on average.
func sendMixed(t *testing.T, r *pipelinetest.Rig, driven []toll.Observation, dice *rand.Rand, most, rest int) {
	t.Helper()
	mixed := slices.Clone(driven)
	dice.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	for len(mixed) > 0 {
		n := min(len(mixed), 1+dice.IntN(most))
		r.Send(pipelinetest.NDJSON(mixed[:n]...))
		mixed = mixed[n:]
		if dice.IntN(rest) == 0 {
			r.Settle()
		}
	}
	r.Settle()
}

// An external NATS server, with its default limit of 1 MB a message, accepts the largest batch.
func TestLargestBatchOfOneVehicleFitsExternalStream(t *testing.T) {
	external, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	external.Start()
	t.Cleanup(external.Shutdown)
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	r.Stop()
	if r.Conn, err = nats.Connect(external.ClientURL()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Conn.Close)
	r.Pipeline = r.Start(r.Plan)
	driven := make([]toll.Observation, 5000)
	for i := range driven {
		driven[i] = toll.Observation{
			Station: "oslo-301", Lane: 1, Epoch: 13, Sequence: int64(i), At: oslo.At(pipelinetest.November, 0, 0, 0).Add(time.Duration(i) * 5 * time.Minute),
			Direction: toll.Inbound, Tag: fixture.Mounts()[0].Tag, Country: "NO", Plate: "DP45821",
		}
	}
	r.Send(pipelinetest.NDJSON(driven...))
	r.Settle()
	r.WantCharges(driven)
}
