package webtest

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"bompass/shared/fixture"
)

// logBuffer stores a log. It is safe for concurrent use.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (d *logBuffer) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(line)
}

func (d *logBuffer) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

// checkLog fails the test if the server's log has a secret of the demo data or the token of a link, ASVS V16.2.5.
func (h *Server) checkLog() {
	h.t.Helper()
	log := h.Log.String() + h.Security.String()
	for name, secret := range Secrets() {
		if strings.Contains(log, secret) {
			h.t.Errorf("the log has %s", name)
		}
	}
	for _, m := range h.Inbox.List("") {
		for _, opens := range linkTokenPattern.FindAllStringSubmatch(m.Text, -1) {
			if strings.Contains(log, opens[1]) {
				h.t.Errorf("the log has the token of a link to %s", m.To)
			}
		}
	}
}

// linkTokenPattern matches the token of a link, which gives access to an account.
var linkTokenPattern = regexp.MustCompile(`token=([A-Za-z0-9_-]{43})`)

// Secrets returns the secrets and personal numbers of the demo data, by name.
func Secrets() map[string]string {
	all := map[string]string{"the password": fixture.Password, "the station's key": fixture.StationKey}
	for n, a := range fixture.Accounts() {
		all[fmt.Sprintf("secret %d", n)], all[fmt.Sprintf("number %d", n)] = a.TOTPSecret, a.BirthNumber
	}
	return all
}
