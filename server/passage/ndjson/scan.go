package ndjson

import (
	"bytes"
	"strconv"

	"bompass/shared/toll"
)

// scan parses the plain form in which stations write an observation: a flat object, known names, no escapes. It
// returns false for any other form, which encoding/json then parses or refuses. It never reads a line differently
// from encoding/json.
func scan(line []byte, o *toll.Observation) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte{'{'})
	if !ok || len(rest) == 0 {
		return false
	}
	seen := 0
	for {
		var name, value []byte
		var text bool
		if name, rest, ok = scanString(rest); !ok || len(rest) == 0 || rest[0] != ':' {
			return false
		}
		if value, rest, text, ok = scanValue(rest[1:]); !ok {
			return false
		}
		bit := assign(o, string(name), value, text)
		// The bits of seen find repeated names, of which encoding/json takes the last.
		if bit == 0 || seen&bit != 0 || len(rest) == 0 {
			return false
		}
		seen |= bit
		if rest[0] == '}' {
			return len(rest) == 1
		}
		if rest[0] != ',' {
			return false
		}
		rest = rest[1:]
	}
}

// scanString parses a string of printable ASCII without escapes.
func scanString(b []byte) (text, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return b[1:i], b[i+1:], true
		case c == '\\' || c < ' ' || c >= 0x7f:
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// scanValue parses a string, or a whole number of at most 18 digits.
func scanValue(b []byte) (value, rest []byte, text, ok bool) {
	if len(b) > 0 && b[0] == '"' {
		value, rest, ok = scanString(b)
		return value, rest, true, ok
	}
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	if n == 0 || n > 18 || n > 1 && b[0] == '0' {
		return nil, nil, false, false
	}
	return b[:n], b[n:], false, true
}

// assign sets a field and returns its bit; 0 if the name is unknown or the value has the wrong type.
func assign(o *toll.Observation, name string, value []byte, text bool) int {
	if !text {
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return 0
		}
		switch name {
		case "lane":
			o.Lane = int(n)
			return 1
		case "epoch":
			o.Epoch = n
			return 2
		case "sequence":
			o.Sequence = n
			return 4
		}
		return 0
	}
	switch name {
	case "station":
		o.Station = toll.StationID(value)
		return 8
	case "at":
		if o.At.UnmarshalText(value) != nil {
			return 0
		}
		return 16
	case "direction":
		o.Direction = toll.Direction(value)
		return 32
	case "tag":
		o.Tag = toll.TagID(value)
		return 64
	case "country":
		o.Country = string(value)
		return 128
	case "plate":
		o.Plate = string(value)
		return 256
	}
	return 0
}
