package toll_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Instants of the examples. Noon is a Monday in Norwegian winter time.
var noon = time.Date(2026, time.November, 30, 11, 0, 0, 0, time.UTC)

// A-13, S2.70: a change counts from now, or from at most three calendar days back in Norway, whatever the hour is.
func TestChangeIsBackdatedThreeCalendarDays(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want fault.Code
	}{
		{noon, ""},
		{noon.Add(time.Second), fault.ChangeFuture},
		{noon.Add(-72*time.Hour + time.Minute), ""},
		{time.Date(2026, time.November, 26, 23, 0, 0, 0, time.UTC), ""}, // midnight in Norway
		{time.Date(2026, time.November, 26, 22, 59, 59, 0, time.UTC), fault.ChangeTooOld},
	} {
		if err := toll.CheckEffective(c.at, noon); c.want == "" && err != nil || c.want != "" && fault.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %q", c.at, err, c.want)
		}
	}
	summer := time.Date(2027, time.March, 30, 10, 0, 0, 0, time.UTC) // two days after the clocks went forward
	if got, want := toll.EarliestEffective(summer), time.Date(2027, time.March, 26, 23, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("over the change of the clocks: got %s, want %s", got, want)
	}
}

// Each row is a state of a tag, each column a change: move, hold, lost, reopen, settle.
func TestChangesOfTagByState(t *testing.T) {
	kinds := []toll.ChangeKind{toll.ChangeMove, toll.ChangeHold, toll.ChangeLost, toll.ChangeReopen, toll.ChangeSettle}
	for status, want := range map[toll.TagStatus][5]fault.Code{
		toll.TagActive:  {"", "", "", fault.TagOpen, ""},
		toll.TagOnHold:  {"", fault.TagHeld, "", fault.TagOpen, ""},
		toll.TagLost:    {fault.TagLost, fault.TagLost, fault.TagLost, "", ""},
		toll.TagBlocked: {fault.TagBlocked, fault.TagBlocked, fault.TagBlocked, fault.TagBlocked, fault.TagBlocked},
		toll.TagSettled: {fault.TagSettled, fault.TagSettled, fault.TagSettled, fault.TagSettled, fault.TagSettled},
		toll.TagOrdered: {fault.TagOrdered, fault.TagOrdered, fault.TagOrdered, fault.TagOrdered, fault.TagOrdered},
	} {
		for i, kind := range kinds {
			err := toll.CheckTagChange(status, kind)
			if want[i] == "" && err != nil || want[i] != "" && fault.CodeOf(err) != want[i] {
				t.Errorf("%s of a tag that is %s: got %v, want %q", kind, status, err, want[i])
			}
		}
	}
}

// The model: a small fleet of two agreements, in which every hour is a cell of a table.
const (
	hours    = 400
	tags     = 4
	vehicles = 5
)

// cell is where a vehicle is in an hour: agreement 0 is none, tag -1 is none.
type cell struct{ agreement, tag int }

// reference is the simple model: cells of every vehicle and hour, and for each tag and vehicle the hour of its last
// change.
type reference struct {
	cells      [vehicles][hours]cell
	status     [tags]toll.TagStatus
	tagChanged [tags]int
	on         [tags]int // vehicle that has the tag, -1 for none
	last       [tags]int // vehicle that had the tag when it was lost
	changed    [vehicles]int
	taggedAt   [vehicles]bool // the last change began a mount, which cannot end in its first hour
}

func agreementOf(tag int) int { return tag%2 + 1 }

func newReference() *reference {
	r := &reference{}
	for v := range vehicles {
		r.set(v, 0, cell{tag: -1})
		r.taggedAt[v] = false
	}
	for tag := range tags {
		r.status[tag], r.on[tag], r.last[tag] = toll.TagOnHold, -1, -1
	}
	return r
}

func (r *reference) set(v, hour int, c cell) {
	for h := hour; h < hours; h++ {
		r.cells[v][h] = c
	}
	r.changed[v], r.taggedAt[v] = hour, c.agreement != 0
}

// early reports whether a vehicle was changed too late for a change at an hour.
func (r *reference) early(v, hour int) bool {
	return hour < r.changed[v] || r.taggedAt[v] && hour == r.changed[v]
}

// apply makes a change in the reference and reports whether it is allowed.
func (r *reference) apply(kind toll.ChangeKind, tag, v, hour int, keep bool) bool {
	on := r.on[tag]
	allowed := map[toll.TagStatus]string{
		toll.TagActive: "move hold lost settle", toll.TagOnHold: "move lost settle", toll.TagLost: "reopen settle",
	}[r.status[tag]]
	if !slices.Contains(strings.Fields(allowed), string(kind)) {
		return false
	}
	if kind == toll.ChangeReopen {
		v = r.last[tag]
		if v >= 0 && !r.early(v, hour) && r.cells[v][hour] == (cell{agreementOf(tag), -1}) {
			r.put(tag, v, hour)
			return true
		}
		r.status[tag] = toll.TagOnHold
		return true
	}
	if hour < r.tagChanged[tag] || on >= 0 && r.early(on, hour) {
		return false
	}
	if kind == toll.ChangeMove {
		target := r.cells[v][hour]
		if v == on || r.early(v, hour) {
			return false
		}
		if target.agreement != 0 && (target.agreement != agreementOf(tag) || target.tag >= 0) {
			return false
		}
	}
	if on >= 0 {
		after := cell{tag: -1}
		if keep {
			after.agreement = agreementOf(tag)
		}
		r.set(on, hour, after)
		r.on[tag], r.tagChanged[tag] = -1, hour
	}
	switch kind {
	case toll.ChangeMove:
		r.put(tag, v, hour)
	case toll.ChangeLost:
		r.status[tag], r.last[tag] = toll.TagLost, on
	case toll.ChangeSettle:
		r.status[tag] = toll.TagSettled
	default:
		r.status[tag] = toll.TagOnHold
	}
	return true
}

func (r *reference) put(tag, v, hour int) {
	r.set(v, hour, cell{agreementOf(tag), tag})
	r.on[tag], r.tagChanged[tag], r.status[tag] = v, hour, toll.TagActive
}

// product is the state that the rules of the product work on.
type product struct {
	status [tags]toll.TagStatus
	last   [tags]toll.VehicleID
	mounts []toll.Mount
}

func hourAt(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }

func vehicleID(v int) toll.VehicleID {
	if v < 0 {
		return ""
	}
	return toll.VehicleID(fmt.Sprint("v", v))
}

func tagID(tag int) toll.TagID { return toll.TagID(fmt.Sprint("t", tag)) }

func (p *product) apply(c toll.Change, tag int, now time.Time) error {
	if c.Kind == toll.ChangeReopen {
		c.Vehicle = p.last[tag]
	}
	agreement := toll.AgreementID(fmt.Sprint("a", agreementOf(tag)))
	before := toll.Placement{Agreement: agreement, Tag: toll.Tag{ID: tagID(tag), Agreement: agreement, Status: p.status[tag]}, Mounts: p.mounts}
	after, err := before.Apply(c, now)
	if err != nil {
		return err
	}
	if c.Kind == toll.ChangeLost {
		p.last[tag] = ""
		for _, m := range p.mounts {
			if m.Tag == tagID(tag) && m.To.IsZero() {
				p.last[tag] = m.Vehicle
			}
		}
	}
	p.status[tag], p.mounts = after.Tag.Status, after.Mounts
	return nil
}

// check compares the mounts with the cells of the reference, hour by hour.
func (p *product) check(t *rapid.T, r *reference, until int) {
	for h := range until + 1 {
		var got [vehicles]cell
		var seen [tags]bool
		for v := range vehicles {
			got[v].tag = -1
		}
		for _, m := range p.mounts {
			if !m.Contains(hourAt(h)) {
				continue
			}
			v := int(m.Vehicle[1] - '0')
			if got[v].agreement != 0 {
				t.Fatalf("hour %d: vehicle %d is on two mounts: %+v", h, v, p.mounts)
			}
			got[v].agreement = int(m.Agreement[1] - '0')
			if m.Tag != "" {
				got[v].tag = int(m.Tag[1] - '0')
				if seen[got[v].tag] {
					t.Fatalf("hour %d: tag %d is on two vehicles: %+v", h, got[v].tag, p.mounts)
				}
				seen[got[v].tag] = true
			}
		}
		for v := range vehicles {
			if got[v] != r.cells[v][h] {
				t.Fatalf("hour %d, vehicle %d: got %+v, want %+v; mounts %+v", h, v, got[v], r.cells[v][h], p.mounts)
			}
		}
	}
	if p.status != r.status {
		t.Fatalf("states: got %v, want %v", p.status, r.status)
	}
}

// The rules agree with a table of hours, in any order of changes: a tag is on at most one vehicle and a vehicle has at
// most one tag at any instant, nothing before the instant of a change differs after it, and a refused change changes
// nothing.
func TestChangesAgreeWithATableOfHours(t *testing.T) {
	kinds := []toll.ChangeKind{toll.ChangeMove, toll.ChangeMove, toll.ChangeMove, toll.ChangeHold, toll.ChangeLost, toll.ChangeReopen, toll.ChangeReopen, toll.ChangeSettle}
	rapid.Check(t, func(t *rapid.T) {
		r, p, now := newReference(), &product{}, 100
		for tag := range tags {
			p.status[tag] = toll.TagOnHold
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = min(now+rapid.IntRange(0, 20).Draw(t, "later"), hours-1)
			back := rapid.IntRange(-1, 90).Draw(t, "back")
			if rapid.Bool().Draw(t, "at once") {
				back = 0
			}
			kind, tag := rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.IntRange(0, tags-1).Draw(t, "tag")
			v, keep := rapid.IntRange(0, vehicles-1).Draw(t, "vehicle"), rapid.Bool().Draw(t, "keep")
			c := toll.Change{Kind: kind, Vehicle: vehicleID(v), At: hourAt(now - back), Keep: keep}
			was := append([]toll.Mount(nil), p.mounts...)
			err := p.apply(c, tag, hourAt(now))
			want := back >= 0 && !c.At.Before(toll.EarliestEffective(hourAt(now))) && r.apply(kind, tag, v, now-back, keep)
			if (err == nil) != want {
				t.Fatalf("%+v of tag %d (%s): got %v, want allowed %t; mounts %+v", c, tag, p.status[tag], err, want, was)
			}
			for i, m := range was {
				after := p.mounts[i]
				if m.From != after.From || m.Vehicle != after.Vehicle || m.Tag != after.Tag || m.Agreement != after.Agreement || !m.To.IsZero() && m.To != after.To {
					t.Fatalf("%+v rewrites %+v to %+v", c, m, after)
				}
			}
			p.check(t, r, now)
		}
	})
}

// Each vehicle that joins or leaves without a tag is judged by the mounts it has.
func TestVehicleWithoutTagJoinsAndLeaves(t *testing.T) {
	p := toll.Placement{Agreement: "a1"}
	add := toll.Change{Kind: toll.ChangeAdd, Vehicle: "v1", At: noon}
	p, err := p.Apply(add, noon)
	if err != nil || len(p.Mounts) != 1 || p.Mounts[0].Vehicle != "v1" || p.Mounts[0].Tag != "" {
		t.Fatalf("add: %+v, %v", p, err)
	}
	later := noon.Add(time.Hour)
	add.At = later
	if _, err := p.Apply(add, later); fault.CodeOf(err) != fault.VehicleTaken {
		t.Errorf("added twice: %v", err)
	}
	gone, err := p.Apply(toll.Change{Kind: toll.ChangeRemove, Vehicle: "v1", At: later}, later)
	if err != nil || !gone.Mounts[0].To.Equal(later) || !p.Mounts[0].To.IsZero() {
		t.Errorf("remove: %+v of %+v, %v", gone, p, err)
	}
	if _, err := gone.Apply(toll.Change{Kind: toll.ChangeRemove, Vehicle: "v1", At: later}, later); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := p.Apply(toll.Change{Kind: toll.ChangeRemove, Vehicle: "v1", At: noon}, later); fault.CodeOf(err) != fault.ChangedSince {
		t.Errorf("removed when it joined: %v", err)
	}
	p.Mounts[0].Tag = "t1"
	if _, err := p.Apply(toll.Change{Kind: toll.ChangeRemove, Vehicle: "v1", At: later}, later); fault.CodeOf(err) != fault.VehicleTagged {
		t.Errorf("removed with its tag: %v", err)
	}
	if _, err := p.Apply(toll.Change{Kind: "paint", At: later}, later); fault.CodeOf(err) != fault.FieldWrong {
		t.Errorf("an unknown change: %v", err)
	}
}

// A vehicle goes to another agreement with its tag, from an instant on; what was before stays as it was.
func TestVehicleMovesToAnotherAgreementWithItsTag(t *testing.T) {
	open := toll.Validity{From: noon.Add(-48 * time.Hour)}
	p := toll.Placement{
		Agreement: "a", Tag: toll.Tag{ID: "1", Agreement: "a", Status: toll.TagActive},
		Mounts: []toll.Mount{{Vehicle: "v", Agreement: "a", Tag: "1", Validity: open}},
	}
	c := toll.Change{Kind: toll.ChangeTransfer, Vehicle: "v", Agreement: "b", At: noon}
	got, err := p.Apply(c, noon)
	want := []toll.Mount{
		{Vehicle: "v", Agreement: "a", Tag: "1", Validity: toll.Validity{From: open.From, To: noon}},
		{Vehicle: "v", Agreement: "b", Tag: "1", Validity: toll.Validity{From: noon}},
	}
	if err != nil || !slices.Equal(got.Mounts, want) || got.Agreement != "b" || got.Tag.Agreement != "b" || got.Tag.Status != toll.TagActive {
		t.Errorf("%+v, %v", got, err)
	}
	for name, wrong := range map[string]func(*toll.Placement, *toll.Change){
		"to its own agreement": func(_ *toll.Placement, c *toll.Change) { c.Agreement = "a" },
		"to none":              func(_ *toll.Placement, c *toll.Change) { c.Agreement = "" },
		"not on the agreement": func(_ *toll.Placement, c *toll.Change) { c.Vehicle = "w" },
		"a blocked tag":        func(p *toll.Placement, _ *toll.Change) { p.Tag.Status = toll.TagBlocked },
		"before it joined":     func(_ *toll.Placement, c *toll.Change) { c.At = open.From },
	} {
		q, d := p, c
		wrong(&q, &d)
		if after, err := q.Apply(d, noon); err == nil || len(after.Mounts) != 1 {
			t.Errorf("%s: %+v, %v", name, after, err)
		}
	}
}
