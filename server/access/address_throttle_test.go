package access_test

import (
	"fmt"
	"testing"

	"bompass/shared/fault"
)

// ASVS V6.3.1: one address has a hundred tries, however many names it tries.
func TestTriesFromOneAddressAreLimited(t *testing.T) {
	o := open(t)
	for n := range 100 {
		_, err := o.CountAttempt(t.Context(), from("203.0.113.9"), fmt.Sprintf("p%d@bompass.example", n))
		want(t, fmt.Sprintf("try %d", n+1), err, "")
	}
	_, err := o.CountAttempt(t.Context(), from("203.0.113.9"), "another@bompass.example")
	want(t, "one more", err, fault.TooMany)
	_, err = o.CountAttempt(t.Context(), from("203.0.113.10"), "another@bompass.example")
	want(t, "another address", err, "")
}
