package invoice

import "bompass/shared/money"

// State is how far a document is from being settled. Whether an unpaid invoice is overdue follows from its due date.
type State string

// The states.
const (
	StateSent     State = "sent"
	StatePartly   State = "partly"   // something is paid or credited
	StatePaid     State = "paid"     // nothing is outstanding
	StateCredited State = "credited" // nothing is outstanding, and credit notes took all of it away
	StateCredit   State = "credit"   // a credit note
)

// StateOf returns the state of a document by its total, what credit notes take away and what was paid.
func StateOf(kind Kind, total, credited, paid money.Ore) State {
	switch {
	case kind == KindCredit:
		return StateCredit
	case credited >= total:
		return StateCredited
	case credited+paid >= total:
		return StatePaid
	case credited+paid > 0:
		return StatePartly
	}
	return StateSent
}

// Open reports whether something is outstanding in a state.
func (s State) Open() bool { return s == StateSent || s == StatePartly }
