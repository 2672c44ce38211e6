package e2e_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/embedded"
	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// sendMonth sends passages of Kari's petrol car as stations do, so that the month has more than 200.
func sendMonth(t *testing.T, product *e2e.Product, month oslo.Month) {
	t.Helper()
	var body bytes.Buffer
	for i := range 110 {
		o := toll.Observation{
			Station: "oslo-305", Lane: 1, Epoch: 77, Sequence: int64(i), Direction: toll.Inbound,
			Tag: fixture.Mounts()[0].Tag,
			At:  oslo.At(month.First()+oslo.Day(i/4), 9+2*(i%4), i%60, 0),
		}
		if err := json.NewEncoder(&body).Encode(o); err != nil {
			t.Fatal(err)
		}
	}
	product.Send(t, &body)
}

// corruptCharge changes one charge in the product's database and returns its passage.
func corruptCharge(t *testing.T, product *e2e.Product, month oslo.Month) (passage string) {
	t.Helper()
	proves.StandIn(t, "a charge that the test has changed")
	address, err := embedded.Running(product.Home)
	if err != nil {
		t.Fatal(err)
	}
	db, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(t.Context()) }()
	err = db.QueryRow(t.Context(), `update charge set net = net + 100 where passage_id = (
			select p.id from passage p join charge c on c.passage_id = p.id
			where p.vehicle_id = $1 and p.passed_at >= $2 and c.net > 0 order by p.passed_at offset 30 limit 1)
		returning passage_id::text`, string(fixture.KariPetrol), month.Start()).Scan(&passage)
	if err != nil {
		t.Fatalf("corrupt a charge: %v", err)
	}
	return passage
}

// Kari's device computes her month again: every line agrees, until one is changed in the database, and then that one is
// found.
func TestDeviceRechecksMonth(t *testing.T) {
	product := e2e.Start(t, program)
	month := oslo.MonthOf(time.Now()) - 1
	sendMonth(t, product, month)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("Kari Lund")

	page.Go(product.URL() + "/passages")
	page.WaitText("Sjekk regningen på din egen enhet")
	page.Press(`a[href^="/check"]`)
	page.Wait("the address of the recheck", `location.pathname === "/check"`)
	page.Wait("this month's verdict", `document.querySelector("#verdict")`)

	address := product.URL() + "/check?vehicle=" + string(fixture.KariPetrol) + "&month=" + month.String()
	page.Go(address)
	page.Wait("every passage to be checked",
		`/Alle [2-9]\d\d linjer stemmer/.test(document.querySelector("#verdict")?.innerText.replaceAll("\u00a0", " ") || "")`)
	page.WaitText("Oslopakke 3")
	page.Press("main .bp-twin summary")
	page.WaitText("Fjellinjen price list")
	t.Logf("%s checked in %s in the browser; tariffs made ready in %s",
		page.Eval(`document.querySelector("#verdict h2, #verdict p").innerText`),
		page.Eval(`document.querySelector("#verdict").dataset.took`),
		page.Eval(`document.querySelector("#verdict").dataset.ready`))
	page.Screenshot("check-agrees")

	wrong := corruptCharge(t, product, month)
	page.Go(address)
	page.Wait("the corrupted line", `document.querySelector("#differs-`+wrong+`")`)
	page.WaitText("linjer stemmer ikke")
	page.WaitText("Beløpet er ikke det samme")
	page.WaitText(wrong)
	if n := page.Eval(`document.querySelectorAll(".bp-differs").length`); n != "1" {
		t.Errorf("%s lines differ, one was corrupted", n)
	}
	page.Screenshot("check-differs")
}

// A visitor prices a trip, sees the explanation, and can share its address.
func TestVisitorPricesTrip(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	page.Go(product.URL() + "/login")
	page.Press(`a[href="/prices"]`)
	page.WaitText("Velg bomstasjonene du passerer")
	page.Fill("#station", "maritim\r")
	page.Press("#add-oslo-104")
	page.Fill("#station", "bygdøy\r")
	page.Press("#add-oslo-301")
	page.Wait("a price both ways of paying",
		`document.querySelector("#total-with").innerText.includes("kr") && document.querySelector("#total-without").innerText.includes("kr")`)
	page.Wait("the trip in the address", `location.search.includes("oslo-104") && location.search.includes("oslo-301")`)
	page.Press("#trip-1")
	page.WaitText("Brikkerabatt")
	page.WaitText("Logg inn")
	t.Logf("priced in %s; tariffs made ready in %s", page.Eval(`document.querySelector("#priced").dataset.took`),
		page.Eval(`document.querySelector("#priced").dataset.ready`))
	total := page.Eval(`document.querySelector("#total-with").innerText`)
	page.Go(page.Eval("location.href"))
	page.Wait("the same trip at the same address", `document.querySelector("#total-with")`)
	if again := page.Eval(`document.querySelector("#total-with").innerText`); again != total {
		t.Errorf("the trip cost %q, at its address %q", total, again)
	}
}

// The calculator works without a network once it has been opened with one.
func TestTripIsPricedOffline(t *testing.T) {
	front := httptest.NewUnstartedServer(nil)
	front.StartTLS()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	product := e2e.Start(t, program, "BOMPASS_MODE=production", "BOMPASS_PUBLIC_URL="+front.URL,
		"BOMPASS_SECRET="+hex.EncodeToString(secret), "BOMPASS_SMTP_URL=smtp://127.0.0.1:1")
	back, err := url.Parse(product.URL())
	if err != nil {
		t.Fatal(err)
	}
	front.Config.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { // keeps the host
		r.Out.URL.Scheme, r.Out.URL.Host = back.Scheme, back.Host
	}}
	page := e2e.Open(t, e2e.Phone, "ignore-certificate-errors")
	page.Go(front.URL + "/prices?stops=oslo-104@07:30&day=2026-11-16")
	page.Wait("the price", `document.querySelector("#total-with")`)
	page.Wait("the service worker to be active",
		`navigator.serviceWorker.controller || navigator.serviceWorker.ready.then((r) => r.active && r.active.state === "activated")`)
	price := page.Eval(`document.querySelector("#total-with").innerText`)

	front.CloseClientConnections()
	front.Close()
	product.Stop(t)
	page.Go(front.URL + "/prices?stops=oslo-104@07:30&day=2026-11-16&back=16:00")
	page.Wait("the price without a network", `document.querySelector("#total-with")`)
	if page.Eval(`document.querySelectorAll("#trip-2").length`) != "1" {
		t.Error("the return trip is not on the page")
	}
	if offline := page.Eval(`document.querySelector("#total-with").innerText`); offline != price {
		t.Errorf("with a network %q, without %q", price, offline) // the return trip through the city border is free
	}
}
