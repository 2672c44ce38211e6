package access

import (
	"strings"

	"bompass/shared/ident"
)

// LoginNameKind is the kind of a login name.
type LoginNameKind uint8

// The kinds of login names.
const (
	ByEmail LoginNameKind = iota
	ByMobile
	ByCustomerNumber
	ByOrganisation
)

// LoginName is the name by which a person signs in, in its stored form.
type LoginName struct {
	Kind  LoginNameKind
	Value string
}

// ParseLoginName returns the login name of a text. A text of no known form is an email address that no account
// has, so that it costs the same work as any other.
func ParseLoginName(s string) LoginName {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "@") {
		return LoginName{ByEmail, strings.ToLower(s)}
	}
	if bare, problem := ident.ForeignOrganisation(s); problem == ident.None {
		return LoginName{ByOrganisation, bare}
	}
	if bare, problem := ident.CustomerNumber(s); problem == ident.None {
		return LoginName{ByCustomerNumber, bare}
	}
	if number, problem := ident.Phone(s); problem == ident.None {
		return LoginName{ByMobile, number}
	}
	return LoginName{ByEmail, strings.ToLower(s)}
}
