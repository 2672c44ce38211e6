// Package framing reports whether a request can be read in one way only, so that this server and a proxy in front of it agree
// where it ends and whom it is for.
package framing

import "bytes"

// Clear reports whether the lines of a header and the target of its request can be read in one way only (RFC 9112 sections
// 3.2, 5.1 and 6.3): not with two lengths, a length beside a transfer coding, two hosts or none, control characters, or a
// line that continues the one before.
func Clear(raw, target []byte) bool {
	if hasControl(target) {
		return false
	}
	var lengths, codings, hosts int
	for line := range bytes.Lines(raw) {
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if len(line) == 0 {
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || !isToken(name) || hasControl(value) {
			return false
		}
		value = bytes.Trim(value, " \t")
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if lengths++; len(value) == 0 || len(bytes.Trim(value, "0123456789")) > 0 {
				return false
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			if codings++; !bytes.EqualFold(value, []byte("chunked")) {
				return false
			}
		case bytes.EqualFold(name, []byte("Host")):
			hosts++
		}
	}
	return lengths+codings <= 1 && hosts == 1
}

// isToken reports whether a name of a header is a token of RFC 9110 section 5.6.2.
func isToken(name []byte) bool {
	for _, b := range name {
		letter := 'a' <= b|0x20 && b|0x20 <= 'z' || '0' <= b && b <= '9'
		if !letter && bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), b) < 0 {
			return false
		}
	}
	return len(name) > 0
}

// hasControl reports whether a text has a control character other than a tab.
func hasControl(text []byte) bool {
	return bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
