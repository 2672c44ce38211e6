package tariff

import (
	"fmt"
	"strings"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// Needs are what a passage must have for a rule to apply. The same type says what a passage has.
type Needs uint8

// The needs: an agreement in force and not blocked, a tag that was read.
const (
	Agreement Needs = 1 << iota
	Tag
)

// Have gathers what a passage has.
func Have(agreement, tagRead bool) (have Needs) {
	if agreement {
		have |= Agreement
	}
	if tagRead {
		have |= Tag
	}
	return have
}

// Met tells whether a passage that has these meets the needs.
func (n Needs) Met(have Needs) bool { return n&^have == 0 }

// Group is a tariff group, tolling.md A-1.
type Group uint8

// The tariff groups. NoGroup is motorcycles.
const (
	NoGroup Group = iota
	Light
	Heavy
)

// String is the word that files use.
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

// Target is what a line is for: one class, or every class of a group that has no line of its own.
type Target struct {
	Group Group // NoGroup when it is for Class alone
	Class toll.Class
}

// String is the target as files write it.
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

// Of is the share of an amount, rounded half up to whole øre.
func (f Fraction) Of(o money.Ore) money.Ore { return o.Share(f.Num, f.Den) }

// Rest is what is left of one.
func (f Fraction) Rest() Fraction { return Fraction{f.Den - f.Num, f.Den}.reduced() }

// Times is the product of two fractions.
func (f Fraction) Times(g Fraction) Fraction { return Fraction{f.Num * g.Num, f.Den * g.Den}.reduced() }

// Problem is something wrong in a tariff file: what it is, and what to do about it.
type Problem struct { //nolint:errname // it is what a toll officer calls it, and its first use is in lists
	File string
	Line int // 0 when it concerns the whole file
	Text string
}

// Error is the problem in one line, with its place first.
func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// Summary joins problems, one to a line.
func Summary(problems []Problem) string {
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}
