package passage

import (
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// ScanForTest is scan.
func ScanForTest(line []byte) (o toll.Observation, ok bool) {
	ok = scan(line, &o)
	return o, ok
}

// StepsForTest is appendSteps.
func StepsForTest(steps []rating.Step) []byte { return appendSteps(nil, steps) }
