// Package register is the role of the vehicle register: what kind of vehicle has a registration number.
//
// It owns what is asked and what an answer means, and asks nothing about owners. Package vegvesen speaks
// to the real register, package sim is one for development and tests.
package register

import (
	"context"

	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Vehicle is what the register tells of a vehicle.
type Vehicle struct {
	Make, Model string
	Since       string // year of the first registration
	Facts       toll.Facts
	LengthMM    int // 0 when unknown
}

// Source is the register.
type Source interface {
	// Vehicle returns fault.NotFound for a plate that the register does not know, one of another country
	// among them.
	Vehicle(ctx context.Context, plate toll.Plate) (Vehicle, error)
}

// Unconfigured is the register that nobody has configured.
type Unconfigured struct{ Variable string }

// Vehicle names the variable to set.
func (u Unconfigured) Vehicle(context.Context, toll.Plate) (Vehicle, error) {
	return Vehicle{}, fault.New(fault.PartnerUnset, "variable", u.Variable)
}
