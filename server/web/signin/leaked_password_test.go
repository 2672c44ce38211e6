package signin_test

import (
	"crypto/sha1"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/access/leaked"
	"bompass/server/web"
	"bompass/server/web/webtest"
)

// A password that has been found in data leaks is refused with its reason, although it looks strong; another is taken.
func TestLeakedPasswordIsRefused(t *testing.T) {
	const known = "ukjent-hval-hopper-17"
	path := filepath.Join(t.TempDir(), "leaked.txt")
	if err := os.WriteFile(path, fmt.Appendf(nil, "%X:3\n", sha1.Sum([]byte(known))), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := leaked.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = list.Close() }()
	h := webtest.New(t, func(d *web.Deps) { d.Registrar.RefuseLeaked(list) })
	h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}})
	link := h.LinkIn(h.LastMessage(webtest.Kari))
	if p := h.Visitor().OpenLink(link, url.Values{"password": {known}}); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.Body, "datalekkasjer") {
		t.Errorf("a leaked password: got %d %s", p.StatusCode, p.Body)
	}
	if p := h.Visitor().OpenLink(link, url.Values{"password": {webtest.NewPassword}}); p.StatusCode != http.StatusOK {
		t.Errorf("another: got %d %s", p.StatusCode, p.Body)
	}
}
