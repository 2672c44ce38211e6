package dsrc

import "bompass/hardware/per"

// Maximum root values of the small integers.
const (
	eidMax     = 127
	profileMax = 127
	statusMax  = 127
)

// Optional is an optional field.
type Optional[T any] struct {
	Value   T
	Present bool
}

// Some returns a present optional field.
func Some[T any](v T) Optional[T] { return Optional[T]{Value: v, Present: true} }

// IsZero reports whether the field is absent.
func (o Optional[T]) IsZero() bool { return !o.Present }

// Status is the return status of a response.
type Status = int

// Return statuses.
const (
	NoError           Status = 0
	AccessDenied      Status = 1
	ArgumentError     Status = 2
	ComplexityLimited Status = 3
	ProcessingFailure Status = 4
	Processing        Status = 5
	ChainingError     Status = 6
)

func writeOptional(w *per.Writer, field string, o Optional[int], hi int) {
	if o.Present {
		w.Root(field, o.Value, hi)
	}
}

func readOptional(r *per.Reader, field string, present bool, hi int) Optional[int] {
	if !present {
		return Optional[int]{}
	}
	return Some(r.Root(field, hi))
}

// writeCredentials writes access credentials; nil means absent.
func writeCredentials(w *per.Writer, c Octets) {
	if c != nil {
		w.Octets("accessCredentials", c)
	}
}

func readCredentials(r *per.Reader, present bool) Octets {
	if !present {
		return nil
	}
	return r.Octets("accessCredentials")
}

// sized returns a list of n items and reuses the given one when its capacity suffices.
func sized[T any](list []T, n int) []T {
	if list == nil || n > cap(list) {
		return make([]T, n)
	}
	return list[:n]
}

// writeInts writes a list of small extensible integers.
func writeInts(w *per.Writer, field string, list []int) {
	w.Count(field, len(list))
	for i, v := range list {
		w.EnterItem(field, i)
		w.Root("", v, 127)
		w.Leave()
	}
}

func readInts(r *per.Reader, field string) []int {
	list := make([]int, r.Count(field, 8))
	for i := range list {
		r.EnterItem(field, i)
		list[i] = r.Root("", 127)
		r.Leave()
	}
	return list
}
