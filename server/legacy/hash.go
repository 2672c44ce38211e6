package legacy

import (
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // the legacy system hashed some passwords with it; they are checked once and never made
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/bcrypt"
)

// Limits of the cost of a hash, so that a file cannot stop the server.
const (
	bcryptCostMax = 15
	roundsMin     = 1000
	roundsMax     = 2_000_000
	saltMin       = 8
	keyMin        = 16
	keyMax        = 64
	argonKiBMax   = 256 * 1024
	argonTimeMax  = 10
	hashMax       = 512 // characters
	bcryptReads   = 72  // bytes of a password; bcrypt ignores the rest
)

// Hash is a password hash of the legacy system.
type Hash struct {
	text  string
	check func(password string) bool
}

var errFormat = errors.New("the hash is of no format that is known: bcrypt ($2a$, $2b$, $2y$), $pbkdf2-sha1$, $pbkdf2-sha256$, $pbkdf2-sha512$ or $argon2id$")

// ParseHash reads a hash in one of the formats of assets/docs/legacy.md.
func ParseHash(text string) (Hash, error) {
	switch kind, _, _ := strings.Cut(strings.TrimPrefix(text, "$"), "$"); {
	case len(text) > hashMax || !strings.HasPrefix(text, "$"):
		return Hash{}, errFormat
	case kind == "2a" || kind == "2b" || kind == "2y":
		return parseBcrypt(text)
	case strings.HasPrefix(kind, "pbkdf2"):
		return parsePBKDF2(text)
	case kind == "argon2id":
		return parseArgon2(text)
	}
	return Hash{}, errFormat
}

// Matches reports whether a password is correct. It takes the same time for a wrong one.
func (h Hash) Matches(password string) bool { return h.check != nil && h.check(password) }

// String returns the text that the hash was parsed from.
func (h Hash) String() string { return h.text }

func parseBcrypt(text string) (Hash, error) {
	cost, err := bcrypt.Cost([]byte(text))
	if err != nil || len(text) != 60 {
		return Hash{}, errors.New("the bcrypt hash is not whole")
	}
	if cost > bcryptCostMax {
		return Hash{}, fmt.Errorf("the bcrypt hash costs %d; %d is the most", cost, bcryptCostMax)
	}
	return Hash{text, func(password string) bool {
		return bcrypt.CompareHashAndPassword([]byte(text), []byte(password[:min(len(password), bcryptReads)])) == nil
	}}, nil
}

// parsePBKDF2 reads $pbkdf2-sha256$i=100000,l=32$salt$key, and the older form with bare rounds and dots
// for plus signs.
func parsePBKDF2(text string) (Hash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 5 {
		return Hash{}, errors.New("a pbkdf2 hash has four parts: name, rounds, salt and key")
	}
	sums := map[string]func() hash.Hash{"pbkdf2": sha1.New, "pbkdf2-sha1": sha1.New, "pbkdf2-sha256": sha256.New, "pbkdf2-sha512": sha512.New}
	sum, known := sums[parts[1]]
	if !known {
		return Hash{}, errFormat
	}
	rounds := 0
	for field := range strings.SplitSeq(parts[2], ",") {
		value, named := strings.CutPrefix(field, "i=")
		if named || !strings.Contains(field, "=") {
			rounds, _ = strconv.Atoi(value)
		}
	}
	if rounds < roundsMin || rounds > roundsMax {
		return Hash{}, fmt.Errorf("the pbkdf2 hash has %q rounds; they must be from %d to %d", parts[2], roundsMin, roundsMax)
	}
	salt, key := decodeBase64(parts[3]), decodeBase64(parts[4])
	if len(salt) < saltMin || len(key) < keyMin || len(key) > keyMax {
		return Hash{}, errors.New("the pbkdf2 hash's salt or key cannot be read, or is too short")
	}
	return Hash{text, func(password string) bool {
		got, err := pbkdf2.Key(sum, password, salt, rounds, len(key))
		return err == nil && subtle.ConstantTimeCompare(got, key) == 1
	}}, nil
}

// decodeBase64 reads base64 with or without padding, with dots or with plus signs; nil if it is invalid.
func decodeBase64(s string) []byte {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.ReplaceAll(s, ".", "+"), "="))
	if err != nil {
		return nil
	}
	return b
}

func parseArgon2(text string) (Hash, error) {
	params, salt, key, err := argon2id.DecodeHash(text)
	if err != nil || len(salt) < saltMin || len(key) < keyMin {
		return Hash{}, errors.New("the argon2id hash is not whole")
	}
	if params.Memory > argonKiBMax || params.Iterations > argonTimeMax || params.Parallelism == 0 || params.Iterations == 0 {
		return Hash{}, fmt.Errorf("the argon2id hash costs more than %d KiB and %d rounds", argonKiBMax, argonTimeMax)
	}
	return Hash{text, func(password string) bool {
		right, err := argon2id.ComparePasswordAndHash(password, text)
		return err == nil && right
	}}, nil
}
