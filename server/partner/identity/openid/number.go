package openid

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"bompass/shared/ident"
)

// Countries whose personal numbers issuers return.
const (
	Norway = "NO"
	Sweden = "SE"
)

// PersonalNumberClaim returns the name of the claim with the personal number of a country.
func PersonalNumberClaim(country string) string {
	if country == Sweden {
		return "https://id.oidc.se/claim/personalIdentityNumber"
	}
	return "pid"
}

// number returns the personal number; empty if the issuer does not return it.
func (i *Issuer) number(token *oidc.IDToken) (string, error) {
	var all map[string]json.RawMessage
	if err := token.Claims(&all); err != nil {
		return "", err
	}
	raw, found := all[PersonalNumberClaim(i.Country)]
	if !found {
		return "", nil
	}
	var number string
	if err := json.Unmarshal(raw, &number); err != nil || number == "" {
		return "", errors.New("the personal number is not a string")
	}
	return number, nil
}

// isPersonalNumber reports whether a number without separators is valid in its country.
func isPersonalNumber(country, s string) bool {
	if country == Sweden {
		return isSwedishNumber(s)
	}
	bare, _, problem := ident.BirthNumber(s)
	return problem == ident.None && bare == s
}

// isSwedishNumber reports whether s is twelve digits: a day, on which coordination numbers add 60, a serial
// number, and the check digit of the last ten.
func isSwedishNumber(s string) bool {
	if len(s) != 12 || !ident.Luhn(s[2:]) {
		return false
	}
	b := []byte(s[:8])
	if b[6] >= '6' {
		b[6] -= 6
	}
	_, err := time.Parse("20060102", string(b))
	return err == nil
}
