package framing_test

import (
	"strings"
	"testing"

	"bompass/server/web/framing"
)

func TestHeaderThatCanBeReadInTwoWaysIsNotClear(t *testing.T) {
	const host = "Host: portal.example\r\n"
	for name, c := range map[string]struct {
		raw, target string
		want        bool
	}{
		"plain":                      {host + "Accept: text/html\r\n", "/", true},
		"length":                     {host + "Content-Length: 12\r\n", "/", true},
		"chunked":                    {host + "Transfer-Encoding: Chunked\r\n", "/", true},
		"tab in a value":             {host + "Accept: a,\tb\r\n", "/", true},
		"no host":                    {"Accept: text/html\r\n", "/", false},
		"two hosts":                  {host + host, "/", false},
		"two lengths":                {host + "Content-Length: 12\r\ncontent-length: 12\r\n", "/", false},
		"list of lengths":            {host + "Content-Length: 12, 12\r\n", "/", false},
		"signed length":              {host + "Content-Length: +12\r\n", "/", false},
		"empty length":               {host + "Content-Length: \r\n", "/", false},
		"length and coding":          {host + "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n", "/", false},
		"other coding":               {host + "Transfer-Encoding: gzip, chunked\r\n", "/", false},
		"space before the colon":     {host + "Content-Length : 12\r\n", "/", false},
		"continued line":             {host + "Accept: a\r\n b\r\n", "/", false},
		"line without colon":         {host + "Accept\r\n", "/", false},
		"NUL in a value":             {host + "Accept: a\x00b\r\n", "/", false},
		"carriage return in a value": {host + "Accept: a\rb\r\n", "/", false},
		"NUL in the target":          {host, "/a\x00b", false},
	} {
		if got := framing.Clear([]byte(c.raw), []byte(c.target)); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

// A header that is clear has one host and at most one of length and coding, whatever else it has.
func FuzzClear(f *testing.F) {
	f.Add("Host: a\r\nContent-Length: 1\r\n")
	f.Add("Host: a\nTransfer-Encoding: chunked\n\n")
	f.Fuzz(func(t *testing.T, raw string) {
		if !framing.Clear([]byte(raw), []byte("/")) {
			return
		}
		counts := map[string]int{}
		for line := range strings.Lines(raw) {
			name, _, _ := strings.Cut(line, ":")
			counts[strings.ToLower(name)]++
		}
		if counts["host"] != 1 || counts["content-length"]+counts["transfer-encoding"] > 1 {
			t.Errorf("%q is clear", raw)
		}
	})
}
