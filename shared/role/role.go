// Package role defines the roles that a person can have for a customer, and the rights of each role.
package role

import "slices"

// Role is what a person may be to the customer acted for.
type Role string

// The roles.
const (
	Owner         Role = "owner"
	Administrator Role = "administrator"
	Accountant    Role = "accountant" // invoices and sums, never where anyone drove
	Driver        Role = "driver"     // one vehicle
	Auditor       Role = "auditor"    // sees everything, changes nothing
)

// Right is something that a role may or may not do for the customer acted for.
type Right uint8

// The rights. The zero Right is invalid: a route must name the one that it needs.
const (
	SeeOwn       Right = iota + 1 // one's own details, sessions and language
	SeeOverview                   // what the customer has and what it costs
	SeePassages                   // where vehicles have been
	SeeFleet                      // the passages of all vehicles together, which a driver may not see
	SeeBills                      // invoices and payments
	Change                        // vehicles, tags, agreements and payments
	ManagePeople                  // who else acts for the customer
)

// May reports whether the role has the right. An unknown role has none.
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

// GrantableRoles returns the roles that can be given to someone, in the order in which they are offered.
// Ownership is not among them: it comes with the customer.
func GrantableRoles() []Role { return []Role{Administrator, Accountant, Driver, Auditor} }

// Grantable reports whether the role can be given to someone.
func Grantable(r Role) bool { return slices.Contains(GrantableRoles(), r) }
