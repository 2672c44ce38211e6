package access

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/alexedwards/argon2id"
)

// concurrentHashesMax bounds the passwords hashed at once: each takes 19 MiB.
const concurrentHashesMax = 4

// hashParams is the cost of a password: m=19456 KiB, t=2, p=1.
func hashParams() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// dummyHash is the hash of a password that was thrown away. It is checked when an address is unknown, so
// that the answer takes as long as for a known one.
const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IHRoYXQgaXM$nR1mCz6vD0Hn7mDk0cQ1y9eE8m2n3a0b4c5d6e7f8gA"

// HashPassword returns the form in which a password is kept where there is no pepper.
func HashPassword(password string) (string, error) { return Keys{}.hashPassword(password) }

// pepperMark stands before a hash into which a pepper was mixed, with the pepper's name.
const pepperMark = "pepper:"

func (k Keys) hashPassword(password string) (string, error) {
	mixed, mark := normalize(password), ""
	if k.pepper != "" {
		mixed, mark = k.mixPepper(password, k.pepper), pepperMark+k.pepper
	}
	hash, err := argon2id.CreateHash(mixed, hashParams())
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return mark + hash, nil
}

// mixPepper is a password with a pepper in it: without the pepper, which no database holds, nobody can try any.
func (k Keys) mixPepper(password, pepper string) string {
	return base64.RawStdEncoding.EncodeToString(k.hash(k.peppers[pepper], normalize(password)))
}

// splitPepper tells the pepper of a kept hash, empty for none, and the hash itself.
func splitPepper(kept string) (pepper, hash string) {
	rest, marked := strings.CutPrefix(kept, pepperMark)
	if !marked {
		return "", kept
	}
	pepper, hash, _ = strings.Cut(rest, "$")
	return pepper, "$" + hash
}

// needsRehash tells whether a password that is right should be kept anew: without a pepper, with an older one,
// or at a lower cost than passwords have now.
func (k Keys) needsRehash(kept string) bool {
	pepper, hash := splitPepper(kept)
	has, _, _, err := argon2id.DecodeHash(hash)
	if err != nil {
		return false // what is no hash of ours opens nothing either
	}
	wants := hashParams()
	return pepper != k.pepper || has.Memory < wants.Memory || has.Iterations < wants.Iterations || has.Parallelism < wants.Parallelism
}

// verify waits for a place and checks a password; an empty hash costs the same and never matches.
func (d *Service) verify(ctx context.Context, password, hash string) (bool, error) {
	select {
	case d.hashes <- struct{}{}:
		defer func() { <-d.hashes }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	known := hash != ""
	if !known {
		hash = dummyHash
	}
	pepper, hash := splitPepper(hash)
	mixed := normalize(password)
	if pepper != "" {
		if _, there := d.keys.peppers[pepper]; !there {
			return false, fmt.Errorf("a password was kept with pepper %q, which this server does not have", pepper)
		}
		mixed = d.keys.mixPepper(password, pepper)
	}
	right, err := argon2id.ComparePasswordAndHash(mixed, hash)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return right && known, nil
}

// hash waits for a place and hashes a password.
func (d *Service) hash(ctx context.Context, password string) (string, error) {
	select {
	case d.hashes <- struct{}{}:
		defer func() { <-d.hashes }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return d.keys.hashPassword(password)
}
