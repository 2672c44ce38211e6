package web_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"bompass/server/web/webtest"
)

// ASVS V4.2.1: a request that can be read in two ways is refused and its connection is closed, so that what follows is
// never taken for another request.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	h := webtest.New(t)
	host := h.ParsedURL().Host
	const length = "Content-Length: 5\r\n"
	for name, head := range map[string]string{
		"two lengths":                   "POST /login HTTP/1.1\r\nHost: H\r\n" + length + "Content-Length: 6\r\n\r\nabcde",
		"the same length twice":         "POST /login HTTP/1.1\r\nHost: H\r\n" + length + length + "\r\nabcde",
		"lengths in a list":             "POST /login HTTP/1.1\r\nHost: H\r\nContent-Length: 5, 5\r\n\r\nabcde",
		"a signed length":               "POST /login HTTP/1.1\r\nHost: H\r\nContent-Length: +5\r\n\r\nabcde",
		"length and coding":             "POST /login HTTP/1.1\r\nHost: H\r\n" + length + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"coding and length":             "POST /login HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked\r\n" + length + "\r\n0\r\n\r\n",
		"an unknown coding":             "POST /login HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"identity":                      "POST /login HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: identity\r\n" + length + "\r\nabcde",
		"two codings":                   "POST /login HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"two hosts":                     "GET /healthz HTTP/1.1\r\nHost: H\r\nHost: evil.example\r\n\r\n",
		"two hosts, ours last":          "GET /healthz HTTP/1.1\r\nHost: evil.example\r\nhost: H\r\n\r\n",
		"no host":                       "GET /healthz HTTP/1.1\r\nAccept: */*\r\n\r\n",
		"NUL in a value":                "GET /healthz HTTP/1.1\r\nHost: H\r\nX-A: a\x00b\r\n\r\n",
		"NUL in a name":                 "GET /healthz HTTP/1.1\r\nHost: H\r\nX-\x00A: b\r\n\r\n",
		"a bare carriage return":        "GET /healthz HTTP/1.1\r\nHost: H\r\nX-A: a\rX-B: b\r\n\r\n",
		"a space before the colon":      "GET /healthz HTTP/1.1\r\nHost: H\r\nX-A : b\r\n\r\n",
		"a continued line":              "GET /healthz HTTP/1.1\r\nHost: H\r\nX-A: a\r\n b\r\n\r\n",
		"a length after a vertical tab": "POST /login HTTP/1.1\r\nHost: H\r\nContent-Length:\x0b5\r\n\r\nabcde",
		"NUL in the address":            "GET /healthz\x00 HTTP/1.1\r\nHost: H\r\n\r\n",
	} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		const smuggled = "GET /healthz HTTP/1.1\r\nHost: H\r\n\r\n"
		if _, err := io.WriteString(conn, strings.ReplaceAll(head+smuggled, "Host: H", "Host: "+host)); err != nil {
			t.Fatal(err)
		}
		answers := bufio.NewReader(conn)
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Errorf("%s: no answer: %v", name, err)
			continue
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", name, resp.StatusCode)
		}
		if again, err := http.ReadResponse(answers, nil); err == nil {
			_ = again.Body.Close()
			t.Errorf("%s: the connection answers another request with %d", name, again.StatusCode)
		}
		_ = conn.Close()
	}
	if p := h.Visitor().Get("/healthz"); p.StatusCode != http.StatusOK {
		t.Errorf("a plain request: got %d", p.StatusCode)
	}
}
