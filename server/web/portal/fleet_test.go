package portal_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// The demo data's vehicles and tags of Kari Lund.
const (
	kariPetrolPlate   = "DP45821"
	kariElectricPlate = "EK31204"
)

// petrol is what a person states about a car that the register does not have; the register is not configured here.
func petrol() *toll.StatedVehicle {
	return &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "petrol"}
}

// lineOf returns the line of a plate.
func lineOf(t *testing.T, v *webtest.Visitor, plate string) api.FleetLine {
	t.Helper()
	for _, l := range webtest.Call(v, api.Fleet, api.Empty{}, "").Lines {
		if l.Plate.Text == plate {
			return l
		}
	}
	t.Fatalf("%s is not among the vehicles", plate)
	return api.FleetLine{}
}

// tagLine returns the line of a tag, and false if it is not listed any more.
func tagLine(v *webtest.Visitor, tag toll.TagID) (api.FleetLine, bool) {
	for _, l := range webtest.Call(v, api.Fleet, api.Empty{}, "").Lines {
		if l.Tag == tag {
			return l, true
		}
	}
	return api.FleetLine{}, false
}

// moving returns a request that moves the tag of a line to another car.
func moving(l api.FleetLine, plate string) api.FleetChangeRequest {
	return api.FleetChangeRequest{
		Key: uuid.NewString(), Kind: toll.ChangeMove, Tag: l.Tag, Country: "NO", Plate: plate, Stated: petrol(), Version: l.Version,
	}
}

func changing(kind toll.ChangeKind, l api.FleetLine) api.FleetChangeRequest {
	return api.FleetChangeRequest{Key: uuid.NewString(), Kind: kind, Tag: l.Tag, Vehicle: l.Vehicle, Version: l.Version}
}

// S2.67, S2.68, S2.69, S2.70: a tag is chosen, then the number of the receiving vehicle; what is known of the vehicle is
// shown before anything is saved; and the change counts from at most three days back. K12: the same operation changes the
// number on an agreement.
func TestTagMovesToAnotherVehicle(t *testing.T) {
	h := webtest.New(t, webtest.WithReading(t))
	v := h.SignIn(webtest.Kari)
	before := lineOf(t, v, kariPetrolPlate)
	looked := webtest.Call(v, api.VehicleLookup, api.VehicleLookupRequest{Country: "NO", Plate: "ab 12345"}, "")
	if looked.Plate.Text != "AB12345" || !looked.Silent {
		t.Fatalf("looked up: %+v", looked)
	}
	req := moving(before, "AB 12345")
	req.Looked, req.At = looked.Looked, h.Now().Add(-48*time.Hour)
	tried := webtest.Call(v, api.FleetCheck, req, "")
	if tried.To == nil || tried.To.Text != "AB12345" || tried.From == nil || tried.From.Text != kariPetrolPlate {
		t.Errorf("tried: %+v", tried)
	}
	if l := lineOf(t, v, kariPetrolPlate); l != before {
		t.Errorf("a try has changed %+v to %+v", before, l)
	}
	late := req
	late.Key, late.At = uuid.NewString(), h.Now().Add(-5*24*time.Hour)
	webtest.Call(v, api.FleetChange, late, fault.ChangeTooOld)
	receipt := webtest.Call(v, api.FleetChange, req, "")
	if again := webtest.Call(v, api.FleetChange, req, ""); again.ID != receipt.ID {
		t.Errorf("sent twice: changes %d and %d", receipt.ID, again.ID)
	}
	after := lineOf(t, v, "AB12345")
	if after.Tag != before.Tag || after.Agreement != before.Agreement || after.Status != toll.TagActive || !after.Since.Equal(receipt.Effective) {
		t.Errorf("after: %+v", after)
	}
	for _, l := range webtest.Call(v, api.Fleet, api.Empty{}, "").Lines {
		if l.Plate.Text == kariPetrolPlate {
			t.Errorf("the old vehicle is still on the agreement: %+v", l)
		}
	}
	back := moving(after, kariPetrolPlate) // from before the first change
	back.At = h.Now().Add(-60 * time.Hour)
	webtest.Call(v, api.FleetChange, back, fault.ChangedSince)
	webtest.Call(v, api.FleetChange, moving(after, kariElectricPlate), fault.VehicleTagged)
	webtest.Call(v, api.FleetChange, moving(after, "SV61733"), fault.VehicleTaken) // Olav's
	webtest.Call(h.SignIn("olav@bompass.example"), api.FleetChange, moving(after, "AB12346"), fault.NotFound)
	history := webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{Tag: before.Tag}, "")
	if len(history.Events) != 1 || history.Events[0].Actor != "Kari Lund" || history.Events[0].From.Text != kariPetrolPlate || history.Events[0].To.Text != "AB12345" {
		t.Errorf("history: %+v", history.Events)
	}
	proves.That(t, "S2.67–S2.70", "S4.35")
}

// Of fifty people who move the same tag at once, one succeeds; the others are told that it was changed, and see the
// change in its history.
func TestOneOfFiftyMovesOfATagSucceeds(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	line := lineOf(t, v, kariPetrolPlate)
	const many = 50
	status := make([]int, many)
	bodies := make([]string, many)
	var all sync.WaitGroup
	plates := []string{"AB12345", "AB12346", "AB12347"}
	var answers []string
	for _, plate := range plates { // look-ups are limited, and each is used by many
		answers = append(answers, webtest.Call(v, api.VehicleLookup, api.VehicleLookupRequest{Country: "NO", Plate: plate}, "").Looked)
	}
	for n := range many {
		req := moving(line, plates[n%len(plates)])
		req.Looked = answers[n%len(plates)]
		body := webtest.JSON(t, req)
		all.Go(func() {
			p := v.Do(http.MethodPost, api.FleetChange.Path, body)
			status[n], bodies[n] = p.StatusCode, p.Body
		})
	}
	all.Wait()
	won := ""
	for n := range many {
		var receipt api.FleetReceipt
		switch {
		case status[n] == http.StatusOK && won == "" && json.Unmarshal([]byte(bodies[n]), &receipt) == nil:
			won = receipt.To.Text
		case status[n] != http.StatusConflict:
			t.Errorf("request %d: %d %s", n, status[n], bodies[n])
		}
	}
	if l := lineOf(t, v, won); l.Tag != line.Tag {
		t.Errorf("the tag is not on %s: %+v", won, l)
	}
	if events := webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{Tag: line.Tag}, "").Events; len(events) != 1 || events[0].To.Text != won {
		t.Errorf("history: %+v", events)
	}
}

// S1.41–S1.47, S2.71–S2.73: a vehicle is removed and its tag is settled, which gives the deposit back, or kept on hold,
// and can be put on another vehicle later.
func TestRemovedVehicleLeavesTagSettledOrOnHold(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	petrolLine, electric := lineOf(t, v, kariPetrolPlate), lineOf(t, v, kariElectricPlate)
	hold := changing(toll.ChangeHold, petrolLine)
	hold.Reason = toll.ReasonSold
	if r := webtest.Call(v, api.FleetChange, hold, ""); r.After != toll.TagOnHold || r.Returned != 0 || r.Reason != toll.ReasonSold {
		t.Errorf("kept: %+v", r)
	}
	kept, there := tagLine(v, petrolLine.Tag)
	if !there || kept.Vehicle != "" || kept.Status != toll.TagOnHold {
		t.Fatalf("kept: %+v", kept)
	}
	webtest.Call(v, api.FleetChange, changing(toll.ChangeHold, kept), fault.TagHeld)
	if r := webtest.Call(v, api.FleetChange, moving(kept, "AB12345"), ""); r.Before != toll.TagOnHold || r.To.Text != "AB12345" {
		t.Errorf("used again: %+v", r)
	}
	settle := changing(toll.ChangeSettle, electric)
	settle.Reason, settle.End = toll.ReasonScrapped, true
	webtest.Call(v, api.FleetChange, settle, fault.AgreementInUse) // the other vehicle is still on it
	settle.End = false
	if r := webtest.Call(v, api.FleetChange, settle, ""); r.After != toll.TagSettled || r.Returned != 20000 {
		t.Errorf("settled: %+v", r)
	}
	if l, there := tagLine(v, electric.Tag); there {
		t.Errorf("a settled tag is still listed: %+v", l)
	}
	proves.That(t, "S1.46", "S2.72", "S2.73")
}

// K06: the last vehicle ends the agreement only if the customer says so.
func TestLastVehicleEndsAgreementWhenAsked(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("olav@bompass.example")
	settle := changing(toll.ChangeSettle, lineOf(t, v, "SV61733"))
	settle.End = true
	if r := webtest.Call(v, api.FleetChange, settle, ""); !r.Ended {
		t.Errorf("ended: %+v", r)
	}
	if reply := webtest.Call(v, api.Fleet, api.Empty{}, ""); len(reply.Lines) != 0 || len(reply.Agreements) != 0 {
		t.Errorf("left: %+v", reply)
	}
	if d := webtest.Call(v, api.AgreementDetails, api.AgreementReceiptRequest{Number: "7004001"}, ""); d.To.IsZero() || len(d.Vehicles) != 0 {
		t.Errorf("details: %+v", d)
	}
}

// A lost tag is blocked at once, while its vehicle stays on the agreement. When it is found, it goes back to the vehicle.
func TestLostTagIsBlockedAndReopened(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	line := lineOf(t, v, kariPetrolPlate)
	lost := changing(toll.ChangeLost, line)
	lost.Keep, lost.Reason = true, toll.ReasonStolen
	webtest.Call(v, api.FleetChange, lost, "")
	if l := lineOf(t, v, kariPetrolPlate); l.Tag != "" || l.Agreement != line.Agreement {
		t.Errorf("the vehicle: %+v", l)
	}
	tag, _ := tagLine(v, line.Tag)
	if tag.Status != toll.TagLost || tag.Returned != 0 {
		t.Errorf("the tag: %+v", tag)
	}
	webtest.Call(v, api.FleetChange, moving(tag, "AB12345"), fault.TagLost)
	webtest.Call(v, api.FleetChange, changing(toll.ChangeReopen, line), fault.ChangedMeanwhile)
	h.Advance(time.Minute)
	if r := webtest.Call(v, api.FleetChange, changing(toll.ChangeReopen, tag), ""); r.After != toll.TagActive || r.To == nil || r.To.Text != kariPetrolPlate {
		t.Errorf("reopened: %+v", r)
	}
	if l := lineOf(t, v, kariPetrolPlate); l.Tag != line.Tag || l.Status != toll.TagActive {
		t.Errorf("after: %+v", l)
	}
	if events := webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{Agreement: line.Agreement}, "").Events; len(events) != 2 || events[0].Kind != toll.ChangeReopen || events[1].Reason != toll.ReasonStolen {
		t.Errorf("history: %+v", events)
	}
}

// S2.64, S2.65, S2.66: a vehicle joins an agreement that is chosen, after both sets of terms are accepted. K07: a private
// agreement is full with two.
func TestVehicleJoinsAgreement(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	add := api.FleetChangeRequest{Key: uuid.NewString(), Kind: toll.ChangeAdd, Agreement: "7001001", Country: "NO", Plate: "AB12345", Stated: petrol(), OrderTag: true}
	webtest.Call(v, api.FleetChange, add, fault.TermsNeeded)
	add.Terms = toll.TermsInForce()
	if reply := webtest.Call(v, api.Fleet, api.Empty{}, ""); len(reply.Agreements) != 1 || !reply.Agreements[0].Full {
		t.Errorf("agreements: %+v", reply.Agreements)
	}
	webtest.Call(v, api.FleetChange, add, fault.AgreementFull)
	webtest.Call(v, api.FleetChange, changing(toll.ChangeSettle, lineOf(t, v, kariElectricPlate)), "")
	if r := webtest.Call(v, api.FleetChange, add, ""); !r.Ordered || r.To.Text != "AB12345" {
		t.Errorf("added: %+v", r)
	}
	added := lineOf(t, v, "AB12345")
	if added.Status != toll.TagOrdered || added.Tag != "" {
		t.Errorf("added: %+v", added)
	}
	add.Key, add.Plate = uuid.NewString(), "SV61733"
	webtest.Call(v, api.FleetChange, add, fault.AgreementFull)
	remove := changing(toll.ChangeRemove, added)
	remove.Tag, remove.Version = "", added.Version
	h.Advance(time.Minute)
	webtest.Call(v, api.FleetChange, remove, "")
	if reply := webtest.Call(v, api.Fleet, api.Empty{}, ""); len(reply.Lines) != 1 {
		t.Errorf("after it has left: %+v", reply.Lines)
	}
	proves.That(t, "S2.65", "S2.66")
}
