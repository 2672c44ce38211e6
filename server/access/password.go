package access

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// hashesMax bounds the passwords hashed at once: each takes 19 MiB.
const hashesMax = 4

// hashing is the cost of a password: m=19456 KiB, t=2, p=1.
func hashing() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// nobody is the hash of a password that was thrown away. It is checked when an address is unknown, so
// that the answer takes as long as for a known one.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IHRoYXQgaXM$nR1mCz6vD0Hn7mDk0cQ1y9eE8m2n3a0b4c5d6e7f8gA"

// HashPassword returns the form in which a password is kept.
func HashPassword(password string) (string, error) {
	hash, err := argon2id.CreateHash(normal(password), hashing())
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// verify waits for a place and checks a password; an empty hash costs the same and never matches.
func (d *Desk) verify(ctx context.Context, password, hash string) (bool, error) {
	select {
	case d.hashes <- struct{}{}:
		defer func() { <-d.hashes }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	known := hash != ""
	if !known {
		hash = nobody
	}
	right, err := argon2id.ComparePasswordAndHash(normal(password), hash)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return right && known, nil
}

// hash waits for a place and hashes a password.
func (d *Desk) hash(ctx context.Context, password string) (string, error) {
	select {
	case d.hashes <- struct{}{}:
		defer func() { <-d.hashes }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return HashPassword(password)
}
