package access_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bompass/shared/fixture"
)

// The setting limits how many passwords are hashed at once: without a slot nobody's password is looked at, and a person who
// waits gives up when their request does.
func TestPasswordsAreHashedInTheSlotsOfTheSetting(t *testing.T) {
	o := open(t)
	o.WithConcurrentHashes(0)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := o.VerifyPassword(ctx, from("203.0.113.9"), kari, fixture.Password); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without a slot: got %v", err)
	}
	o.WithConcurrentHashes(1)
	for range 2 { // a slot is given back
		_, err := o.VerifyPassword(t.Context(), from("203.0.113.9"), kari, fixture.Password)
		want(t, "with a slot", err, "")
	}
}
