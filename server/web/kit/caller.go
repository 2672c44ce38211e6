package kit

import (
	"bompass/server/access"
	"bompass/shared/api"
)

// CallerKind is the kind of principal that makes a request.
type CallerKind uint8

// The kinds of caller. Staff and kiosks have no endpoints yet and are refused by all others.
const (
	Anonymous CallerKind = iota
	Person               // signed in, acting for a party
	Staff                // works for the toll company
	Station              // roadside device with an API key
	Kiosk                // device at a service office
)

// Caller is the principal of a request: a person for a party, a member of staff, or a device. It is in this
// package and not in access, because it joins identities of several domains and only mounts need all of them:
// a handler gets the identity of its own domain, such as the access.Principal of a person.
type Caller struct {
	Kind   CallerKind
	Person access.Principal // if Kind is Person
}

// access returns the kind of endpoint that the caller may call beside public ones.
func (k CallerKind) access() api.Access {
	switch k {
	case Person:
		return api.Customer
	case Staff:
		return api.Staff
	case Station:
		return api.Station
	case Kiosk:
		return api.Kiosk
	case Anonymous:
	}
	return api.Public
}
