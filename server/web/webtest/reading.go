package webtest

import (
	"testing"

	"bompass/server/dispute"
	"bompass/server/fleet"
	"bompass/server/internal/oracle"
	"bompass/server/overview"
	"bompass/server/partner/register"
	"bompass/server/passage/export"
	"bompass/server/passage/reading"
	"bompass/server/store/disputedb"
	"bompass/server/store/fleetdb"
	"bompass/server/store/overviewdb"
	"bompass/server/store/passagedb"
	"bompass/server/web"
	"bompass/server/web/roadside"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// WithReading gives the server the overview and the lists of passages of the product, on the database and the price
// plans of the program. Batches of stations still go to a stub.
func WithReading(t *testing.T) func(*web.Deps) {
	t.Helper()
	plan, err := oracle.Plan()
	if err != nil {
		t.Fatal(err)
	}
	return func(d *web.Deps) {
		h, ok := d.Overview.(*Server)
		if !ok {
			t.Fatal("the overview is not this server's")
		}
		lists := reading.NewService(passagedb.New(h.DB), func() *rating.Plan { return plan })
		d.Overview = overview.NewService(overviewdb.New(h.DB), lists, func(id toll.ChargerID) string { return chargerName(plan, id) },
			func(toll.StationID) overview.Cap { return overview.Cap{} })
		d.Passages, d.Exports = stationStub{h, lists}, export.NewService(lists, h.Now)
		d.Disputes = dispute.NewService(disputedb.New(h.DB), func() *rating.Plan { return plan }, h.Now)
		d.Fleet = fleet.NewService(fleetdb.New(h.DB), register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, d.Access, lists, h.Keys, h.Now)
	}
}

// stationStub is the product's lists of passages, with a stub of the intake.
type stationStub struct {
	roadside.Passages
	*reading.Service
}

func chargerName(plan *rating.Plan, id toll.ChargerID) string {
	for _, s := range plan.Stations() {
		if s.Charger == id {
			return s.ChargerName
		}
	}
	return string(id)
}
