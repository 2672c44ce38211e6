// Package register is the role of the vehicle register: what kind of vehicle has a registration number.
//
// It owns the request and the meaning of an answer. Owners are not requested. Package vegvesen is the adapter of the
// real register, package sim a register for development and tests.
package register

import (
	"context"

	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Vehicle is the register's data of a vehicle.
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

// Unconfigured is a register without configuration.
type Unconfigured struct{ Variable string }

// Vehicle returns fault.PartnerUnset with the variable.
func (u Unconfigured) Vehicle(context.Context, toll.Plate) (Vehicle, error) {
	return Vehicle{}, fault.New(fault.PartnerUnset, "variable", u.Variable)
}
