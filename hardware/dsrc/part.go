package dsrc

import "bompass/hardware/per"

// The largest root values of the small integers.
const (
	eidMax     = 127
	profileMax = 127
	statusMax  = 127
)

// Optional is a field that a message may leave out.
type Optional[T any] struct {
	Value   T
	Present bool
}

// Some is an optional field that is there.
func Some[T any](v T) Optional[T] { return Optional[T]{Value: v, Present: true} }

// IsZero tells whether the field is left out.
func (o Optional[T]) IsZero() bool { return !o.Present }

// Status is how a tag answers for what it was asked to do.
type Status = int

// The return statuses.
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

// writeCredentials writes access credentials; nil means that there are none.
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

// sized is a list of n items, in the room of the given one when it has enough.
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
