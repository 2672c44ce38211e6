// Package permanent marks the errors of partners that another attempt cannot change, such as an address that
// does not exist. Every other error may pass.
package permanent

import (
	"errors"
	"fmt"
)

// failure is an error that another attempt cannot change.
type failure struct{ error }

// Permanent reports that another attempt is pointless. The job queue looks for this method.
func (failure) Permanent() bool { return true }

// Unwrap returns the cause.
func (f failure) Unwrap() error { return f.error }

// Mark returns err as a permanent error.
func Mark(err error) error { return failure{err} }

// Errorf returns a permanent error that is formatted like fmt.Errorf does.
func Errorf(format string, args ...any) error { return failure{fmt.Errorf(format, args...)} }

// Is reports whether err, or an error that it wraps, is permanent.
func Is(err error) bool {
	var f failure
	return errors.As(err, &f)
}
