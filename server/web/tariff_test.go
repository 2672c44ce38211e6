package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"bompass/shared/api"
	"bompass/shared/tariff"
)

func TestAnyoneGetsTheTariffsThatPassagesAreRatedBy(t *testing.T) {
	v := newHouse(t).visitor()
	p := v.get(api.TariffBook.Path)
	var reply api.TariffBookReply
	if err := json.Unmarshal([]byte(p.body), &reply); err != nil || p.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v", p.StatusCode, err)
	}
	if len(reply.Files) != 1 || reply.Version != tariff.Fingerprint(reply.Files) || reply.Files[0] != published[0] {
		t.Errorf("got %+v", reply)
	}
	tag := p.Header.Get("Etag")
	if tag != `"`+reply.Version+`"` || p.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("tag %q, cache %q", tag, p.Header.Get("Cache-Control"))
	}
	if again := v.get(api.TariffBook.Path, header("If-None-Match", tag)); again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("asked again: got %d %q", again.StatusCode, again.body)
	}
	packed := v.get(api.TariffBook.Path, header("Accept-Encoding", "br"))
	if packed.Header.Get("Content-Encoding") != "br" || packed.Header.Get("Etag") == tag || len(packed.body) >= len(p.body) {
		t.Errorf("packed: %s %s, %d bytes", packed.Header.Get("Content-Encoding"), packed.Header.Get("Etag"), len(packed.body))
	}
	if p := v.get(api.TariffBook.Path + "?scheme=oslo"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a part of them: got %d", p.StatusCode)
	}
}

// The price calculator is for everyone, in the visitor's language, and says nothing of anybody.
func TestAnyoneSeesThePriceCalculator(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	p := v.get("/prices?stops=oslo-104.0700", header("Accept-Language", "sv"))
	if p.StatusCode != http.StatusOK || !strings.Contains(p.body, `lang="sv"`) || strings.Contains(p.body, "oslo-104") {
		t.Errorf("a stranger: got %d %q", p.StatusCode, p.body)
	}
	if !strings.Contains(p.body, "Vad kostar resan?</h1>") || !strings.Contains(p.body, `data-visitor="nobody"`) || strings.Contains(p.body, "/sv/") || !strings.Contains(p.body, `data-reload="Ladda om`) {
		t.Errorf("a stranger is not told what the page is about before the program runs: %s", p.body)
	}
	if p := h.signIn(kari).get("/prices"); p.StatusCode != http.StatusOK || strings.Contains(p.body, "Kari") || strings.Contains(p.body, "nobody") {
		t.Errorf("Kari: got %d %q", p.StatusCode, p.body)
	}
	if p := v.get("/login"); !strings.Contains(p.body, `href="/prices"`) {
		t.Error("the sign-in page does not lead to the prices")
	}
	if p := v.get("/check"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("a stranger at the bill: got %d", p.StatusCode)
	}
}

func TestABillIsOfTheCustomerThatAsks(t *testing.T) {
	h := newHouse(t)
	var reply api.BillReply
	signed := h.signIn(kari)
	p := signed.get(api.Bill.Path + "?vehicle=v&month=2026-11")
	if err := json.Unmarshal([]byte(p.body), &reply); err != nil || p.StatusCode != http.StatusOK {
		t.Fatalf("got %d %s", p.StatusCode, p.body)
	}
	if reply.Tariffs != tariff.Fingerprint(published) || reply.Month.String() != "2026-11" || len(reply.Charges) != 1 {
		t.Errorf("got %+v", reply)
	}
	if p := signed.get(api.Bill.Path + "?vehicle=v&month=soon"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no month: got %d", p.StatusCode)
	}
}
