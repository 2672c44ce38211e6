package webtest

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"bompass/server/internal/proves"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Overview is a stub of the overview.
func (h *Server) Overview(
	_ context.Context, customer toll.CustomerID, kind toll.CustomerKind, _ time.Time,
) (api.OverviewReply, error) {
	h.standIn("a stub of the overview")
	if h.Slow.Load() {
		return api.OverviewReply{}, fmt.Errorf("wait for %s: %w", customer, context.DeadlineExceeded)
	}
	if h.Broken.Load() {
		return api.OverviewReply{}, fmt.Errorf("read %s from the secret place", customer)
	}
	return api.OverviewReply{Agreements: []api.AgreementOverview{{
		Number: string(customer), Kind: kind, Charger: strings.Repeat("Fjellinjen ", 100),
	}}}, nil
}

// Vehicle is a stub of the page of a vehicle.
func (h *Server) Vehicle(_ context.Context, customer toll.CustomerID, id toll.VehicleID, _ time.Time) (api.VehicleReply, error) {
	h.standIn("a stub of the overview")
	return api.VehicleReply{ID: id, Mounts: []api.VehicleMount{{Agreement: string(customer)}}}, nil
}

// TakeIn is a stub of the intake of passages.
func (h *Server) TakeIn(_ context.Context, key string, body []byte, _ time.Time) (api.BatchReply, error) {
	h.standIn("a stub of the pipeline")
	if key != fixture.StationKey {
		return api.BatchReply{}, fault.New(fault.KeyUnknown)
	}
	h.Batches <- string(body)
	return api.BatchReply{Accepted: strings.Count(string(body), "\n")}, nil
}

// List is a stub of the list of passages.
func (h *Server) List(
	_ context.Context, customer toll.CustomerID, req api.PassageListRequest, _ time.Time,
) (api.PassageListReply, error) {
	h.standIn("a stub of the list of passages")
	if err := toll.CheckPeriod(req.From, req.To); err != nil {
		return api.PassageListReply{}, err
	}
	h.ListedVehicles <- req.Vehicle
	return api.PassageListReply{
		Lines: []api.PassageLine{{ID: toll.PassageID(customer), Vehicle: req.Vehicle}}, Count: 1,
	}, nil
}

// unpriced is a stub of the prices of changes that are tried: it leaves them as they are.
type unpriced struct{ h *Server }

// Tried returns no prices.
func (u unpriced) Tried(context.Context, toll.CustomerID, toll.Placement, *toll.Vehicle, time.Time, time.Time) (map[toll.VehicleID]api.FleetPrice, error) {
	u.h.standIn("a stub of the prices of changes")
	return nil, nil
}

// Usual returns no cost.
func (u unpriced) Usual(context.Context, toll.CustomerID, toll.Vehicle, toll.ChargerID, time.Time) (api.UsualCost, error) {
	u.h.standIn("a stub of the prices of changes")
	return api.UsualCost{}, nil
}

// tariffsInForce returns Tariffs as a release.
func tariffsInForce() (int64, []tariff.File) { return 1, Tariffs }

// Tariffs are short tariff files.
var Tariffs = []tariff.File{{Name: "oslo.tariff", Text: `scheme oslo "Oslo"
charger fjellinjen "Fjellinjen"
station oslo-104 104 "E18 Maritim" in
` + strings.Repeat("# a price list is long\n", 50)}}

// Recheck is a stub of the recheck.
func (h *Server) Recheck(
	_ context.Context, customer toll.CustomerID, req api.RecheckRequest,
) (api.RecheckReply, error) {
	h.standIn("a stub of the recheck")
	charges := []recheck.Charge{{Passage: toll.PassageID(customer)}}
	return api.RecheckReply{Statement: recheck.Statement{Month: req.Month, Charges: charges}}, nil
}

// FleetRecheck is a stub of the months of several vehicles.
func (h *Server) FleetRecheck(
	_ context.Context, _ toll.CustomerID, req api.FleetRecheckRequest,
) (api.FleetRecheckReply, error) {
	h.standIn("a stub of the recheck")
	return api.FleetRecheckReply{Vehicles: []api.VehicleRecheck{{Statement: recheck.Statement{Month: req.Month}}}}, nil
}

// LiveFeed is a stub of the events of passages.
type LiveFeed struct {
	t   *testing.T
	out atomic.Pointer[chan api.Event]
}

// Subscribe returns a channel for the events that Publish sends.
func (l *LiveFeed) Subscribe(context.Context, toll.CustomerID) (<-chan api.Event, error) {
	proves.StandIn(l.t, "a stub of the live events")
	out := make(chan api.Event, 4)
	l.out.Store(&out)
	return out, nil
}

// Publish sends an event with a balance to the last subscriber.
func (l *LiveFeed) Publish(balance money.Ore) {
	*l.out.Load() <- api.Event{Kind: "passage", Balance: balance}
}

// Bundle returns small files under the names of the browser program's.
func Bundle() fstest.MapFS {
	files := fstest.MapFS{
		"manifest.json": {Data: []byte(`{"app.wasm":"app.0a.wasm","bompass.css":"bompass.0b.css","wasm_exec.js":"wasm_exec.0c.js",
			"companion.js":"companion.0d.js","program.js":"program.0p.js","icon/bompass.svg":"icon/bompass.0e.svg","font/inter-latin.woff2":"font/inter-latin.0f.woff2"}`)},
		"font/inter-latin.0f.woff2": {Data: []byte("wOF2")},
		"icon/bompass.0e.svg":       {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
		"app.0a.wasm":               {Data: []byte("\x00asm, rather long")},
		"app.0a.wasm.br":            {Data: []byte("brotli")},
		"app.0a.wasm.gz":            {Data: []byte("gzip")},
	}
	for _, name := range []string{"bompass.0b.css", "wasm_exec.0c.js", "companion.0d.js", "program.0p.js"} {
		files[name] = &fstest.MapFile{Data: []byte("/* " + name + " */")}
	}
	return files
}

// Walk returns the same passages as List.
func (h *Server) Walk(ctx context.Context, customer toll.CustomerID, req api.PassageListRequest, _ int, each func([]api.PassageLine) error) error {
	reply, err := h.List(ctx, customer, req, h.Now())
	if err != nil {
		return err
	}
	return each(reply.Lines)
}
