// Package mandate is the role of the register of the parties that a person may act for: Altinn's authorised parties.
//
// It owns the request and the meaning of an answer. Package altinn is the adapter of the real register, package sim a
// register for development and tests. The rights of a person belong to package access.
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

// Answer is the register's answer about a person. It contains only companies that the person may act for in this
// service.
type Answer struct {
	Name      string // of the person; empty if the register does not return it
	Companies []Party
}

// Source is the register.
type Source interface {
	// Parties returns the parties that the person with a birth number may act for.
	Parties(ctx context.Context, birthNumber string) (Answer, error)
}

// Unconfigured is a register without configuration.
type Unconfigured struct{ Variable string }

// Parties returns fault.PartnerUnset with the variable.
func (u Unconfigured) Parties(context.Context, string) (Answer, error) {
	return Answer{}, fault.New(fault.PartnerUnset, "variable", u.Variable)
}
