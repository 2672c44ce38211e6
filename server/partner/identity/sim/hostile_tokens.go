package sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// forged signs claims with any key and headers.
func forged(alg jose.SignatureAlgorithm, key any, name string, head map[jose.HeaderKey]any, claims map[string]any) (string, error) {
	options := (&jose.SignerOptions{}).WithType("JWT")
	for k, v := range head {
		options = options.WithHeader(k, v)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: name}}, options)
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// stranger returns a key that is not the issuer's.
func stranger(bits int) (*rsa.PrivateKey, error) {
	if bits < 1024 {
		bits = 1024
	}
	return rsa.GenerateKey(rand.Reader, bits)
}

func unsigned(claims map[string]any, alg string) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + alg + `","typ":"JWT"}`))
	return head + "." + base64.RawURLEncoding.EncodeToString(payload) + ".", nil
}

// tampered returns an ID token whose claims were changed after signing.
func tampered(s *Issuer, claims map[string]any) (string, error) {
	proof, err := s.key.Sign("JWT", claims)
	if err != nil {
		return "", err
	}
	claims["sub"] = "somebody-else"
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	parts := strings.Split(proof, ".")
	parts[1] = base64.RawURLEncoding.EncodeToString(payload)
	return strings.Join(parts, "."), nil
}

func withStranger(name func(*Issuer) string, head func(*rsa.PrivateKey) map[jose.HeaderKey]any) func(*Issuer, map[string]any) (string, error) {
	return func(s *Issuer, claims map[string]any) (string, error) {
		key, err := stranger(2048)
		if err != nil {
			return "", err
		}
		var extra map[jose.HeaderKey]any
		if head != nil {
			extra = head(key)
		}
		return forged(jose.RS256, key, name(s), extra, claims)
	}
}

func ownName(s *Issuer) string   { return s.key.Public().KeyID }
func otherName(*Issuer) string   { return "no-such-key" }
func withoutName(*Issuer) string { return "" }

func asSecret(s *Issuer, claims map[string]any) (string, error) {
	return forged(jose.HS256, x509.MarshalPKCS1PublicKey(&s.Key.PublicKey), ownName(s), nil, claims)
}

func signing() []Mischief {
	return []Mischief{
		{Name: "signs with nothing", Sign: func(_ *Issuer, c map[string]any) (string, error) { return unsigned(c, "none") }},
		{Name: "signs with nothing, in capitals", Sign: func(_ *Issuer, c map[string]any) (string, error) { return unsigned(c, "NONE") }},
		{Name: "leaves the signature out", Sign: func(s *Issuer, c map[string]any) (string, error) {
			proof, err := s.key.Sign("JWT", c)
			return proof[:strings.LastIndex(proof, ".")+1], err
		}},
		{Name: "signs with the public key as a secret", Sign: asSecret},
		{Name: "signs with a stranger's key under its own key's name", Sign: withStranger(ownName, nil)},
		{Name: "signs with a key that nobody knows", Sign: withStranger(otherName, nil)},
		{Name: "signs with a key without a name", Sign: withStranger(withoutName, nil)},
		{Name: "signs with a key that comes with the proof", Sign: withStranger(ownName, func(k *rsa.PrivateKey) map[jose.HeaderKey]any {
			return map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: &k.PublicKey}}
		})},
		{Name: "signs with a key from an address in the proof", Sign: withStranger(otherName, func(*rsa.PrivateKey) map[jose.HeaderKey]any {
			return map[jose.HeaderKey]any{"jku": "https://elsewhere.invalid/jwks"}
		})},
		{Name: "signs with an algorithm that was not agreed", Sign: func(s *Issuer, c map[string]any) (string, error) {
			return forged(jose.RS512, s.Key, ownName(s), nil, c)
		}},
		{Name: "demands that a header be understood", Sign: func(s *Issuer, c map[string]any) (string, error) {
			return forged(jose.RS256, s.Key, ownName(s), map[jose.HeaderKey]any{"crit": []string{"exp"}, "exp": 1}, c)
		}},
		{Name: "changes the proof after signing it", Sign: tampered},
		{Name: "has two keys of one name", Keys: func(_ *Issuer, keys []any) []any { return append(keys, keys[0]) }},
		{Name: "has a key for encryption only", Keys: func(s *Issuer, _ []any) []any {
			key := s.key.Public()
			key.Use = "enc"
			return []any{key}
		}},
		{Name: "has its key for another algorithm", Keys: func(s *Issuer, _ []any) []any {
			key := s.key.Public()
			key.Algorithm = "PS256"
			return []any{key}
		}},
		{Name: "has no keys", Keys: func(*Issuer, []any) []any { return nil }},
		weak(),
	}
}

// weak shows a key of 1,024 bits and signs with it.
func weak() Mischief {
	key, err := stranger(1024)
	if err != nil {
		panic("a key of 1,024 bits is always possible: " + err.Error())
	}
	return Mischief{
		Name: "has a key that is too short",
		Keys: func(*Issuer, []any) []any {
			return []any{jose.JSONWebKey{Key: &key.PublicKey, KeyID: "short", Algorithm: "RS256", Use: "sig"}}
		},
		Sign: func(_ *Issuer, c map[string]any) (string, error) { return forged(jose.RS256, key, "short", nil, c) },
	}
}

func ago(name string, d time.Duration) func(map[string]any) {
	return func(m map[string]any) { m[name] = m["iat"].(int64) - int64(d/time.Second) }
}

func both(changes ...func(map[string]any)) func(map[string]any) {
	return func(m map[string]any) {
		for _, change := range changes {
			change(m)
		}
	}
}

func claiming() []Mischief {
	return []Mischief{
		{Name: "proves as another issuer", Claims: set("iss", "https://elsewhere.invalid")},
		{Name: "proves as nobody", Claims: drop("iss")},
		{Name: "proves to another client", Claims: set("aud", "another-client")},
		{Name: "proves to nobody", Claims: drop("aud")},
		{Name: "proves to two clients", Claims: func(m map[string]any) { m["aud"] = []string{m["aud"].(string), "another-client"} }},
		{Name: "proves for another party", Claims: set("azp", "another-client")},
		{Name: "proves with another nonce", Claims: set("nonce", "another")},
		{Name: "proves without a nonce", Claims: drop("nonce")},
		{Name: "proves what is over", Claims: ago("exp", time.Minute)},
		{Name: "proves without an end", Claims: drop("exp")},
		{Name: "proves from the future", Claims: ago("iat", -5*time.Minute)},
		{Name: "proves from before it was asked", Claims: ago("iat", time.Hour)},
		{Name: "proves without a time", Claims: drop("iat")},
		{Name: "proves for later", Claims: ago("nbf", -2*time.Minute)},
		{Name: "proves nobody", Claims: drop("sub")},
		{Name: "proves an endless name", Claims: set("sub", strings.Repeat("x", 300))},
		{Name: "proves a name with a line break", Claims: set("sub", "kari\nlund")},
		{Name: "proves without a level", Claims: drop("acr")},
		{Name: "proves at a low level", Claims: set("acr", "idporten-loa-low")},
		{Name: "proves at a level of its own", Claims: set("acr", "idporten-loa-highest")},
		{Name: "proves lower than was asked", Claims: set("acr", "idporten-loa-substantial"), High: true},
		{Name: "proves without a session", Claims: drop("sid")},
		{Name: "proves with a session of many words", Claims: set("sid", "one two")},
		{Name: "remembers though it must not", Claims: ago("auth_time", time.Hour), Fresh: true},
		{Name: "forgets to say when the person proved it", Claims: drop("auth_time"), Fresh: true},
		{Name: "lets a person prove it in the future", Claims: ago("auth_time", -time.Hour)},
		{Name: "lets a person have proved it yesterday", Claims: ago("auth_time", 24*time.Hour)},
		{Name: "says the time in words", Claims: set("auth_time", "today")},
		{Name: "has a birth number with a wrong check digit", Claims: set("pid", "14848530052")},
		{Name: "has a birth number of ten digits", Claims: set("pid", "1484853005")},
		{Name: "has a birth number with blanks", Claims: set("pid", "148485 30051")},
		{Name: "proves by a message of another kind", Claims: set("events", map[string]any{"x": map[string]any{}})},
	}
}

// Messages returns the hostile behaviours at back-channel logout.
func Messages() []Mischief {
	const event = "http://schemas.openid.net/event/backchannel-logout"
	return []Mischief{
		{Name: "a message with a nonce", Message: set("nonce", "x")},
		{Name: "a message without an event", Message: drop("events")},
		{Name: "a message of another event", Message: set("events", map[string]any{event + "s": map[string]any{}})},
		{Name: "a message for another client", Message: set("aud", "another-client")},
		{Name: "a message for two clients", Message: func(m map[string]any) { m["aud"] = []string{m["aud"].(string), "another-client"} }},
		{Name: "a message of another issuer", Message: set("iss", "https://elsewhere.invalid")},
		{Name: "a message that is over", Message: ago("exp", time.Minute)},
		{Name: "a message without an end", Message: drop("exp")},
		{Name: "a message about nobody", Message: both(drop("sid"), drop("sub"))},
		{Name: "a message without a name", Message: drop("jti")},
		{Name: "a message from long ago", Message: ago("iat", time.Hour)},
		{Name: "a message from the future", Message: ago("iat", -time.Hour)},
		{Name: "a message with an endless session", Message: set("sid", strings.Repeat("x", 300))},
		{Name: "a message signed with nothing", SignMessage: func(_ *Issuer, c map[string]any) (string, error) { return unsigned(c, "none") }},
		{Name: "a message signed by a stranger", SignMessage: withStranger(ownName, nil)},
		{Name: "a message signed with the public key as a secret", SignMessage: asSecret},
		{Name: "a message changed after signing", SignMessage: tampered},
		{Name: "a proof for a message", SignMessage: func(s *Issuer, _ map[string]any) (string, error) { return s.Last(), nil }},
	}
}
