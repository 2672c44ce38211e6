// Package mandate is the role of the register that knows for whom a person may act: Altinn's
// authorised parties.
//
// It owns what is asked and what an answer means. Package altinn speaks to the real register, package
// sim is one for development and tests; what a person may do for a party is package access's.
package mandate

import (
	"context"

	"bompass/shared/fault"
)

// Party is an organisation that a person may act for.
type Party struct {
	Number string // nine digits
	Name   string
}

// Answer is all that the register says of a person. Companies where the person has no right to use
// this service are not in it.
type Answer struct {
	Name      string // of the person; empty when the register does not tell
	Companies []Party
}

// Source is the register.
type Source interface {
	// Parties asks for whom the person with a birth number may act.
	Parties(ctx context.Context, birthNumber string) (Answer, error)
}

// Unconfigured is the register that nobody has configured.
type Unconfigured struct{ Variable string }

// Parties names the variable to set.
func (u Unconfigured) Parties(context.Context, string) (Answer, error) {
	return Answer{}, fault.New(fault.PartnerUnset, "variable", u.Variable)
}
