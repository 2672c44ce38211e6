package ndjson

import (
	"bompass/shared/toll"
)

// ScanForTest calls scan.
func ScanForTest(line []byte) (o toll.Observation, ok bool) {
	ok = scan(line, &o)
	return o, ok
}
