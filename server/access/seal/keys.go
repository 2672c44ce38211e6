// Package seal encrypts, hashes and signs what must not be readable in a copy of the database: sealed
// values, tokens and their hashes, one-time links, password hashes and keyed look-up hashes.
//
// It stores nothing. Package access decides what is sealed and when.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SecretBytesMin is the minimum length of the installation's secret, from which all other keys are derived.
const SecretBytesMin = 32

// Keys holds an installation's keys. New values are encrypted with the first seal key; older seal keys,
// which are found by name, still decrypt. So keys can be rotated while servers run.
type Keys struct {
	name     string                 // of the seal key that encrypts
	seals    map[string]cipher.AEAD // by name
	pepper   string                 // name of the pepper for new passwords; empty for no pepper
	peppers  map[string][]byte      // by name
	lookup   []byte                 // for personal numbers and short codes
	throttle []byte
	form     []byte
	device   []byte
}

// Sealed is an encrypted value and the name of the key that encrypted it.
type Sealed struct {
	Key  string
	Data []byte // nonce and ciphertext
}

// NewKeys derives an installation's keys from its secret.
func NewKeys(secret []byte) (Keys, error) {
	if len(secret) < SecretBytesMin {
		return Keys{}, fmt.Errorf("the secret has %d bytes: at least %d are needed", len(secret), SecretBytesMin)
	}
	derive := func(use string) []byte {
		key, err := hkdf.Key(sha256.New, secret, nil, "bompass "+use, 32)
		if err != nil {
			panic("hkdf of 32 bytes is always possible: " + err.Error())
		}
		return key
	}
	aead, err := newAEAD(derive("seal"))
	if err != nil {
		return Keys{}, err
	}
	name := hex.EncodeToString(derive("name")[:keyNameBytes])
	return Keys{
		name: name, seals: map[string]cipher.AEAD{name: aead},
		lookup: derive("find"), throttle: derive("throttle"), form: derive("form"), device: derive("device"),
	}, nil
}

// keyNameBytes is the length of a key's name: enough to tell a few keys apart.
const keyNameBytes = 4

// newAEAD returns AES-256-GCM with a key.
func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	return aead, nil
}

// keyName returns a name for a key that reveals nothing of it.
func keyName(key []byte, use string) string {
	sum := sha256.Sum256(append([]byte("bompass "+use+" name "), key...))
	return hex.EncodeToString(sum[:keyNameBytes])
}

// WithSealKeys returns Keys that encrypt with the first given key. The other given keys, and the key that
// is derived from the secret, still decrypt.
func (k Keys) WithSealKeys(keys ...[]byte) (Keys, error) {
	k.seals = maps.Clone(k.seals)
	for n, key := range keys {
		aead, err := newAEAD(key)
		if err != nil {
			return Keys{}, err
		}
		name := keyName(key, "seal")
		k.seals[name] = aead
		if n == 0 {
			k.name = name
		}
	}
	return k, nil
}

// WithPeppers returns Keys that add the first given pepper to new passwords and still verify passwords with
// the others. Without the pepper, passwords cannot be guessed from a copy of the database.
func (k Keys) WithPeppers(peppers ...[]byte) Keys {
	k.peppers = maps.Clone(k.peppers)
	if k.peppers == nil {
		k.peppers = map[string][]byte{}
	}
	for n, key := range peppers {
		name := keyName(key, "pepper")
		k.peppers[name] = key
		if n == 0 {
			k.pepper = name
		}
	}
	return k
}

// SealName returns the name of the key that encrypts new values.
func (k Keys) SealName() string { return k.name }

// SealNames returns the names of all keys that decrypt, sorted.
func (k Keys) SealNames() []string { return slices.Sorted(maps.Keys(k.seals)) }

// Seal encrypts a value for one row: the result cannot be opened for another row.
func (k Keys) Seal(value []byte, row string) Sealed {
	aead := k.seals[k.name]
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(value)+aead.Overhead())
	_, _ = rand.Read(nonce)
	return Sealed{Key: k.name, Data: aead.Seal(nonce, nonce, value, []byte(row))}
}

// Open decrypts what Seal encrypted for the same row.
func (k Keys) Open(s Sealed, row string) ([]byte, error) {
	aead, there := k.seals[s.Key]
	if !there {
		return nil, fmt.Errorf("sealed with key %q, this server has %q: start it with the secret that the database was made with", s.Key, k.SealNames())
	}
	n := aead.NonceSize()
	if len(s.Data) < n {
		return nil, errors.New("sealed value is cut short")
	}
	value, err := aead.Open(nil, s.Data[:n], s.Data[n:], []byte(row))
	if err != nil {
		return nil, fmt.Errorf("open sealed value: %w", err)
	}
	return value, nil
}

// Reseal encrypts a value again with the current key.
func (k Keys) Reseal(s Sealed, row string) (Sealed, error) {
	plain, err := k.Open(s, row)
	if err != nil {
		return Sealed{}, err
	}
	return k.Seal(plain, row), nil
}

// SealText is Seal for packages that keep the key's name and the ciphertext apart.
func (k Keys) SealText(text []byte, row string) (key string, sealed []byte) {
	s := k.Seal(text, row)
	return s.Key, s.Data
}

// OpenText is Open for packages that keep the key's name and the ciphertext apart.
func (k Keys) OpenText(key string, sealed []byte, row string) ([]byte, error) {
	return k.Open(Sealed{Key: key, Data: sealed}, row)
}

func mac(key []byte, value string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(value))
	return h.Sum(nil)
}

// FormToken returns the value that a form carries to prove that it belongs to the visitor's cookie.
func (k Keys) FormToken(cookie string) string {
	return base64.RawURLEncoding.EncodeToString(mac(k.form, cookie))
}

// FormTokenMatches reports whether a form's token belongs to the visitor's cookie. It compares in constant time.
func (k Keys) FormTokenMatches(cookie, got string) bool {
	return cookie != "" && hmac.Equal([]byte(k.FormToken(cookie)), []byte(got))
}

// OwnerTag returns a name by which a browser's tab tells accounts apart. It opens nothing and is not the account's id.
func (k Keys) OwnerTag(account string) string {
	return base64.RawURLEncoding.EncodeToString(mac(k.form, "owner "+account)[:12])
}

// DeviceToken returns a value by which a browser is recognised as one that the person has signed in with. It
// opens nothing; it only keeps strangers' guesses from slowing the person down.
func (k Keys) DeviceToken(email string) string {
	name := rand.Text()
	return name + "." + k.deviceMAC(name, strings.ToLower(email))
}

// DeviceMatches reports whether a device token was made for the address.
func (k Keys) DeviceMatches(device, email string) bool {
	name, sum, ok := strings.Cut(device, ".")
	return ok && hmac.Equal([]byte(k.deviceMAC(name, strings.ToLower(email))), []byte(sum))
}

func (k Keys) deviceMAC(name, email string) string {
	return base64.RawURLEncoding.EncodeToString(mac(k.device, name+" "+email))
}
