package seal

import (
	"crypto/hmac"
	"encoding/base64"
	"strings"
)

// CodeHash returns the hash of a short code. It is keyed, since the few possible codes could be tried on a
// copy of the database, and bound to the purpose and holder that are given.
func (k Keys) CodeHash(code string, bound ...string) []byte {
	return mac(k.lookup, "code "+strings.Join(bound, " ")+" "+code)
}

// CodeMatches reports whether a code has the stored hash. It compares in constant time.
func (k Keys) CodeMatches(stored []byte, code string, bound ...string) bool {
	return hmac.Equal(stored, k.CodeHash(code, bound...))
}

// LookupHash returns the keyed hash by which a personal number is found.
func (k Keys) LookupHash(number string) []byte { return mac(k.lookup, number) }

// LookupMatches reports whether a personal number has the stored hash, in constant time; an empty hash
// matches no number.
func (k Keys) LookupMatches(stored []byte, number string) bool {
	return hmac.Equal(stored, k.LookupHash(number)) && len(stored) > 0
}

// Proof returns a value that only these keys give, and that reveals nothing of them.
func (k Keys) Proof() []byte { return mac(k.lookup, "proof of the server's secret") }

// throttleNameBytes is the part of a keyed hash that names a counter.
const throttleNameBytes = 16

// ThrottleName returns a keyed hash of a value for the names of counters, so that the table of tries
// reveals no addresses.
func (k Keys) ThrottleName(value string) string {
	return base64.RawURLEncoding.EncodeToString(mac(k.throttle, value)[:throttleNameBytes])
}
