// Package dispute has the rules of complaints about passages: what can be said to be wrong, and what is decided at once from
// what is stored.
package dispute

import (
	"math"
	"time"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// Reason is what a customer says is wrong with a passage.
type Reason string

// The reasons.
const (
	NotMine Reason = "not.mine" // another vehicle passed
	Sold    Reason = "sold"     // the vehicle was sold before
	Class   Reason = "class"    // the wrong price group
	Twice   Reason = "twice"    // charged twice
	Tag     Reason = "tag"      // the tag was not read
	Exempt  Reason = "exempt"   // the vehicle is exempt
)

// Reasons lists the reasons in the order in which they are offered.
func Reasons() []Reason { return []Reason{NotMine, Sold, Class, Twice, Tag, Exempt} }

// State is how far a complaint has come.
type State string

// The states.
const (
	Open     State = "open" // a person has to decide
	Upheld   State = "upheld"
	Rejected State = "rejected"
)

// Why is the reason of a decision. Its text is in the catalogues under "dispute.why.".
type Why string

// The reasons of decisions.
const (
	WhyPerson     Why = "person"     // a person has to decide, or has decided
	WhyFree       Why = "free"       // the passage costs nothing
	WhyDouble     Why = "double"     // the same station was passed moments before or after
	WhyOnce       Why = "once"       // it was not
	WhyImpossible Why = "impossible" // the tag was elsewhere at the time
	WhySold       Why = "sold"       // the vehicle had left the customer's agreement as sold
	WhyTagRead    Why = "tag.read"   // the tag was read
	WhyNoTag      Why = "tag.none"   // the vehicle had no tag
	WhyNoLoss     Why = "tag.same"   // the price would have been the same with the tag
)

// Decision is what has become of a complaint. An upheld one takes the passage's charge back.
type Decision struct {
	State State
	Why   Why
}

// Place is a place in millionths of a degree; both are 0 if it is not known.
type Place struct{ Lat, Lon int32 }

// Seen is a passage as far as complaints need it.
type Seen struct {
	At        time.Time
	Station   toll.StationID
	Place     Place
	Direction toll.Direction
	MatchedBy toll.MatchedBy
	Free      bool // costs nothing
}

// Passage is a passage that is complained about.
type Passage struct {
	Seen
	HasTag bool      // the vehicle had a tag at the time
	Unread bool      // which was not read
	Lost   money.Ore // how much less it would have cost if the tag had been read
	SoldAt time.Time // when the vehicle left the customer's agreement as sold; zero if it did not
	Around []Seen    // the other passages of the vehicle about the time, without those that were taken back
}

// The bounds of what a vehicle can do.
const (
	DoubleWindow = time.Minute // in which no vehicle passes a station twice in one direction
	SpeedMax     = 250.0       // kilometres an hour as the crow flies
	distanceMin  = 2.0         // kilometres: positions are not exact
)

// Decide returns what becomes of a complaint: a decision if what is stored is enough for one, and otherwise Open.
func Decide(reason Reason, p Passage) Decision {
	if p.Free {
		return Decision{Rejected, WhyFree}
	}
	switch reason {
	case Twice:
		for _, o := range p.Around {
			if Double(p.Seen, o) && !o.Free {
				return Decision{Upheld, WhyDouble}
			}
		}
		return Decision{Rejected, WhyOnce}
	case NotMine:
		for _, o := range p.Around {
			if p.MatchedBy != toll.ByTag && o.MatchedBy == toll.ByTag && Impossible(p.Seen, o) {
				return Decision{Upheld, WhyImpossible}
			}
		}
	case Sold:
		if !p.SoldAt.IsZero() && p.At.After(p.SoldAt) {
			return Decision{Upheld, WhySold}
		}
	case Tag:
		switch {
		case !p.HasTag:
			return Decision{Rejected, WhyNoTag}
		case !p.Unread:
			return Decision{Rejected, WhyTagRead}
		case p.Lost == 0:
			return Decision{Rejected, WhyNoLoss}
		}
	case Class, Exempt:
	}
	return Decision{Open, WhyPerson}
}

// Double reports whether two passages of a vehicle are one that was recorded twice.
func Double(a, b Seen) bool {
	sameWay := a.Direction == b.Direction || a.Direction == toll.DirectionUnknown || b.Direction == toll.DirectionUnknown
	return a.Station == b.Station && sameWay && a.At.Sub(b.At).Abs() <= DoubleWindow
}

// Impossible reports whether no vehicle can have passed at both places at their times. Without both places it cannot be told.
func Impossible(a, b Seen) bool {
	if a.Place == (Place{}) || b.Place == (Place{}) {
		return false
	}
	far := Kilometres(a.Place, b.Place)
	return far > distanceMin && far > SpeedMax*a.At.Sub(b.At).Abs().Hours()
}

// Kilometres returns the distance between two places as the crow flies.
func Kilometres(a, b Place) float64 {
	const earth = 6371.0
	radians := func(millionths int32) float64 { return float64(millionths) / 1e6 * math.Pi / 180 }
	north, east := radians(b.Lat)-radians(a.Lat), radians(b.Lon)-radians(a.Lon)
	h := math.Pow(math.Sin(north/2), 2) + math.Cos(radians(a.Lat))*math.Cos(radians(b.Lat))*math.Pow(math.Sin(east/2), 2)
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h)))
}
