// Package per reads and writes the subset of unaligned packed encoding rules (PER, ITU-T X.691) that CEN
// DSRC messages use.
//
// Reader and Writer keep the first error, with the path of its field, and do nothing after it. A message is
// therefore read or written in a straight line, and the error is checked once at the end. Extensions and
// lengths above 127 are rejected by name, because no toll message defined here has them.
package per

import (
	"slices"
	"strconv"
	"strings"
)

// lengthMax is the maximum length of a list or octet string; a longer one has a length field of more than
// one octet.
const lengthMax = 127

// octetRoot is the largest root value of an extensible integer that, with its extension bit, fills one
// octet.
const octetRoot = 127

// Reason says why a field is invalid.
type Reason uint8

// Reasons.
const (
	Short    Reason = iota + 1 // the message ends inside the field
	Range                      // the value is outside the field's range
	Extended                   // the extension bit, or the bit of a long length, is set
	Unknown                    // the choice has no alternative with this index
	Trailing                   // octets follow the message
)

// Error is the first error in a message.
type Error struct {
	Field  string // path of the field, such as getResponse.attributelist[0].attributeValue
	Reason Reason
	Got    int64 // the value; for Short the number of bits left, for Trailing the number of octets
	Lo, Hi int64 // the range; for Short, Hi is the number of bits needed
}

// Error returns the message for operators, the field first.
func (e *Error) Error() string {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	switch e.Reason {
	case Short:
		return e.Field + ": " + n(e.Hi) + " bits wanted, " + n(e.Got) + " left"
	case Range:
		return e.Field + ": " + n(e.Got) + " is outside " + n(e.Lo) + ".." + n(e.Hi)
	case Extended:
		return e.Field + ": extension bit is set"
	case Unknown:
		return e.Field + ": alternative " + n(e.Got) + " is not known"
	default:
		return e.Field + ": " + n(e.Got) + " octets left over"
	}
}

// path is the position in a message as a list of field names.
type path struct {
	steps [pathMax]step
	depth int
}

// pathMax is the maximum depth of a path. Deeper fields are named by their outer fields only; no toll
// message is that deep.
const pathMax = 8

type step struct {
	name string
	item int // index plus one, or 0 when the step is not a list item
}

// Enter opens a field; the fields that follow lie in it until Leave.
func (p *path) Enter(name string) { p.push(step{name: name}) }

// EnterItem opens item i, counted from 0, of a list.
func (p *path) EnterItem(name string, i int) { p.push(step{name: name, item: i + 1}) }

func (p *path) push(s step) {
	if p.depth < pathMax {
		p.steps[p.depth] = s
	}
	p.depth++
}

// Leave closes the field opened last.
func (p *path) Leave() { p.depth-- }

// fieldPath returns the path of a field in dotted form.
func (p *path) fieldPath(field string) string {
	var way []string
	for _, s := range p.steps[:min(p.depth, pathMax)] {
		name := s.name
		if s.item > 0 {
			name += "[" + strconv.Itoa(s.item-1) + "]"
		}
		way = append(way, name)
	}
	way = slices.DeleteFunc(append(way, field), func(name string) bool { return name == "" })
	return strings.Join(way, ".")
}
