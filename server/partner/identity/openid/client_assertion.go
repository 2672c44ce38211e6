package openid

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// assertionMax is the lifetime of a client assertion.
const assertionMax = time.Minute

// AssertionType is the client_assertion_type of private_key_jwt, RFC 7523 section 2.2.
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Key is the private key with which the portal authenticates to an issuer.
type Key struct {
	private crypto.Signer
	name    string
	alg     jose.SignatureAlgorithm
}

// NewKey returns a Key of an RSA key of at least 2,048 bits or a key on P-256. An empty name becomes the key's
// thumbprint, RFC 7638.
func NewKey(private crypto.Signer, name string) (Key, error) {
	k := Key{private: private, name: name}
	switch key := private.(type) {
	case *rsa.PrivateKey:
		k.alg = jose.RS256
		if key.N.BitLen() < rsaBitsMin {
			return Key{}, fmt.Errorf("key has %d bits: at least %d are needed", key.N.BitLen(), rsaBitsMin)
		}
	case *ecdsa.PrivateKey:
		k.alg = jose.ES256
		if key.Curve.Params().BitSize != 256 {
			return Key{}, errors.New("key is not on the curve P-256")
		}
	default:
		return Key{}, errors.New("key is neither RSA nor on the curve P-256")
	}
	if name == "" {
		print, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
		if err != nil {
			return Key{}, fmt.Errorf("key: %w", err)
		}
		k.name = base64.RawURLEncoding.EncodeToString(print)
	}
	return k, nil
}

// ParseKey parses a PEM file with a private key, in PKCS #8, PKCS #1 or SEC 1.
func ParseKey(text []byte, name string) (Key, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return Key{}, errors.New("key is not a PEM file")
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		signer, ok := key.(crypto.Signer)
		if !ok {
			return Key{}, errors.New("key cannot sign")
		}
		return NewKey(signer, name)
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return NewKey(key, name)
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return Key{}, errors.New("key is in none of the formats PKCS #8, PKCS #1 and SEC 1")
	}
	return NewKey(key, name)
}

// Public returns the public key, which is registered at the issuer.
func (k Key) Public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.private.Public(), KeyID: k.name, Algorithm: string(k.alg), Use: "sig"}
}

// Sign signs claims as a JWT of the given type.
func (k Key) Sign(typ string, claims any) (string, error) {
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: k.alg, Key: jose.JSONWebKey{Key: k.private, KeyID: k.name}},
		(&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return signed.CompactSerialize()
}

// assertion returns a client assertion (RFC 7523).
func (i *Issuer) assertion() (string, error) {
	now := i.Now()
	return i.Key.Sign("JWT", map[string]any{
		"iss": i.ClientID, "sub": i.ClientID, "aud": i.Issuer, "jti": randomSecret(),
		"iat": now.Unix(), "exp": now.Add(assertionMax).Unix(),
	})
}

// equalSecrets compares secrets in constant time.
func equalSecrets(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return x == y
}
