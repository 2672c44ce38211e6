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
	"strings"
)

// SecretBytesMin is the least length of the secret that keys are made from.
const SecretBytesMin = 32

// Keys seals and hashes what must not be read from a copy of the database.
type Keys struct {
	id       string
	seal     cipher.AEAD
	find     []byte // for personal numbers
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
	block, err := aes.NewCipher(derive("seal"))
	if err != nil {
		return Keys{}, fmt.Errorf("seal key: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return Keys{}, fmt.Errorf("seal key: %w", err)
	}
	return Keys{
		id: hex.EncodeToString(derive("name")[:4]), seal: seal,
		find: derive("find"), throttle: derive("throttle"), form: derive("form"), device: derive("device"),
	}, nil
}

// sealFor encrypts a value so that it opens only in its own row.
func (k Keys) sealFor(value []byte, row string) Sealed {
	nonce := make([]byte, k.seal.NonceSize(), k.seal.NonceSize()+len(value)+k.seal.Overhead())
	_, _ = rand.Read(nonce)
	return Sealed{Key: k.id, Data: k.seal.Seal(nonce, nonce, value, []byte(row))}
}

func (k Keys) open(s Sealed, row string) ([]byte, error) {
	if s.Key != k.id {
		return nil, fmt.Errorf("sealed with key %q, this server has %q: start it with the secret that the database was made with", s.Key, k.id)
	}
	n := k.seal.NonceSize()
	if len(s.Data) < n {
		return nil, errors.New("sealed value is cut short")
	}
	value, err := k.seal.Open(nil, s.Data[:n], s.Data[n:], []byte(row))
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

// SameForm compares what a form brought with the visitor's cookie, in constant time.
func (k Keys) SameForm(cookie, got string) bool {
	return cookie != "" && hmac.Equal([]byte(k.FormToken(cookie)), []byte(got))
}

// Device is what a browser keeps to be known again as one that the person has signed in with. It opens
// nothing; it only keeps strangers' guesses from slowing the person down.
func (k Keys) Device(email string) string {
	name := rand.Text()
	return name + "." + k.deviceSeal(name, strings.ToLower(email))
}

// KnowsDevice tells whether a browser's value was made for the address.
func (k Keys) KnowsDevice(device, email string) bool {
	name, seal, ok := strings.Cut(device, ".")
	return ok && hmac.Equal([]byte(k.deviceSeal(name, strings.ToLower(email))), []byte(seal))
}

func (k Keys) deviceSeal(name, email string) string {
	return base64.RawURLEncoding.EncodeToString(k.hash(k.device, name+" "+email))
}
