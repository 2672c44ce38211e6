package portal_test

import (
	"regexp"
	"strings"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/fixture"
)

// What is stored about a person is shown in words: no names of columns, no amounts in øre, no values as programs write them.
func TestStoredInvoicesAreShownInWords(t *testing.T) {
	h := webtest.New(t)
	addInvoice(t, h, fixture.Kari, fixture.KariAgreement)
	body := strings.ReplaceAll(h.SignIn(webtest.Kari).Get("/export").Body, "\u00a0", " ")
	for _, want := range []string{"<h2", "Fakturaer", "Linjer på fakturaer", "Betalingsfrist", "<td>faktura</td>", "<td>passering</td>", " kr</td>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if raw := regexp.MustCompile(`>export\.[^<]*|map\[[^<]*|<th scope="col">[a-z][^<]*|<td>20\d\d-\d\d-\d\d`).FindString(body); raw != "" {
		t.Errorf("the page shows %q", raw)
	}
}
