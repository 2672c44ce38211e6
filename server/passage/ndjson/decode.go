// Package ndjson decodes the lines that stations send: one observation a line, as JSON.
package ndjson

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of an observation. A line beyond them is malformed.
const (
	nameMax   = 64 // characters of station, tag and plate
	laneMax   = 1000
	reasonMax = 200 // characters of a correction's reason
)

// Decode parses one line of a batch, given with its number, and validates the observation.
func Decode(line []byte, number int, o *toll.Observation) *fault.Error {
	*o = toll.Observation{}
	if !scan(line, o) {
		*o = toll.Observation{}
		if err := json.Unmarshal(line, o); err != nil {
			return malformed(number, err.Error())
		}
	}
	if problem := check(o); problem != "" {
		return malformed(number, problem)
	}
	plate := toll.NewPlate(o.Country, o.Plate)
	o.Country, o.Plate = plate.Country, plate.Text
	o.At = o.At.UTC().Truncate(time.Millisecond)
	return nil
}

// check returns what is wrong with an observation, or an empty string.
func check(o *toll.Observation) string {
	switch {
	case o.Station == "":
		return "station is missing"
	case o.At.IsZero():
		return "at is missing"
	case o.At.Year() < 1900 || o.At.Year() > 9000:
		return "at is not between the years 1900 and 9000"
	case o.Lane < 0 || o.Lane > laneMax:
		return "lane is not between 0 and " + strconv.Itoa(laneMax)
	case o.Epoch < 0 || o.Sequence < 0:
		return "epoch and sequence count from 0"
	case o.Direction != toll.Inbound && o.Direction != toll.Outbound && o.Direction != toll.DirectionUnknown:
		return `direction is not "in" or "out"`
	case o.Revision < 0 || o.Revision > math.MaxInt16:
		return "revision counts from 1"
	case o.Withdrawn && o.Revision == 0:
		return "a withdrawal needs a revision"
	case len(o.Reason) > reasonMax || control(o.Reason):
		return "the reason is too long or holds a control character"
	case len(o.Station) > nameMax || len(o.Tag) > nameMax || len(o.Plate) > nameMax || len(o.Country) > 3:
		return "a name is too long"
	case control(string(o.Station)) || control(string(o.Tag)) || control(o.Plate) || control(o.Country):
		return "a name holds a control character"
	}
	return ""
}

// control reports whether a text has control characters.
func control(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return strings.ContainsFunc(s, unicode.IsControl)
		}
	}
	return false
}

// Key identifies a line among all lines of a passage: the passage itself and its corrections.
func Key(o *toll.Observation) string {
	if o.Revision == 0 {
		return o.Key()
	}
	return o.Key() + "/" + strconv.Itoa(o.Revision)
}

func malformed(line int, problem string) *fault.Error {
	return fault.New(fault.LineMalformed, "line", strconv.Itoa(line), "why", problem)
}
