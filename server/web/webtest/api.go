package webtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"bompass/shared/fault"
)

// FaultOf returns the fault in an answer, and fails the test if there is none.
func FaultOf(t *testing.T, p Page) fault.Error {
	t.Helper()
	var f fault.Error
	if err := json.Unmarshal([]byte(p.Body), &f); err != nil || f.Code == "" {
		t.Fatalf("%d is not a fault: %q", p.StatusCode, p.Body)
	}
	return f
}

// PostOversized sends 16 KB of a body whose Content-Length is length. A server that refuses a body by its length
// answers without waiting for the rest.
func (v *Visitor) PostOversized(path string, length int) Page {
	v.t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(v.t.Context(), "tcp", strings.TrimPrefix(v.URL, "http://"))
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", path,
		strings.TrimPrefix(v.URL, "http://"), length, strings.Repeat("x", 16<<10))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return Page{resp, string(text)}
}
