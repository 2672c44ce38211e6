package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/site"
)

// S1.27, K13: an address belongs to one agreement, and the page says so. A change counts for the agreements that are ticked, all to
// begin with, and for no other; the address of the profile stays.
func TestAddressIsChangedOnTickedAgreements(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("nils@fjordfrakt.example")
	page := v.Get(site.AgreementAddress).Body
	wantTexts(t, page, "En adresse gjelder for én avtale.", "Avtale 7002001", "Avtale 7002002", "Som på profilen")
	if n := strings.Count(page, " checked"); n != 2 {
		t.Errorf("%d boxes are ticked, want 2", n)
	}
	set := func(v *webtest.Visitor, address string, numbers ...string) int {
		return v.SubmitFormAt(site.AgreementAddress, site.AgreementAddress, url.Values{"address": {address}, "agreement": numbers}).StatusCode
	}
	for _, wrong := range [][]string{{"", "7002001"}, {"<b>", "7002001"}, {"Havnegata 1, 7010 Trondheim"}} {
		if got := set(v, wrong[0], wrong[1:]...); got != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", wrong, got)
		}
	}
	if got := set(v, "Havnegata 1, 7010 Trondheim", "7002001", "7001001"); got != http.StatusNotFound {
		t.Errorf("with another customer's agreement: %d", got)
	}
	if got := set(v, "Havnegata 1, 7010 Trondheim", "7002001"); got != http.StatusSeeOther {
		t.Errorf("one agreement: %d", got)
	}
	page = v.Get(site.AgreementAddress).Body
	if strings.Count(page, ">Havnegata 1, 7010 Trondheim<") != 1 || strings.Count(page, "Som på profilen") != 1 {
		t.Errorf("after one: %s", page)
	}
	if got := set(v, "Kaia 2, 7010 Trondheim", "7002001", "7002002"); got != http.StatusSeeOther {
		t.Errorf("both agreements: %d", got)
	}
	if page = v.Get(site.AgreementAddress).Body; strings.Count(page, ">Kaia 2, 7010 Trondheim<") != 2 {
		t.Errorf("after both: %s", page)
	}
	proves.That(t, "S1.27")
}
