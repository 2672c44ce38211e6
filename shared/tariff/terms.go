package tariff

import (
	"fmt"
	"strings"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// Needs is a set of conditions for a rule. The same type holds the conditions that a passage meets.
type Needs uint8

// The conditions: an agreement in force and not blocked, a tag that was read.
const (
	Agreement Needs = 1 << iota
	Tag
)

// Have returns the conditions that a passage meets.
func Have(agreement, tagRead bool) (have Needs) {
	if agreement {
		have |= Agreement
	}
	if tagRead {
		have |= Tag
	}
	return have
}

// Met reports whether a passage that meets have fulfils the conditions.
func (n Needs) Met(have Needs) bool { return n&^have == 0 }

// Group is a tariff group (takstgruppe).
type Group uint8

// The tariff groups. NoGroup is motorcycles.
const (
	NoGroup Group = iota
	Light
	Heavy
)

// String returns the word used in files.
func (g Group) String() string { return [...]string{"none", "light", "heavy"}[min(g, Heavy)] }

// GroupOf returns the tariff group of a class.
func GroupOf(c toll.Class) Group {
	switch {
	case c.Light():
		return Light
	case c.Heavy():
		return Heavy
	}
	return NoGroup
}

// Target is the scope of a line: one class, or every class of a group without a line of its own.
type Target struct {
	Group Group // NoGroup for a single class
	Class toll.Class
}

// String returns the target in the notation of files.
func (t Target) String() string {
	if t.Group != NoGroup {
		return t.Group.String()
	}
	return t.Class.String()
}

func (t Target) covers(c toll.Class) bool {
	if t.Group != NoGroup {
		return GroupOf(c) == t.Group
	}
	return c == t.Class
}

// Fraction is an exact share.
type Fraction struct{ Num, Den int64 }

// reduced returns the fraction in lowest terms.
func (f Fraction) reduced() Fraction {
	a, b := f.Num, f.Den
	for b != 0 {
		a, b = b, a%b
	}
	if a == 0 {
		return f
	}
	return Fraction{f.Num / a, f.Den / a}
}

// Of returns the share of an amount, rounded half up to whole øre.
func (f Fraction) Of(o money.Ore) money.Ore { return o.Share(f.Num, f.Den) }

// Rest returns one minus the fraction.
func (f Fraction) Rest() Fraction { return Fraction{f.Den - f.Num, f.Den}.reduced() }

// Times returns the product of two fractions.
func (f Fraction) Times(g Fraction) Fraction { return Fraction{f.Num * g.Num, f.Den * g.Den}.reduced() }

// Problem is an error in a tariff file with a hint how to correct it.
type Problem struct { //nolint:errname // it is what a toll officer calls it, and its first use is in lists
	File string
	Line int // 0 when it concerns the whole file
	Text string
}

// Error returns the problem in one line after its position.
func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// Summary joins problems, one per line.
func Summary(problems []Problem) string {
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}
