package help_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/site"
)

// questionPattern matches a question with its answer and the page that it leads to.
var questionPattern = regexp.MustCompile(`<section id="([a-z]+)">\s*<h2[^>]*>([^<]+)</h2>\s*<p[^>]*>([^<]+)</p>\s*<p[^>]*><a class="ds-link" href="([^"]+)">([^<]+)</a>`)

// S1.01, S2.86: the most frequent questions are answered to everybody, in every language, on the page of customer
// service. Each answer leads to a page that exists, and every public page leads to them.
func TestFrequentQuestionsArePublic(t *testing.T) {
	p := webtest.NewPortal(t, webtest.WithReading(t))
	kari := p.SignIn(webtest.Kari)
	for lang, want := range map[string][2]string{
		"nb": {"Ofte stilte spørsmål", "Hvordan finner jeg passeringene mine?"}, "en": {"Frequently asked questions", "How do I find my passages?"},
		"sv": {"Vanliga frågor", "Hur hittar jag mina passager?"}, "de": {"Häufige Fragen", "Wie finde ich meine Durchfahrten?"},
	} {
		v := p.Visitor()
		if login := v.Get(site.Login + "?lang=" + lang).Body; !strings.Contains(login, `href="`+site.Help+`"`) {
			t.Errorf("%s: the sign-in page does not lead to the questions", lang)
		}
		page := v.Get(site.Help)
		body := html.UnescapeString(page.Body)
		found := questionPattern.FindAllStringSubmatch(body, -1)
		if page.StatusCode != http.StatusOK || len(found) < 8 || strings.Contains(body, "faq.") || !strings.Contains(body, want[0]) || !strings.Contains(body, want[1]) {
			t.Errorf("%s: got %d with %d questions: %s", lang, page.StatusCode, len(found), body)
		}
		for _, q := range found {
			if !strings.Contains(body, `<a class="ds-link" href="#`+q[1]+`">`+q[2]+"</a>") {
				t.Errorf("%s: the list does not lead to %q", lang, q[2])
			}
			if lang != "nb" {
				continue
			}
			if to := kari.Get(q[4], webtest.Header("Cookie", "leaving=1")); to.StatusCode != http.StatusOK {
				t.Errorf("the answer to %q leads to %s, which answers %d", q[2], q[4], to.StatusCode)
			}
		}
		if !strings.Contains(body, `<address`) || !strings.Contains(body, `href="tel:+4772540900"`) {
			t.Errorf("%s: the page does not say how to reach customer service", lang)
		}
	}
	proves.That(t, "S1.01", "S2.86")
}
