package openid

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysMax    = 20
	rsaBitsMin = 2048
)

// algorithms returns the accepted signature algorithms; none of them is symmetric.
func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256}
}

// keys is a cache of the issuer's public keys. An unknown key ID causes them to be fetched again, at most every ten
// seconds, because anyone can send tokens with invented IDs. It is safe for concurrent use.
type keys struct {
	at   string
	http *http.Client
	now  func() time.Time

	mu   sync.Mutex
	set  map[string]jose.JSONWebKey
	last time.Time
}

// VerifySignature implements the library's key set.
func (k *keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	jws, err := jose.ParseSigned(token, algorithms())
	if err != nil {
		return nil, fmt.Errorf("signed token: %w", err)
	}
	if len(jws.Signatures) != 1 {
		return nil, errors.New("signed token: more or less than one signature")
	}
	head := jws.Signatures[0].Header
	key, err := k.byID(ctx, head.KeyID, head.Algorithm)
	if err != nil {
		return nil, err
	}
	payload, err := jws.Verify(key.Key)
	if err != nil {
		return nil, fmt.Errorf("signed token: %w", err)
	}
	return payload, nil
}

// byID returns the key with an ID for an algorithm.
func (k *keys) byID(ctx context.Context, id, alg string) (jose.JSONWebKey, error) {
	if id == "" {
		return jose.JSONWebKey{}, errors.New("signed token: no key ID")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	since := now.Sub(k.last)
	if key, ok := k.find(id, alg); ok && since < metadataMax { // an older key may have been withdrawn
		return key, nil
	}
	if since >= 0 && since < retryInterval {
		return jose.JSONWebKey{}, fmt.Errorf("signed token: unknown key, and keys were fetched %s ago",
			since.Round(time.Second))
	}
	k.last = now
	set, err := k.fetch(ctx)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	k.set = set
	key, ok := k.find(id, alg)
	if !ok {
		return jose.JSONWebKey{}, errors.New("signed token: unknown key")
	}
	return key, nil
}

func (k *keys) find(id, alg string) (jose.JSONWebKey, bool) {
	key, ok := k.set[id]
	return key, ok && (key.Algorithm == "" || key.Algorithm == alg)
}

// fetch fetches the key set. It does not end with the context of the first caller, because others wait for it, too.
func (k *keys) fetch(ctx context.Context) (map[string]jose.JSONWebKey, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeMax)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.at, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch keys: %w", err)
	}
	resp, err := k.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("fetch keys: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch keys: answered %d", resp.StatusCode)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("fetch keys: %w", err)
	}
	return readKeys(body)
}

// readKeys returns the keys that can verify signatures: public and strong enough, one for each identifier.
func readKeys(body []byte) (map[string]jose.JSONWebKey, error) {
	var list struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("fetch keys: %w", err)
	}
	if len(list.Keys) > keysMax {
		return nil, fmt.Errorf("fetch keys: there are %d, more than %d", len(list.Keys), keysMax)
	}
	set := map[string]jose.JSONWebKey{}
	for _, raw := range list.Keys {
		var key jose.JSONWebKey
		// Keys of unknown types or for other uses are skipped, since an issuer may publish them for other clients.
		if err := json.Unmarshal(raw, &key); err != nil || key.KeyID == "" || (key.Use != "" && key.Use != "sig") ||
			!isStrong(key.Key) {
			continue
		}
		// It would be ambiguous which of them verifies a token.
		if _, twice := set[key.KeyID]; twice {
			return nil, errors.New("fetch keys: two keys have one ID")
		}
		set[key.KeyID] = key
	}
	return set, nil
}

// isStrong reports whether a public key is RSA with at least 2,048 bits, or on a curve of at least 256 bits.
func isStrong(key crypto.PublicKey) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() >= rsaBitsMin
	case *ecdsa.PublicKey:
		return key.Curve.Params().BitSize >= 256
	}
	return false
}
