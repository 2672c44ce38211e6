package fleet_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/fleet"
	"bompass/server/internal/pipelinetest"
	"bompass/server/partner/register"
	"bompass/server/store/accessdb"
	"bompass/server/store/fleetdb"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// freely limits nothing.
type freely struct{}

func (freely) AllowRequest(context.Context, access.Principal, string) error { return nil }

// perPlate is the plate of Per Dahl's car, which is on no agreement.
const perPlate = "RK20877"

// a move that is dated back over the edge of a month has the passages of both months priced again, on both
// vehicles: the old one's lose the discount, the new one's gain it. The receipt says what each cost before and costs now.
func TestBackdatedMoveRatesBothMonthsAgain(t *testing.T) {
	december := (pipelinetest.November.Month() + 1).First()
	r := pipelinetest.New(t, oslo.At(december+1, 12, 0, 0)) // 2 December
	drive := func(n int64, day oslo.Day, plate string, tag toll.TagID) toll.Observation {
		return toll.Observation{
			Station: "oslo-201", Lane: 1, Epoch: 31, Sequence: n, At: oslo.At(day, 7, 30, 0), Direction: toll.Inbound, Tag: tag, Country: "NO", Plate: plate,
		}
	}
	tag := fixture.Mounts()[0].Tag
	before := drive(1, december-4, "DP45821", tag) // before the move: nothing changes
	old := []toll.Observation{drive(2, december-1, "DP45821", ""), drive(3, december, "DP45821", "")}
	fresh := []toll.Observation{drive(4, december-1, perPlate, tag), drive(5, december, perPlate, tag)} // the tag was in Per's car already
	all := append(append([]toll.Observation{before}, old...), fresh...)
	r.Send(pipelinetest.NDJSON(all...))
	r.Settle()
	was := map[toll.PassageID]money.Ore{}
	for _, o := range all {
		was[o.ID()] = r.Audited(o).Net
	}
	plates := map[toll.Plate]register.Vehicle{}
	for _, v := range fixture.Register() {
		plates[v.Plate] = register.Vehicle{Make: v.Make, Facts: v.Facts}
	}
	service := fleet.NewService(fleetdb.New(r.DB), source(plates), freely{}, r.Service(), addPeople(t, r), r.Now)
	kari := access.Principal{Account: fixture.Accounts()[0].ID, Customer: fixture.Kari, Person: "Kari Lund", Kind: toll.Private, Role: role.Owner}
	move := api.FleetChangeRequest{Key: uuid.NewString(), Kind: toll.ChangeMove, Tag: tag, Country: "NO", Plate: perPlate, At: oslo.At(december-1, 0, 0, 0)}
	tried, err := service.Check(t.Context(), kari, move)
	if err != nil || tried.Pending {
		t.Fatalf("tried: %+v, %v", tried, err)
	}
	receipt, err := service.Change(t.Context(), kari, move)
	if err != nil || len(receipt.Prices) != 2 || !receipt.Pending {
		t.Fatalf("%+v, %v", receipt, err)
	}
	r.ApplyRegisterChanges()
	receipt, err = service.Receipt(t.Context(), kari, receipt.Key)
	if err != nil || receipt.Pending {
		t.Fatalf("rated: %+v, %v", receipt, err)
	}
	if now := r.Audited(before).Net; now != was[before.ID()] {
		t.Errorf("the passage before the move costs %v, was %v", now, was[before.ID()])
	}
	for _, o := range old { // matched by its plate, it had the discount of the agreement; now its owner pays the full price
		if a := r.Audited(o); a.MatchedBy != toll.ByOwner || a.Net != a.List || a.Posted != a.Net {
			t.Errorf("%s: %+v, was %v", o.At, a, was[o.ID()])
		}
	}
	wantOld, wantNew := [2]money.Ore{}, [2]money.Ore{}
	for _, o := range old {
		wantOld[0], wantOld[1] = wantOld[0]+was[o.ID()], wantOld[1]+r.Audited(o).Net
	}
	for _, o := range fresh { // read by the tag, they were the old vehicle's
		a := r.Audited(o)
		if a.MatchedBy != toll.ByTag || a.Posted != a.Net {
			t.Errorf("%s: %+v, was %v", o.At, a, was[o.ID()])
		}
		wantOld[0], wantNew[1] = wantOld[0]+was[o.ID()], wantNew[1]+a.Net
	}
	for i, want := range [][2]money.Ore{wantOld, wantNew} {
		if p := receipt.Prices[i]; p.Before != want[0] || p.Now != want[1] || p.Passages != 2 {
			t.Errorf("price of %s: %+v, want %v before and %v now", p.Plate, p, want[0], want[1])
		}
	}
	// What was shown before it was saved is what came of it.
	if len(tried.Prices) != 2 || tried.Prices[0] != receipt.Prices[0] || tried.Prices[1] != receipt.Prices[1] {
		t.Errorf("tried: %+v, saved: %+v", tried.Prices, receipt.Prices)
	}
	r.WantSums()
	if _, err := service.Change(t.Context(), kari, api.FleetChangeRequest{Key: uuid.NewString(), Kind: toll.ChangeHold, Tag: tag}); fault.CodeOf(err) != fault.ChangedMeanwhile {
		t.Errorf("by a page of before: %v", err)
	}
}

// source is a register of vehicles by their plates.
type source map[toll.Plate]register.Vehicle

func (s source) Vehicle(_ context.Context, plate toll.Plate) (register.Vehicle, error) {
	if v, ok := s[plate]; ok {
		return v, nil
	}
	return register.Vehicle{}, fault.New(fault.NotFound)
}

// addPeople adds the people of the demo data, whom the pipeline does without.
func addPeople(t *testing.T, r *pipelinetest.Rig) seal.Keys {
	t.Helper()
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Seed(t.Context(), accessdb.New(r.DB), keys, fixture.Accounts(), fixture.Password); err != nil {
		t.Fatal(err)
	}
	return keys
}
