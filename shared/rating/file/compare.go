package file

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Comparison rates a job's passages with a second set of tariffs too. Only passages that both sets can price are
// compared.
type Comparison struct {
	Job
	Other *rating.Plan
}

// Difference is a passage whose price differs with the other tariffs.
type Difference struct {
	ID          toll.PassageID `json:"id"`
	Vehicle     string         `json:"vehicle"`
	Station     toll.StationID `json:"station"`
	Scheme      toll.SchemeID  `json:"scheme"`
	Class       string         `json:"class,omitempty"` // by the job's tariffs; absent where the direction is not charged
	At          time.Time      `json:"at"`
	Tariff      string         `json:"tariff"`
	OtherTariff string         `json:"other_tariff"`
	Net         money.Ore      `json:"net"`
	OtherNet    money.Ore      `json:"other_net"`
	Change      money.Ore      `json:"change"`
	Currency    string         `json:"currency,omitempty"` // absent for NOK
}

// Total is the sum of the compared passages of a class in a scheme, of a scheme, or of all in a currency.
type Total struct {
	Of       string        `json:"total"` // class, scheme or all
	Scheme   toll.SchemeID `json:"scheme,omitempty"`
	Class    string        `json:"class,omitempty"`
	Passages int           `json:"passages"`
	Changed  int           `json:"changed"`
	Net      money.Ore     `json:"net"`
	OtherNet money.Ore     `json:"other_net"`
	Change   money.Ore     `json:"change"`
	Currency string        `json:"currency,omitempty"` // absent for NOK
}

// Run reads the whole file, rates it with both sets, writes every difference and then the totals. It returns the
// totals of all passages, one for each currency. A line that either set refuses is reported as a problem, with a
// note when only the other set refuses it.
func (c Comparison) Run() ([]Total, error) {
	said := &problemLog{out: c.Problems, said: map[string]bool{}}
	c.Problems = said
	only := &newProblems{first: said}
	r := newRater(c.Job)
	r.also = newRater(Job{Plan: c.Other, Problems: only})
	if err := r.read(); err != nil {
		return nil, fmt.Errorf("read passages: %w", err)
	}
	all, err := compare(r, r.also)
	if err != nil {
		return all, fmt.Errorf("write differences: %w", err)
	}
	if r.refused > 0 || only.count > 0 {
		return all, RefusedError{r.refused + only.count}
	}
	return all, nil
}

// RefusedError is returned when lines were left out. Each was reported as a problem.
type RefusedError struct{ Lines int }

func (e RefusedError) Error() string {
	return fmt.Sprintf("%d lines could not be compared; they are listed above", e.Lines)
}

// problemLog records the problems that were written.
type problemLog struct {
	out  io.Writer
	said map[string]bool
}

func (h *problemLog) Write(b []byte) (int, error) {
	h.said[string(b)] = true
	return h.out.Write(b)
}

// newProblems writes only problems that the first rater has not written.
type newProblems struct {
	first *problemLog
	count int
}

// Write passes on a problem of the other tariffs, unless the first tariffs have the same one.
func (u *newProblems) Write(b []byte) (int, error) {
	if u.first.said[string(b)] {
		return len(b), nil
	}
	u.count++
	_, err := fmt.Fprintf(u.first.out, "with the other tariffs: %s", b)
	return len(b), err
}

// comparer writes differences and accumulates the totals.
type comparer struct {
	out    *bufio.Writer
	enc    *json.Encoder
	people bool
	totals map[Total]*Total // by Of, Scheme, Class and Currency
}

// compare writes the difference of every passage that both sides have priced. Records are in the order of lines of
// the file, so that the two sides are merged in one pass.
func compare(r, o *rater) ([]Total, error) {
	c := comparer{out: bufio.NewWriterSize(r.Out, 1<<16), people: r.Explain, totals: map[Total]*Total{}}
	c.enc = json.NewEncoder(c.out)
	c.enc.SetEscapeHTML(false)
	mine, theirs := r.rate(), o.rate()
	var a, b []rating.Step
	for i, j := 0, 0; i < len(r.records) && j < len(o.records); {
		first, second := r.lines[r.records[i].id], o.lines[o.records[j].id]
		// Lines that one of the sides could not price are skipped.
		if first < second {
			i++
			continue
		}
		if second < first {
			j++
			continue
		}
		// The steps of the last line are overwritten, which saves an allocation for each passage.
		x, y := r.lineOf(mine, i, a[:0]), o.lineOf(theirs, j, b[:0])
		a, b = x.Steps, y.Steps
		if err := c.passage(x, y, r.station(r.records[i])); err != nil {
			return nil, err
		}
		i, j = i+1, j+1
	}
	return c.finish()
}

// passage writes the difference of one passage, if there is one, and adds it to the totals of its vehicle class,
// its scheme and the file. Amounts of different currencies are never added.
func (c *comparer) passage(x, y Line, st tariff.Station) error {
	d := Difference{
		ID: x.ID, Vehicle: x.Vehicle, Station: x.Station, Scheme: st.Scheme, Class: classOf(x), At: x.At,
		Tariff: x.Tariff, OtherTariff: y.Tariff, Net: x.Net, OtherNet: y.Net, Change: y.Net - x.Net,
	}
	if st.Currency != norwegian {
		d.Currency = st.Currency
	}
	for _, key := range []Total{{Of: "class", Scheme: d.Scheme, Class: d.Class}, {Of: "scheme", Scheme: d.Scheme}, {Of: "all"}} {
		key.Currency = d.Currency
		c.add(key, d)
	}
	if d.Change == 0 {
		return nil
	}
	if c.people {
		_, err := fmt.Fprintf(c.out, "%s  %s  %s  vehicle %s  %s  %s to %s  %s (%s to %s)\n", d.ID,
			oslo.In(d.At).Format("2006-01-02 15:04:05"), d.Station, d.Vehicle, classWords(d.Class), d.Net, d.OtherNet, signed(d.Change), d.Tariff, d.OtherTariff)
		return err
	}
	return c.enc.Encode(d)
}

// add adds a passage to a total.
func (c *comparer) add(key Total, d Difference) {
	t := c.totals[key]
	if t == nil {
		t = &Total{Of: key.Of, Scheme: key.Scheme, Class: key.Class, Currency: key.Currency}
		c.totals[key] = t
	}
	t.Passages++
	if d.Change != 0 {
		t.Changed++
	}
	t.Net, t.OtherNet, t.Change = t.Net+d.Net, t.OtherNet+d.OtherNet, t.Change+d.Change
}

// norwegian is the currency that output omits.
const norwegian = "NOK"

// finish writes the totals: each scheme's classes, then the scheme, and all at the end.
func (c *comparer) finish() (all []Total, err error) {
	var list []Total
	for _, t := range c.totals {
		list = append(list, *t)
	}
	// The total of all comes last; within a scheme, its classes come before the scheme.
	rank := map[string]int{"class": 0, "scheme": 0, "all": 1}
	slices.SortFunc(list, func(a, b Total) int {
		return cmp.Or(
			cmp.Compare(rank[a.Of], rank[b.Of]), cmp.Compare(a.Scheme, b.Scheme),
			cmp.Compare(a.Of, b.Of), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Currency, b.Currency),
		)
	})
	for _, t := range list {
		if t.Of == "all" {
			all = append(all, t)
		}
	}
	if c.people {
		c.table(list)
		return all, c.out.Flush()
	}
	for _, t := range list {
		if err := c.enc.Encode(t); err != nil {
			return all, err
		}
	}
	return all, c.out.Flush()
}

// table writes the totals as a readable table. The buffered writer keeps a write error.
func (c *comparer) table(list []Total) {
	columns := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	w := io.Writer(columns)
	fmt.Fprintln(w, "\nscheme\tclass\tpassages\tchanged\tnow\tother\tdifference\tper cent\tcurrency")
	for _, t := range list {
		scheme, class := string(t.Scheme), classWords(t.Class)
		if t.Of != "class" {
			class = "all"
		}
		if t.Of == "all" {
			scheme = "all"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\n", scheme, class, t.Passages, t.Changed, t.Net, t.OtherNet, signed(t.Change), percent(t), cmp.Or(t.Currency, norwegian))
	}
	_ = columns.Flush()
}

// classOf returns the vehicle class in a line's steps, empty for a passage that no class applied to.
func classOf(l Line) string {
	for _, s := range l.Steps {
		if s.Class != "" {
			return s.Class
		}
	}
	return ""
}

func classWords(class string) string {
	if class == "" {
		return "not charged in this direction"
	}
	return class
}

func signed(o money.Ore) string {
	if o > 0 {
		return "+" + o.String()
	}
	return o.String()
}

// percent returns the change in tenths of a per cent, or a dash when the base is 0.
func percent(t Total) string {
	if t.Net == 0 {
		return "-"
	}
	tenths := t.Change.Share(1000, int64(t.Net))
	sign := "+"
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	return fmt.Sprintf("%s%d.%d", sign, tenths/10, tenths%10)
}
