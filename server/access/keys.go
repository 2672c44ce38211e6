package access

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

// SecretBytesMin is the least length of the secret that keys are made from.
const SecretBytesMin = 32

// Keys seals and hashes what must not be read from a copy of the database. Its first seal closes, every
// seal opens what it has closed, by its name: so seals can be changed while servers run.
type Keys struct {
	id       string
	seals    map[string]cipher.AEAD
	pepper   string            // name of the one that new passwords get; empty for none
	peppers  map[string][]byte // by name
	find     []byte            // for personal numbers
	throttle []byte
	form     []byte
	device   []byte
}

// Sealed is an encrypted value and the name of the key that opens it.
type Sealed struct {
	Key  string
	Data []byte // nonce and ciphertext
}

// NewKeys makes the keys of an installation from its secret.
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
	seal, err := newSeal(derive("seal"))
	if err != nil {
		return Keys{}, err
	}
	id := hex.EncodeToString(derive("name")[:keyNameBytes])
	return Keys{
		id: id, seals: map[string]cipher.AEAD{id: seal},
		find: derive("find"), throttle: derive("throttle"), form: derive("form"), device: derive("device"),
	}, nil
}

// keyNameBytes is how much of a key's name is kept: enough to tell a few apart.
const keyNameBytes = 4

func newSeal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	return seal, nil
}

// keyName names a key without telling it.
func keyName(key []byte, use string) string {
	sum := sha256.Sum256(append([]byte("bompass "+use+" name "), key...))
	return hex.EncodeToString(sum[:keyNameBytes])
}

// WithSealKeys returns Keys of which the first given seal closes from now on. The others open what they
// closed, and so does the one made from the secret.
func (k Keys) WithSealKeys(seals ...[]byte) (Keys, error) {
	k.seals = maps.Clone(k.seals)
	for n, key := range seals {
		seal, err := newSeal(key)
		if err != nil {
			return Keys{}, err
		}
		name := keyName(key, "seal")
		k.seals[name] = seal
		if n == 0 {
			k.id = name
		}
	}
	return k, nil
}

// WithPeppers returns Keys that mix the first given pepper into new passwords, and know passwords that the
// others were mixed into. A copy of the database alone can then not be tried for passwords at all.
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

// SealName names the seal that closes; Seals names all that open.
func (k Keys) SealName() string { return k.id }

// SealNames names every seal that opens, in a fixed order.
func (k Keys) SealNames() []string { return slices.Sorted(maps.Keys(k.seals)) }

// Reseal closes with the first seal what another has closed for the same row.
func (k Keys) Reseal(s Sealed, row string) (Sealed, error) {
	plain, err := k.open(s, row)
	if err != nil {
		return Sealed{}, err
	}
	return k.sealFor(plain, row), nil
}

// sealFor encrypts a value so that it opens only in its own row.
func (k Keys) sealFor(value []byte, row string) Sealed {
	seal := k.seals[k.id]
	nonce := make([]byte, seal.NonceSize(), seal.NonceSize()+len(value)+seal.Overhead())
	_, _ = rand.Read(nonce)
	return Sealed{Key: k.id, Data: seal.Seal(nonce, nonce, value, []byte(row))}
}

func (k Keys) open(s Sealed, row string) ([]byte, error) {
	seal, there := k.seals[s.Key]
	if !there {
		return nil, fmt.Errorf("sealed with key %q, this server has %q: start it with the secret that the database was made with", s.Key, k.SealNames())
	}
	n := seal.NonceSize()
	if len(s.Data) < n {
		return nil, errors.New("sealed value is cut short")
	}
	value, err := seal.Open(nil, s.Data[:n], s.Data[n:], []byte(row))
	if err != nil {
		return nil, fmt.Errorf("open sealed value: %w", err)
	}
	return value, nil
}

// hash finds equal values without telling them.
func (k Keys) hash(key []byte, value string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(value))
	return mac.Sum(nil)
}

// FormToken is what a form shows to prove that it came with the visitor's cookie.
func (k Keys) FormToken(cookie string) string {
	return base64.RawURLEncoding.EncodeToString(k.hash(k.form, cookie))
}

// FormTokenMatches compares what a form brought with the visitor's cookie, in constant time.
func (k Keys) FormTokenMatches(cookie, got string) bool {
	return cookie != "" && hmac.Equal([]byte(k.FormToken(cookie)), []byte(got))
}

// DeviceToken is what a browser keeps to be known again as one that the person has signed in with. It opens
// nothing; it only keeps strangers' guesses from slowing the person down.
func (k Keys) DeviceToken(email string) string {
	name := rand.Text()
	return name + "." + k.deviceMAC(name, strings.ToLower(email))
}

// DeviceMatches tells whether a browser's value was made for the address.
func (k Keys) DeviceMatches(device, email string) bool {
	name, seal, ok := strings.Cut(device, ".")
	return ok && hmac.Equal([]byte(k.deviceMAC(name, strings.ToLower(email))), []byte(seal))
}

func (k Keys) deviceMAC(name, email string) string {
	return base64.RawURLEncoding.EncodeToString(k.hash(k.device, name+" "+email))
}
