package access

import (
	"crypto/hmac"
	"encoding/base32"
	"strings"
)

// SealText encrypts a text for its row, for domains that keep what opens doors.
func (k Keys) SealText(text []byte, row string) (key string, sealed []byte) {
	s := k.sealFor(text, row)
	return s.Key, s.Data
}

// OpenText decrypts what SealText made for the same row.
func (k Keys) OpenText(key string, sealed []byte, row string) ([]byte, error) {
	return k.open(Sealed{Key: key, Data: sealed}, row)
}

// CodeHash is how a short code is kept: keyed, since its few possibilities could be tried on a copy of
// the database, and bound to what it is for.
func (k Keys) CodeHash(code string, bound ...string) []byte {
	return k.hash(k.find, "code "+strings.Join(bound, " ")+" "+code)
}

// CodeMatches compares a code with a kept hash in constant time.
func (k Keys) CodeMatches(kept []byte, code string, bound ...string) bool {
	return hmac.Equal(kept, k.CodeHash(code, bound...))
}

// LookupHash finds a personal number without telling it.
func (k Keys) LookupHash(number string) []byte { return k.hash(k.find, number) }

// base32Bare is how secrets and recovery codes are written for people.
func base32Bare() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// numberMatches compares a personal number with a kept hash in constant time; an empty hash is nobody's.
func (k Keys) numberMatches(kept []byte, number string) bool {
	return hmac.Equal(kept, k.LookupHash(number)) && len(kept) > 0
}
