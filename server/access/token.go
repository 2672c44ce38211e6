package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// Token is 256 random bits that open a session or a step; only its holder knows it.
type Token string

// Hash is what is kept of a token.
type Hash [sha256.Size]byte

const tokenBytes = 32

func newToken() Token {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return Token(base64.RawURLEncoding.EncodeToString(b[:]))
}

// Hash is the form in which the store knows the token.
func (t Token) Hash() Hash { return sha256.Sum256([]byte(t)) }

// plausible spares the database what cannot be a token.
func (t Token) plausible() bool { return len(t) == base64.RawURLEncoding.EncodedLen(tokenBytes) }

// csrf is bound to the token and tells nothing of it.
func (t Token) csrf() string {
	mac := hmac.New(sha256.New, []byte(t))
	mac.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// CSRFMatches compares what a request brought with the actor's own, in constant time.
func (a Principal) CSRFMatches(got string) bool {
	return a.CSRF != "" && subtle.ConstantTimeCompare([]byte(a.CSRF), []byte(got)) == 1
}
