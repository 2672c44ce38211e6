package invoice

import "bompass/shared/money"

// State is how far a document is from being settled. Whether an unpaid invoice is overdue follows from its due date.
type State string

// The states.
const (
	StateSent     State = "sent"
	StatePartly   State = "partly"   // something is paid or credited
	StateReminded State = "reminded" // a later reminder asks for what is outstanding: this document is not paid any more
	StatePaid     State = "paid"     // nothing is outstanding
	StateCredited State = "credited" // nothing is outstanding, and credit notes took all of it away
	StateCredit   State = "credit"   // a credit note
)

// Settlement is what has become of a document's claim: of an invoice together with its reminders.
type Settlement struct {
	Total    money.Ore // of the document's lines
	Claimed  money.Ore // what a reminder asks for beside its lines
	Credited money.Ore // of the document alone
	Paid     money.Ore // for the claim, of which an invoice takes its own part first
	Open     money.Ore // of the claim
	Replaced bool      // by a later reminder
}

// StateOf returns the state of a document and what is outstanding on it. The documents of one claim together have no more
// outstanding than the claim: the latest has all.
func StateOf(kind Kind, s Settlement) (State, money.Ore) {
	open := s.Open
	if kind == KindInvoice && s.Replaced {
		open = min(open, s.Total-s.Credited-s.Paid)
	}
	switch {
	case kind == KindCredit:
		return StateCredit, 0
	case s.Credited > 0 && s.Credited >= s.Total:
		return StateCredited, notReplaced(s)
	case open <= 0:
		return StatePaid, notReplaced(s)
	case s.Replaced:
		return StateReminded, 0
	case open < s.Claimed+s.Total:
		return StatePartly, open
	}
	return StateSent, open
}

// notReplaced returns what is outstanding on the latest document of a claim; it is negative if too much was paid.
func notReplaced(s Settlement) money.Ore {
	if s.Replaced {
		return 0
	}
	return s.Open
}

// Open reports whether something is outstanding in a state.
func (s State) Open() bool { return s == StateSent || s == StatePartly || s == StateReminded }
