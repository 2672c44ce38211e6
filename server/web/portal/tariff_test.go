package portal_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/tariff"
)

func TestTariffsArePublic(t *testing.T) {
	v := webtest.New(t).Visitor()
	p := v.Get(api.TariffBook.Path)
	var reply api.TariffBookReply
	if err := json.Unmarshal([]byte(p.Body), &reply); err != nil || p.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v", p.StatusCode, err)
	}
	if len(reply.Files) != 1 || reply.Version != tariff.Fingerprint(reply.Files) || reply.Files[0] != webtest.Tariffs[0] {
		t.Errorf("got %+v", reply)
	}
	tag := p.Header.Get("Etag")
	if tag != `"`+reply.Version+`"` || p.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("tag %q, cache %q", tag, p.Header.Get("Cache-Control"))
	}
	if again := v.Get(api.TariffBook.Path, webtest.Header("If-None-Match", tag)); again.StatusCode != http.StatusNotModified || again.Body != "" {
		t.Errorf("with the ETag: got %d %q", again.StatusCode, again.Body)
	}
	packed := v.Get(api.TariffBook.Path, webtest.Header("Accept-Encoding", "br"))
	if packed.Header.Get("Content-Encoding") != "br" || packed.Header.Get("Etag") == tag || len(packed.Body) >= len(p.Body) {
		t.Errorf("compressed: %s %s, %d bytes", packed.Header.Get("Content-Encoding"), packed.Header.Get("Etag"), len(packed.Body))
	}
	if p := v.Get(api.TariffBook.Path + "?scheme=oslo"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("with a query: got %d", p.StatusCode)
	}
}

// The price calculator is public, in the visitor's language, and shows nothing of a person.
func TestPriceCalculatorIsPublic(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	p := v.Get("/prices?stops=oslo-104.0700", webtest.Header("Accept-Language", "sv"))
	if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, `lang="sv"`) || strings.Contains(p.Body, "oslo-104") {
		t.Errorf("without a session: got %d %q", p.StatusCode, p.Body)
	}
	if !strings.Contains(p.Body, "Vad kostar resan?</h1>") || !strings.Contains(p.Body, `data-visitor="nobody"`) || strings.Contains(p.Body, "/sv/") || !strings.Contains(p.Body, `data-reload="Ladda om`) {
		t.Errorf("the page does not say what it is about before the program runs: %s", p.Body)
	}
	if p := h.SignIn(webtest.Kari).Get("/prices"); p.StatusCode != http.StatusOK || strings.Contains(p.Body, "nobody") {
		t.Errorf("Kari: got %d %q", p.StatusCode, p.Body)
	}
	if p := v.Get("/login"); !strings.Contains(p.Body, `href="/prices"`) {
		t.Error("the sign-in page does not link to the prices")
	}
	if p := v.Get("/check"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("recheck without a session: got %d", p.StatusCode)
	}
}

func TestRecheckBelongsToCustomer(t *testing.T) {
	h := webtest.New(t)
	var reply api.RecheckReply
	signed := h.SignIn(webtest.Kari)
	p := signed.Get(api.Recheck.Path + "?vehicle=v&month=2026-11")
	if err := json.Unmarshal([]byte(p.Body), &reply); err != nil || p.StatusCode != http.StatusOK {
		t.Fatalf("got %d %s", p.StatusCode, p.Body)
	}
	if reply.Tariffs != tariff.Fingerprint(webtest.Tariffs) || reply.Month.String() != "2026-11" || len(reply.Charges) != 1 {
		t.Errorf("got %+v", reply)
	}
	if p := signed.Get(api.Recheck.Path + "?vehicle=v&month=soon"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no month: got %d", p.StatusCode)
	}
}
