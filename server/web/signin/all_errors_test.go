package signin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"bompass/server/web/webtest"
)

// Everything that is wrong with a form is said at once: above it with a link to each field, and beside the field, each
// in its own words.
func TestFormSaysAllThatIsWrong(t *testing.T) {
	h := webtest.New(t)
	p := h.Visitor().SubmitForm("/first/email", url.Values{"number": {"12"}, "personal": {"1"}, "email": {"kari"}})
	if p.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", p.StatusCode)
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`<li><a class="ds-link" href="#(\w+)">([^<]+)</a></li>`).FindAllStringSubmatch(p.Body, -1) {
		if !regexp.MustCompile(`id="` + m[1] + `-error">` + regexp.QuoteMeta(m[2]) + `<`).MatchString(p.Body) {
			t.Errorf("%q is not beside the field %s", m[2], m[1])
		}
		if seen[m[2]] {
			t.Errorf("%q is said of two fields", m[2])
		}
		seen[m[2]] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d faults are said, want 3: %v", len(seen), seen)
	}
	v := h.Visitor()
	v.SubmitForm("/register", url.Values{"email": {"ny@bompass.example"}})
	p = v.OpenLink(h.LinkIn(h.LastMessage("ny@bompass.example")), url.Values{"name": {""}, "password": {"kort"}})
	for _, field := range []string{"name", "password"} {
		if !regexp.MustCompile(`id="` + field + `-error"`).MatchString(p.Body) {
			t.Errorf("nothing is said of the %s", field)
		}
	}
}
