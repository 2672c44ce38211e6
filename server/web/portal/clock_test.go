package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"bompass/server/web/webtest"
)

// Without a test clock, as in production, its page does not exist.
func TestPageOfTheTestClockNeedsAClock(t *testing.T) {
	h := webtest.New(t)
	if p := h.Visitor().Get("/dev/clock"); p.StatusCode != http.StatusNotFound {
		t.Errorf("%d", p.StatusCode)
	}
	for _, r := range h.Routes {
		if strings.HasPrefix(r.Path, "/dev/clock") {
			t.Errorf("%+v", r)
		}
	}
}
