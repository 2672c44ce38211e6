package access

import (
	"strings"

	"bompass/shared/ident"
)

// NameKind is by what a person names their account.
type NameKind uint8

// The kinds of name, S3.06, S3.11, S3.14, S4.08.
const (
	ByEmail NameKind = iota
	ByMobile
	ByCustomerNumber
	ByOrganisation
)

// Name is what a person names their account by, in the form in which it is kept.
type Name struct {
	Kind  NameKind
	Value string
}

// ParseName tells from its form what a name is. What has no form is taken for an address that nobody
// has, so that it costs as much as any other.
func ParseName(s string) Name {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "@") {
		return Name{ByEmail, strings.ToLower(s)}
	}
	if bare, problem := ident.ForeignOrganisation(s); problem == ident.None {
		return Name{ByOrganisation, bare}
	}
	if bare, problem := ident.CustomerNumber(s); problem == ident.None {
		return Name{ByCustomerNumber, bare}
	}
	if number, problem := ident.Phone(s); problem == ident.None {
		return Name{ByMobile, number}
	}
	return Name{ByEmail, strings.ToLower(s)}
}
