package worker

import (
	"bompass/shared/rating"
)

// StepsForTest calls appendSteps.
func StepsForTest(steps []rating.Step) []byte { return appendSteps(nil, steps) }
