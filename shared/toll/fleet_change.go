package toll

import (
	"slices"
	"strconv"
	"time"

	"bompass/shared/fault"
	"bompass/shared/oslo"
)

// ChangeKind is a kind of change to a tag, or to a vehicle on an agreement.
type ChangeKind string

// The changes.
const (
	ChangeMove   ChangeKind = "move"   // the tag goes to another vehicle, S2.67
	ChangeHold   ChangeKind = "hold"   // the customer keeps the tag, on no vehicle, S2.73
	ChangeLost   ChangeKind = "lost"   // the tag is lost or stolen, and no longer accepted
	ChangeReopen ChangeKind = "reopen" // a lost tag has been found
	ChangeSettle ChangeKind = "settle" // the tag is never used again, S2.72
	ChangeRemove ChangeKind = "remove" // a vehicle without a tag leaves its agreement
	ChangeAdd    ChangeKind = "add"    // a vehicle joins an agreement, without a tag
	ChangeSend   ChangeKind = "send"   // the office has sent the tag that was ordered for a vehicle

	ChangeTransfer  ChangeKind = "transfer"  // a vehicle and its tag go to another agreement of the customer
	ChangeCentre    ChangeKind = "centre"    // the cost centre of a vehicle
	ChangeReference ChangeKind = "reference" // the customer's reference of a vehicle

	ChangeOrder   ChangeKind = "order"   // a tag or a holder was ordered for a vehicle on the agreement
	ChangeReceive ChangeKind = "receive" // the office has received a settled tag
	ChangeFacts   ChangeKind = "facts"   // the register has a vehicle whose facts a person had stated
)

// ChangeReason is why a vehicle leaves an agreement or why a tag is blocked.
type ChangeReason string

// The reasons.
const (
	ReasonNone     ChangeReason = ""
	ReasonSold     ChangeReason = "sold"
	ReasonScrapped ChangeReason = "scrapped"
	ReasonStolen   ChangeReason = "stolen"
	ReasonLost     ChangeReason = "lost"
	ReasonOther    ChangeReason = "else"
)

// RemoveReasons lists the reasons for which a vehicle leaves an agreement, in the order in which they are offered.
func RemoveReasons() []ChangeReason {
	return []ChangeReason{ReasonSold, ReasonScrapped, ReasonStolen, ReasonOther}
}

// Limits of changes.
const (
	BackdateDaysMax = 3 // calendar days in Norway, S2.70
	PrivateTagsMax  = 2 // vehicles on a private agreement, S5.09; an issuer may have another limit
)

// EarliestEffective returns the earliest instant from which a change that is made now may count.
func EarliestEffective(now time.Time) time.Time { return (oslo.DayOf(now) - BackdateDaysMax).Start() }

// CheckEffective returns a fault unless a change that is made now may count from at on.
func CheckEffective(at, now time.Time) error {
	switch {
	case at.After(now):
		return fault.New(fault.ChangeFuture).At("at")
	case at.Before(EarliestEffective(now)):
		return fault.New(fault.ChangeTooOld, "days", strconv.Itoa(BackdateDaysMax)).At("at")
	}
	return nil
}

// CheckTagChange returns the fault that says why a tag in a state cannot be changed in a way, nil if it can be.
func CheckTagChange(status TagStatus, kind ChangeKind) error {
	var refused fault.Code
	switch {
	case status == TagSettled:
		refused = fault.TagSettled
	case status == TagBlocked:
		refused = fault.TagBlocked
	case status == TagOrdered:
		refused = fault.TagOrdered
	case status == TagLost && kind != ChangeReopen && kind != ChangeSettle:
		refused = fault.TagLost
	case status != TagLost && kind == ChangeReopen:
		refused = fault.TagOpen
	case status == TagOnHold && kind == ChangeHold:
		refused = fault.TagHeld
	default:
		return nil
	}
	return fault.New(refused)
}

// Change is a change of a tag or a vehicle. Vehicle receives the tag of a ChangeMove and, if it still can, of a
// ChangeReopen; it leaves its agreement in a ChangeRemove, joins one in a ChangeAdd, and goes to Agreement in a
// ChangeTransfer.
type Change struct {
	Kind      ChangeKind
	Vehicle   VehicleID
	Agreement AgreementID
	At        time.Time // from when on it counts
	Keep      bool      // the vehicle that the tag is taken from stays on its agreement, without a tag
}

// Placement is a tag, or a vehicle without one, on an agreement, with the mounts of tag and vehicles that a change
// can concern. The order of the mounts is kept by a change; new ones are added at the end.
type Placement struct {
	Agreement AgreementID
	Tag       Tag // zero for a vehicle without a tag
	Mounts    []Mount
}

// Apply returns the placement after a change, or the fault that says why the change is not allowed. The only
// differences are ends of mounts that were open, new mounts, and the state of the tag: what was in force before the
// change counts is never altered.
func (p Placement) Apply(c Change, now time.Time) (Placement, error) {
	if err := CheckEffective(c.At, now); err != nil {
		return p, err
	}
	if c.Kind != ChangeRemove && c.Kind != ChangeAdd && (c.Kind != ChangeTransfer || p.Tag.ID != "") {
		if err := CheckTagChange(p.Tag.Status, c.Kind); err != nil {
			return p, err
		}
	}
	after := p
	after.Mounts = slices.Clone(p.Mounts)
	var err error
	switch c.Kind {
	case ChangeMove:
		after.Tag.Status = TagActive
		err = after.move(c)
	case ChangeHold, ChangeLost, ChangeSettle:
		after.Tag.Status = statusAfter(c.Kind)
		err = after.takeOff(c.At, c.Keep)
	case ChangeReopen:
		after = after.reopen(c)
	case ChangeRemove:
		err = after.remove(c)
	case ChangeAdd:
		err = after.add(c)
	case ChangeTransfer:
		err = after.transfer(c)
	default:
		err = fault.New(fault.FieldWrong).At("kind")
	}
	if err != nil {
		return p, err
	}
	return after, nil
}

// statusAfter returns the state of a tag after it was taken off its vehicle.
func statusAfter(kind ChangeKind) TagStatus {
	switch kind {
	case ChangeLost:
		return TagLost
	case ChangeSettle:
		return TagSettled
	case ChangeHold, ChangeMove, ChangeReopen, ChangeRemove, ChangeAdd, ChangeSend, ChangeTransfer, ChangeCentre, ChangeReference, ChangeOrder, ChangeReceive, ChangeFacts:
	}
	return TagOnHold
}

// move takes the tag off its vehicle and puts it on another one.
func (p *Placement) move(c Change) error {
	if slices.ContainsFunc(p.Mounts, func(m Mount) bool { return m.Vehicle == c.Vehicle && m.Tag == p.Tag.ID && m.To.IsZero() }) {
		return fault.New(fault.VehicleTagged).At("plate")
	}
	if err := p.takeOff(c.At, c.Keep); err != nil {
		return err
	}
	return p.putOn(c.Vehicle, c.At)
}

// takeOff ends the mount of the tag at an instant, if it is on a vehicle.
func (p *Placement) takeOff(at time.Time, keep bool) error {
	i, err := p.standing(at, func(m Mount) bool { return m.Tag != "" && m.Tag == p.Tag.ID })
	if i < 0 || err != nil {
		return err
	}
	p.Mounts[i].To = at
	if keep {
		p.Mounts = append(p.Mounts, Mount{Vehicle: p.Mounts[i].Vehicle, Agreement: p.Mounts[i].Agreement, Validity: Validity{From: at}})
	}
	return nil
}

// putOn puts the tag on a vehicle that is on no agreement, or on the tag's without a tag.
func (p *Placement) putOn(vehicle VehicleID, at time.Time) error {
	i, err := p.standing(at, func(m Mount) bool { return m.Vehicle == vehicle })
	if err != nil {
		return err
	}
	if i >= 0 {
		switch m := p.Mounts[i]; {
		case m.Agreement != p.Agreement:
			return fault.New(fault.VehicleTaken).At("plate")
		case m.Tag != "":
			return fault.New(fault.VehicleTagged).At("plate")
		}
		p.Mounts[i].To = at
	}
	p.Mounts = append(p.Mounts, Mount{Vehicle: vehicle, Agreement: p.Agreement, Tag: p.Tag.ID, Validity: Validity{From: at}})
	return nil
}

// reopen puts a tag that was lost back on its vehicle, or on hold if the vehicle has left the agreement or has another
// tag.
func (p Placement) reopen(c Change) Placement {
	on := p
	on.Mounts = slices.Clone(p.Mounts)
	on.Tag.Status = TagActive
	i, err := on.standing(c.At, func(m Mount) bool { return m.Vehicle == c.Vehicle })
	if err == nil && i >= 0 && on.putOn(c.Vehicle, c.At) == nil {
		return on
	}
	p.Tag.Status = TagOnHold
	return p
}

// remove ends the mount of a vehicle without a tag.
func (p *Placement) remove(c Change) error {
	i, err := p.standing(c.At, func(m Mount) bool { return m.Vehicle == c.Vehicle && m.Agreement == p.Agreement })
	switch {
	case err != nil:
		return err
	case i < 0:
		return fault.New(fault.NotFound)
	case p.Mounts[i].Tag != "":
		return fault.New(fault.VehicleTagged).At("plate")
	}
	p.Mounts[i].To = c.At
	return nil
}

// add puts a vehicle on the agreement.
func (p *Placement) add(c Change) error {
	i, err := p.standing(c.At, func(m Mount) bool { return m.Vehicle == c.Vehicle })
	switch {
	case err != nil:
		return err
	case i >= 0:
		return fault.New(fault.VehicleTaken).At("plate")
	}
	p.Mounts = append(p.Mounts, Mount{Vehicle: c.Vehicle, Agreement: p.Agreement, Validity: Validity{From: c.At}})
	return nil
}

// transfer ends the mount of the vehicle, and begins one with the same tag on another agreement.
func (p *Placement) transfer(c Change) error {
	i, err := p.standing(c.At, func(m Mount) bool { return c.Vehicle != "" && m.Vehicle == c.Vehicle && m.Agreement == p.Agreement })
	switch {
	case err != nil:
		return err
	case i < 0 || c.Agreement == "" || c.Agreement == p.Agreement:
		return fault.New(fault.NotFound)
	}
	m := p.Mounts[i]
	p.Mounts[i].To = c.At
	p.Mounts = append(p.Mounts, Mount{Vehicle: m.Vehicle, Agreement: c.Agreement, Tag: m.Tag, Validity: Validity{From: c.At}})
	p.Agreement = c.Agreement
	if p.Tag.ID != "" {
		p.Tag.Agreement = c.Agreement
	}
	return nil
}

// standing returns the index of the mount that is open at an instant, -1 if there is none. It returns
// fault.ChangedSince if a mount began or ended at or after that instant: a change never goes behind another one.
func (p *Placement) standing(at time.Time, of func(Mount) bool) (int, error) {
	found := -1
	for i, m := range p.Mounts {
		switch {
		case !of(m) || !m.To.IsZero() && !m.To.After(at):
		case !m.From.Before(at) || !m.To.IsZero():
			return -1, fault.New(fault.ChangedSince).At("at")
		default:
			found = i
		}
	}
	return found, nil
}
