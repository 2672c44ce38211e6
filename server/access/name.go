package access

import (
	"strings"

	"bompass/shared/ident"
)

// LoginNameKind is by what a person names their account.
type LoginNameKind uint8

// The kinds of name, S3.06, S3.11, S3.14, S4.08.
const (
	ByEmail LoginNameKind = iota
	ByMobile
	ByCustomerNumber
	ByOrganisation
)

// LoginName is what a person names their account by, in the form in which it is kept.
type LoginName struct {
	Kind  LoginNameKind
	Value string
}

// ParseLoginName tells from its form what a name is. What has no form is taken for an address that nobody
// has, so that it costs as much as any other.
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
