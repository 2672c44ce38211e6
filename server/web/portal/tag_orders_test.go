package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bompass/server/fleet"
	"bompass/server/partner/tagshop/sim"
	"bompass/server/store/fleetdb"
	"bompass/server/web"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// workOrders performs the job that follows orders.
func workOrders(t *testing.T, h *webtest.Server) {
	t.Helper()
	orders := fleet.NewOrders(fleetdb.New(h.DB), sim.New(h.Now), h.Now)
	for range 2 { // a job that is run again changes nothing more
		if err := orders.Work(t.Context(), fleet.OrderJob{}, 1); err != nil {
			t.Fatal(err)
		}
	}
}

// order sends the form of an order.
func order(v *webtest.Visitor, vehicle toll.VehicleID, item, address string) webtest.Page {
	return v.SubmitFormAt(site.TagOrders, site.TagOrders, url.Values{"car": {string(vehicle)}, "item": {item}, "address": {address}})
}

// A tag and a holder are ordered and followed until they are delivered. The address is corrected until they are sent, and a
// replacement takes the place of the old tag when it is delivered, not before; the deposit goes with it.
func TestTagAndHolderAreOrderedAndFollowed(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	line := lineOf(t, v, kariPetrolPlate)
	if p := v.SubmitFormAt(site.TagOrders, site.TagOrders, url.Values{"address": {""}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty order: %d", p.StatusCode)
	}
	for _, item := range []string{"tag", "holder"} {
		if p := order(v, line.Vehicle, item, "Storgata 1, 0155 Oslo, NO"); p.StatusCode != http.StatusSeeOther {
			t.Fatalf("order of a %s: %d %s", item, p.StatusCode, p.Body)
		}
		if p := order(v, line.Vehicle, item, "Storgata 1, 0155 Oslo, NO"); p.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("the same again: %d", p.StatusCode)
		}
	}
	page := v.Get(site.TagOrders).Body
	wantTexts(t, page, "DP 45821", "Storgata 1, 0155 Oslo, NO")
	number := regexp.MustCompile(`name="order" value="(\d+)"`).FindAllStringSubmatch(page, -1)
	if len(number) != 2 {
		t.Fatalf("%d orders can be corrected, want 2", len(number))
	}
	correct := func(n, address string) int {
		return v.SubmitFormAt(site.TagOrders+"/address", site.TagOrders, url.Values{"order": {n}, "address": {address}}).StatusCode
	}
	for _, n := range number {
		if got := correct(n[1], "<b>"); got != http.StatusUnprocessableEntity {
			t.Errorf("an address that is none: %d", got)
		}
		if got := correct(n[1], "Hytta, 2630 Ringebu, NO"); got != http.StatusSeeOther {
			t.Errorf("correct: %d", got)
		}
	}
	olav := h.SignIn("olav@bompass.example")
	if p := olav.SubmitFormAt(site.TagOrders+"/address", site.TagOrders, url.Values{"order": {number[0][1]}, "address": {"Her"}}); p.StatusCode != http.StatusNotFound {
		t.Errorf("another customer corrects it: %d", p.StatusCode)
	}
	if p := order(olav, line.Vehicle, "tag", "Her"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another customer's vehicle: %d", p.StatusCode)
	}
	workOrders(t, h)
	if l := lineOf(t, v, kariPetrolPlate); l.Tag != line.Tag {
		t.Errorf("nothing is sent yet: %+v", l)
	}
	h.Advance(sim.SentAfter + time.Minute)
	workOrders(t, h)
	v = h.SignIn(webtest.Kari)
	page = v.Get(site.TagOrders).Body
	wantTexts(t, page, "Hytta, 2630 Ringebu, NO", "Sendt")
	if strings.Contains(page, `name="order"`) {
		t.Error("an order that was sent can be corrected")
	}
	if got := correctAs(v, number[0][1]); got != http.StatusConflict {
		t.Errorf("corrected after it was sent: %d", got)
	}
	if l := lineOf(t, v, kariPetrolPlate); l.Tag != line.Tag {
		t.Errorf("the replacement is not there yet: %+v", l)
	}
	h.Advance(sim.DeliveredAfter)
	workOrders(t, h)
	v = h.SignIn(webtest.Kari)
	after := lineOf(t, v, kariPetrolPlate)
	if after.Tag == line.Tag || after.Tag == "" || after.Status != toll.TagActive || after.Returned != line.Returned {
		t.Errorf("delivered: %+v", after)
	}
	if l, there := tagLine(v, line.Tag); there {
		t.Errorf("the old tag is still listed: %+v", l)
	}
	var kinds []toll.ChangeKind
	for _, e := range webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{Vehicle: line.Vehicle}, "").Events {
		kinds = append(kinds, e.Kind)
	}
	if len(kinds) != 5 || kinds[0] != toll.ChangeMove || kinds[1] != toll.ChangeSettle || kinds[2] != toll.ChangeSend || kinds[4] != toll.ChangeOrder {
		t.Errorf("history: %v", kinds)
	}
}

// correctAs tries to correct the address of an order.
func correctAs(v *webtest.Visitor, order string) int {
	return v.SubmitFormAt(site.TagOrders+"/address", site.TagOrders, url.Values{"order": {order}, "address": {"Et annet sted"}}).StatusCode
}

// K05: where the tag is to be returned first, its deposit is paid back when it has been received, and there is a receipt for it.
// Otherwise the deposit is paid back at once.
func TestDepositAwaitsReturnOfTagWhereConfigured(t *testing.T) {
	for _, first := range []bool{true, false} {
		h := webtest.New(t, func(d *web.Deps) { d.Fleet.WithReturnFirst(first) })
		v := h.SignIn(webtest.Kari)
		line := lineOf(t, v, kariElectricPlate)
		if r := webtest.Call(v, api.FleetChange, changing(toll.ChangeSettle, line), ""); r.Awaits != first || r.Returned != 20000 {
			t.Errorf("settled: %+v", r)
		}
		h.Advance(time.Minute)
		office := fleet.NewService(fleetdb.New(h.DB), nil, nil, nil, h.Keys, h.Now)
		if err := office.MarkReceived(t.Context(), string(lineOf(t, v, kariPetrolPlate).Tag)); err == nil {
			t.Error("a tag that is in use is received")
		}
		if err := office.MarkReceived(t.Context(), string(line.Tag)); err != nil {
			t.Fatal(err)
		}
		if err := office.MarkReceived(t.Context(), string(line.Tag)); err == nil {
			t.Error("a tag is received twice")
		}
		events := webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{Tag: line.Tag}, "").Events
		want := money.Ore(0)
		if first {
			want = 20000
		}
		if len(events) != 2 || events[0].Kind != toll.ChangeReceive || events[0].Returned != want {
			t.Errorf("history: %+v", events)
			continue
		}
		if r := webtest.Call(v, api.FleetConfirm, api.FleetReceiptRequest{Key: events[0].Key}, ""); r.Tag != line.Tag || r.Returned != want {
			t.Errorf("receipt: %+v", r)
		}
	}
}

// A vehicle without a tag gets its first one with the terms, and a replacement of a tag that is lost meanwhile becomes its
// first one.
func TestFirstTagNeedsTermsAndLostTagIsReplaced(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	line := lineOf(t, v, kariPetrolPlate)
	if p := order(v, line.Vehicle, "tag", "Storgata 1"); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("order: %d", p.StatusCode)
	}
	h.Advance(time.Minute)
	line = lineOf(t, v, kariPetrolPlate)
	lost := changing(toll.ChangeLost, line)
	lost.Keep, lost.Reason = true, toll.ReasonLost
	webtest.Call(v, api.FleetChange, lost, "")
	if l := lineOf(t, v, kariPetrolPlate); l.Status != toll.TagOrdered {
		t.Errorf("the order is now of the vehicle's only tag: %+v", l)
	}
	electric := lineOf(t, v, kariElectricPlate)
	gone := changing(toll.ChangeLost, electric)
	gone.Keep, gone.Reason = true, toll.ReasonLost
	webtest.Call(v, api.FleetChange, gone, "")
	if p := order(v, electric.Vehicle, "tag", "Storgata 1"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without the terms: %d", p.StatusCode)
	}
	p := v.SubmitFormAt(site.TagOrders, site.TagOrders, url.Values{"car": {string(electric.Vehicle)}, "item": {"tag"}, "address": {"Storgata 1"}, "terms": {"yes"}})
	if p.StatusCode != http.StatusSeeOther {
		t.Fatalf("with the terms: %d", p.StatusCode)
	}
	h.Advance(sim.SentAfter + time.Minute)
	workOrders(t, h)
	v = h.SignIn(webtest.Kari)
	for _, plate := range []string{kariPetrolPlate, kariElectricPlate} {
		if l := lineOf(t, v, plate); l.Tag == "" || l.Status != toll.TagActive {
			t.Errorf("sent: %+v", l)
		}
	}
}
