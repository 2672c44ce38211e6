package kit

import (
	"bompass/server/access"
	"bompass/shared/api"
)

// PrincipalKind says what kind of caller makes a request.
type PrincipalKind uint8

// The kinds of principal. Staff and kiosks have no endpoints yet and are refused by all others.
const (
	Anonymous PrincipalKind = iota
	Person                  // signed in, acting for a party
	Staff                   // works for the toll company
	Station                 // roadside device with an API key
	Kiosk                   // device at a service office
)

// Principal is the one who makes a request. It is in this package and not in access, because it joins
// identities of several domains, and only mounts need all of them: a handler gets the identity of its own
// domain, such as an access.Principal.
type Principal struct {
	Kind  PrincipalKind
	Actor access.Principal // of a Person
}

// access returns the kind of access that the principal has.
func (k PrincipalKind) access() api.Access {
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
