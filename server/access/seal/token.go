package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// Token is a secret of 256 random bits that opens a session, a pending login or a link. Only its holder has it.
type Token string

// Hash is the SHA-256 hash of a token, the form in which tokens are stored.
type Hash [sha256.Size]byte

const tokenBytes = 32

// NewToken returns a random token.
func NewToken() Token {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return Token(base64.RawURLEncoding.EncodeToString(b[:]))
}

// Hash returns the token's hash.
func (t Token) Hash() Hash { return sha256.Sum256([]byte(t)) }

// Plausible reports whether a text has a token's length; other texts are not looked up.
func (t Token) Plausible() bool { return len(t) == base64.RawURLEncoding.EncodedLen(tokenBytes) }

// CSRF returns the anti-forgery value of a session's token. It reveals nothing of the token.
func (t Token) CSRF() string {
	h := hmac.New(sha256.New, []byte(t))
	h.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
