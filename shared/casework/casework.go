// Package casework says what a case of customer service is: its topics, its states and what moves it from one to the next,
// and by when it is answered.
package casework

import (
	"slices"
	"time"

	"bompass/shared/oslo"
)

// State is how far a case has come.
type State string

// The states.
const (
	New      State = "new"      // nobody at the toll company has taken it yet
	WithUs   State = "with.us"  // the toll company answers next
	WithYou  State = "with.you" // the customer answers next
	Solved   State = "solved"
	Reopened State = "reopened" // the customer wrote after it was solved
)

// States returns every state.
func States() []State { return []State{New, WithUs, WithYou, Solved, Reopened} }

// Open reports whether the case is not solved.
func (s State) Open() bool { return s != Solved }

// WaitsForUs reports whether the toll company has to answer next.
func (s State) WaitsForUs() bool { return s == New || s == WithUs || s == Reopened }

// Act is what somebody does with a case.
type Act string

// The acts. The first two are the customer's, the others the toll company's.
const (
	Write    Act = "write"    // another message
	Withdraw Act = "withdraw" // the customer needs no answer any more
	Take     Act = "take"     // somebody of the toll company works on it
	Ask      Act = "ask"      // a question to the customer
	Answer   Act = "answer"   // the answer that solves it
)

// Acts returns every act.
func Acts() []Act { return []Act{Write, Withdraw, Take, Ask, Answer} }

// After returns the state that an act leads to. It is false for an act that is not possible in this state.
func (s State) After(a Act) (State, bool) {
	switch a {
	case Write:
		switch s {
		case WithYou:
			return WithUs, true
		case Solved:
			return Reopened, true
		case New, WithUs, Reopened:
			return s, true
		}
	case Withdraw:
		return Solved, s.Open() && slices.Contains(States(), s)
	case Take:
		return WithUs, s == New || s == Reopened
	case Ask:
		return WithYou, s.WaitsForUs()
	case Answer:
		return Solved, s.Open() && slices.Contains(States(), s)
	}
	return s, false
}

// Topic is what a case is about.
type Topic string

// The topics.
const (
	Invoice   Topic = "invoice"
	Passage   Topic = "passage"
	Vehicle   Topic = "vehicle" // vehicles and tags
	Agreement Topic = "agreement"
	Payment   Topic = "payment"
	Privacy   Topic = "privacy"
	General   Topic = "general" // something else
)

// Topics returns every topic, in the order in which they are offered.
func Topics() []Topic {
	return []Topic{Invoice, Payment, Passage, Vehicle, Agreement, Privacy, General}
}

// The limits of a message, in characters, and of its files.
const (
	TitleMax = 120
	TextMax  = 5000
	FilesMax = 10
)

// AnswerDays is the number of working days within which a message is answered.
const AnswerDays = 5

// AnswerBy returns the last day on which a message is answered that was written at an instant: AnswerDays working days
// after its day. Saturdays, Sundays and Norwegian public holidays are not working days.
func AnswerBy(at time.Time) oslo.Day {
	day := oslo.DayOf(at)
	for left := AnswerDays; left > 0; {
		day++
		if weekday := day.Weekday(); weekday != time.Saturday && weekday != time.Sunday && !oslo.Holiday(day) {
			left--
		}
	}
	return day
}
