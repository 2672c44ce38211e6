// Package per owns the bits: it reads and writes the part of unaligned packed encoding rules (PER)
// that CEN DSRC messages use.
//
// Reader and Writer remember the first thing that went wrong, named by its field, and do nothing after
// it, so that a message is read or written straight through and asked once, at the end. Extensions and
// lengths over 127 are refused by name: no toll message known here has them.
package per

import (
	"slices"
	"strconv"
	"strings"
)

// lengthMax is the longest list or octet string whose length fits in one octet.
const lengthMax = 127

// octetRoot is the largest root value whose field, extension bit included, is one octet.
const octetRoot = 127

// Reason says what is wrong with a field.
type Reason uint8

// The reasons.
const (
	Short    Reason = iota + 1 // the message ends inside the field
	Range                      // the value is outside the field's range
	Extended                   // the extension bit, or the bit of a long length, is set
	Unknown                    // a choice among alternatives that has no such alternative here
	Trailing                   // octets are left behind the message
)

// Error is the first thing that went wrong in a message.
type Error struct {
	Field  string // the way to it, such as getResponse.attributelist[0].attributeValue
	Reason Reason
	Got    int64 // the value; for Short the bits that are left, for Trailing the octets
	Lo, Hi int64 // the range; for Short Hi is the bits wanted
}

// Error is the operator's form: the field first.
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

// path is where in a message the reader or writer is.
type path struct {
	steps [pathMax]step
	depth int
}

// pathMax is deeper than any toll message goes; what lies deeper is named by its outer fields.
const pathMax = 8

type step struct {
	name string
	item int // from 1, or 0 when the step is not an item of a list
}

// Enter names the field that what follows lies in.
func (p *path) Enter(name string) { p.push(step{name: name}) }

// EnterItem is Enter for item i, counted from 0, of a list.
func (p *path) EnterItem(name string, i int) { p.push(step{name: name, item: i + 1}) }

func (p *path) push(s step) {
	if p.depth < pathMax {
		p.steps[p.depth] = s
	}
	p.depth++
}

// Leave ends the last Enter.
func (p *path) Leave() { p.depth-- }

// fieldPath spells the way to a field.
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
