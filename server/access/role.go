package access

// Right is something that a role may or may not do for the customer acted for.
type Right uint8

// The rights.
const (
	SeeOwn       Right = iota // one's own details, sessions and language
	SeeOverview               // what there is and what it costs
	SeePassages               // where vehicles have been
	SeeBills                  // invoices and payments
	Change                    // vehicles, tags, agreements and payments
	ManagePeople              // who else acts for the customer
)

// May tells whether a role has a right. An accountant sees bills and what they add up to, never where
// anybody drove; a driver sees the own vehicle; an auditor sees all and changes nothing.
func (r Role) May(right Right) bool {
	switch r {
	case Owner, Administrator:
		return true
	case Accountant:
		return right == SeeOwn || right == SeeOverview || right == SeeBills
	case Driver:
		return right == SeeOwn || right == SeePassages
	case Auditor:
		return right != Change && right != ManagePeople
	}
	return false
}

// KnownRole tells whether a role can be given; owner is not given but is.
func KnownRole(r Role) bool {
	switch r {
	case Administrator, Accountant, Driver, Auditor:
		return true
	case Owner:
	}
	return false
}
