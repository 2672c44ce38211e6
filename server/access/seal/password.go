package seal

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// hashParams is the cost of a password's hash: m=19456 KiB, t=2, p=1.
func hashParams() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// dummyHash is checked when an account is unknown, so that the answer takes as long as for a known one.
const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IHRoYXQgaXM$nR1mCz6vD0Hn7mDk0cQ1y9eE8m2n3a0b4c5d6e7f8gA"

// pepperMark is the prefix of a hash with a pepper; the pepper's name follows.
const pepperMark = "pepper:"

// NormalizePassword returns the form in which passwords are counted, hashed and compared: keyboards write the
// same letter in different ways.
func NormalizePassword(password string) string { return norm.NFKC.String(password) }

// HashPassword returns the hash of a password, with the current pepper if there is one.
func (k Keys) HashPassword(password string) (string, error) {
	input, mark := NormalizePassword(password), ""
	if k.pepper != "" {
		input, mark = k.addPepper(password, k.pepper), pepperMark+k.pepper
	}
	hash, err := argon2id.CreateHash(input, hashParams())
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return mark + hash, nil
}

func (k Keys) addPepper(password, pepper string) string {
	return base64.RawStdEncoding.EncodeToString(mac(k.peppers[pepper], NormalizePassword(password)))
}

// splitPepper returns the name of a stored hash's pepper, empty for no pepper, and the hash itself.
func splitPepper(stored string) (pepper, hash string) {
	rest, marked := strings.CutPrefix(stored, pepperMark)
	if !marked {
		return "", stored
	}
	pepper, hash, _ = strings.Cut(rest, "$")
	return pepper, "$" + hash
}

// NeedsRehash reports whether a correct password should be hashed again: it has no pepper or an older one,
// or cost less than passwords cost now.
func (k Keys) NeedsRehash(stored string) bool {
	pepper, hash := splitPepper(stored)
	has, _, _, err := argon2id.DecodeHash(hash)
	if err != nil {
		return false // a malformed hash matches no password
	}
	wants := hashParams()
	return pepper != k.pepper || has.Memory < wants.Memory || has.Iterations < wants.Iterations || has.Parallelism < wants.Parallelism
}

// PasswordMatches reports whether a password has the stored hash. An empty hash costs the same and matches
// no password.
func (k Keys) PasswordMatches(password, stored string) (bool, error) {
	known := stored != ""
	if !known {
		stored = dummyHash
	}
	pepper, hash := splitPepper(stored)
	input := NormalizePassword(password)
	if pepper != "" {
		if _, there := k.peppers[pepper]; !there {
			return false, fmt.Errorf("a password was stored with pepper %q, which this server does not have", pepper)
		}
		input = k.addPepper(password, pepper)
	}
	right, err := argon2id.ComparePasswordAndHash(input, hash)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return right && known, nil
}
