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

// signWith signs claims with a key, its identifier and additional headers.
func signWith(
	alg jose.SignatureAlgorithm, key any, name string, head map[jose.HeaderKey]any, claims map[string]any,
) (string, error) {
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

// otherKey returns an RSA key that is not the issuer's. The library generates no key below 1,024 bits.
func otherKey(bits int) (*rsa.PrivateKey, error) {
	if bits < 1024 {
		bits = 1024
	}
	return rsa.GenerateKey(rand.Reader, bits)
}

// unsigned returns an unsecured JWT with the algorithm "none", RFC 7519 section 6.
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
	signed, err := s.key.Sign("JWT", claims)
	if err != nil {
		return "", err
	}
	claims["sub"] = "another-person"
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	parts := strings.Split(signed, ".")
	parts[1] = base64.RawURLEncoding.EncodeToString(payload)
	return strings.Join(parts, "."), nil
}

// signedByOtherKey returns a function that signs with a key that is not the issuer's, under a key identifier and with
// headers derived from that key.
func signedByOtherKey(
	name func(*Issuer) string, head func(*rsa.PrivateKey) map[jose.HeaderKey]any,
) func(*Issuer, map[string]any) (string, error) {
	return func(s *Issuer, claims map[string]any) (string, error) {
		key, err := otherKey(2048)
		if err != nil {
			return "", err
		}
		var extra map[jose.HeaderKey]any
		if head != nil {
			extra = head(key)
		}
		return signWith(jose.RS256, key, name(s), extra, claims)
	}
}

func ownKeyID(s *Issuer) string   { return s.key.Public().KeyID }
func unknownKeyID(*Issuer) string { return "no-such-key" }
func noKeyID(*Issuer) string      { return "" }

// signedWithPublicKey signs with HMAC and the issuer's public key as the secret: a verifier that takes the
// algorithm from the token would accept it (RFC 8725 section 2.1).
func signedWithPublicKey(s *Issuer, claims map[string]any) (string, error) {
	return signWith(jose.HS256, x509.MarshalPKCS1PublicKey(&s.Key.PublicKey), ownKeyID(s), nil, claims)
}

// signatureAttacks returns attacks with the signature of the ID token and the keys that verify it (RFC 8725).
func signatureAttacks() []Attack {
	return []Attack{
		{
			Name:        "unsigned",
			SignIDToken: func(_ *Issuer, c map[string]any) (string, error) { return unsigned(c, "none") },
		},
		{
			Name:        "unsigned, algorithm in capitals",
			SignIDToken: func(_ *Issuer, c map[string]any) (string, error) { return unsigned(c, "NONE") },
		},
		{Name: "empty signature", SignIDToken: func(s *Issuer, c map[string]any) (string, error) {
			signed, err := s.key.Sign("JWT", c)
			return signed[:strings.LastIndex(signed, ".")+1], err
		}},
		{Name: "HMAC with the public key as secret", SignIDToken: signedWithPublicKey},
		{Name: "signed with another key under the issuer's key ID", SignIDToken: signedByOtherKey(ownKeyID, nil)},
		{Name: "unknown key ID", SignIDToken: signedByOtherKey(unknownKeyID, nil)},
		{Name: "no key ID", SignIDToken: signedByOtherKey(noKeyID, nil)},
		{Name: "key embedded in the token", SignIDToken: signedByOtherKey(ownKeyID,
			func(k *rsa.PrivateKey) map[jose.HeaderKey]any {
				return map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: &k.PublicKey}}
			})},
		{Name: "key at an address in the token", SignIDToken: signedByOtherKey(unknownKeyID,
			func(*rsa.PrivateKey) map[jose.HeaderKey]any {
				return map[jose.HeaderKey]any{"jku": "https://elsewhere.invalid/jwks"}
			})},
		{Name: "algorithm that the client does not accept", SignIDToken: func(s *Issuer,
			c map[string]any,
		) (string, error) {
			return signWith(jose.RS512, s.Key, ownKeyID(s), nil, c)
		}},
		{Name: "unknown critical header", SignIDToken: func(s *Issuer, c map[string]any) (string, error) {
			return signWith(jose.RS256, s.Key, ownKeyID(s), map[jose.HeaderKey]any{
				"crit": []string{"exp"}, "exp": 1,
			}, c)
		}},
		{Name: "claims changed after signing", SignIDToken: tampered},
		{Name: "two keys with one ID", Keys: func(_ *Issuer, keys []any) []any { return append(keys, keys[0]) }},
		{Name: "key is for encryption", Keys: func(s *Issuer, _ []any) []any {
			key := s.key.Public()
			key.Use = "enc"
			return []any{key}
		}},
		{Name: "key is for another algorithm", Keys: func(s *Issuer, _ []any) []any {
			key := s.key.Public()
			key.Algorithm = "PS256"
			return []any{key}
		}},
		{Name: "no keys", Keys: func(*Issuer, []any) []any { return nil }},
		shortKeyAttack(),
	}
}

// shortKeyAttack publishes a key of 1,024 bits and signs with it.
func shortKeyAttack() Attack {
	key, err := otherKey(1024)
	if err != nil {
		panic("a key of 1,024 bits is always possible: " + err.Error())
	}
	return Attack{
		Name: "key is too short",
		Keys: func(*Issuer, []any) []any {
			return []any{jose.JSONWebKey{Key: &key.PublicKey, KeyID: "short", Algorithm: "RS256", Use: "sig"}}
		},
		SignIDToken: func(_ *Issuer,
			c map[string]any,
		) (string, error) {
			return signWith(jose.RS256, key, "short", nil, c)
		},
	}
}

// shifted returns a function that sets a time claim to the time of issue minus d.
func shifted(name string, d time.Duration) func(map[string]any) {
	return func(m map[string]any) { m[name] = m["iat"].(int64) - int64(d/time.Second) }
}

func allOf(changes ...func(map[string]any)) func(map[string]any) {
	return func(m map[string]any) {
		for _, change := range changes {
			change(m)
		}
	}
}

// claimAttacks returns attacks with the claims of the ID token, each signed correctly.
func claimAttacks() []Attack {
	return []Attack{
		{Name: "another issuer", Claims: setField("iss", "https://elsewhere.invalid")},
		{Name: "no issuer", Claims: dropField("iss")},
		{Name: "another audience", Claims: setField("aud", "another-client")},
		{Name: "no audience", Claims: dropField("aud")},
		{
			Name:   "two audiences",
			Claims: func(m map[string]any) { m["aud"] = []string{m["aud"].(string), "another-client"} },
		},
		{Name: "another authorized party", Claims: setField("azp", "another-client")},
		{Name: "another nonce", Claims: setField("nonce", "another")},
		{Name: "no nonce", Claims: dropField("nonce")},
		{Name: "expired", Claims: shifted("exp", time.Minute)},
		{Name: "no expiry", Claims: dropField("exp")},
		{Name: "issued in the future", Claims: shifted("iat", -5*time.Minute)},
		{Name: "issued before the request", Claims: shifted("iat", time.Hour)},
		{Name: "no time of issue", Claims: dropField("iat")},
		{Name: "not valid yet", Claims: shifted("nbf", -2*time.Minute)},
		{Name: "no subject", Claims: dropField("sub")},
		{Name: "subject is too long", Claims: setField("sub", strings.Repeat("x", 300))},
		{Name: "line break in the subject", Claims: setField("sub", "kari\nlund")},
		{Name: "no level", Claims: dropField("acr")},
		{Name: "low level", Claims: setField("acr", "idporten-loa-low")},
		{Name: "unknown level", Claims: setField("acr", "idporten-loa-highest")},
		{Name: "lower level than requested", Claims: setField("acr", "idporten-loa-substantial"), HighLevelOnly: true},
		{Name: "no session", Claims: dropField("sid")},
		{Name: "space in the session", Claims: setField("sid", "one two")},
		{
			Name:   "authenticated before the request although a new authentication was requested",
			Claims: shifted("auth_time", time.Hour), ReauthenticationOnly: true,
		},
		{
			Name:   "no time of authentication although a new authentication was requested",
			Claims: dropField("auth_time"), ReauthenticationOnly: true,
		},
		{Name: "authenticated in the future", Claims: shifted("auth_time", -time.Hour)},
		{Name: "authenticated yesterday", Claims: shifted("auth_time", 24*time.Hour)},
		{Name: "time of authentication is not a number", Claims: setField("auth_time", "today")},
		{Name: "birth number with a wrong check digit", Claims: setField("pid", "14848530052")},
		{Name: "birth number of ten digits", Claims: setField("pid", "1484853005")},
		{Name: "birth number with a space", Claims: setField("pid", "148485 30051")},
		{
			Name:   "logout token instead of an ID token",
			Claims: setField("events", map[string]any{"x": map[string]any{}}),
		},
	}
}

// LogoutAttacks returns the attacks on back-channel logout.
func LogoutAttacks() []Attack {
	const event = "http://schemas.openid.net/event/backchannel-logout"
	return []Attack{
		{Name: "nonce", LogoutClaims: setField("nonce", "x")},
		{Name: "no event", LogoutClaims: dropField("events")},
		{Name: "another event", LogoutClaims: setField("events", map[string]any{event + "s": map[string]any{}})},
		{Name: "another audience", LogoutClaims: setField("aud", "another-client")},
		{
			Name:         "two audiences",
			LogoutClaims: func(m map[string]any) { m["aud"] = []string{m["aud"].(string), "another-client"} },
		},
		{Name: "another issuer", LogoutClaims: setField("iss", "https://elsewhere.invalid")},
		{Name: "expired", LogoutClaims: shifted("exp", time.Minute)},
		{Name: "no expiry", LogoutClaims: dropField("exp")},
		{Name: "neither session nor subject", LogoutClaims: allOf(dropField("sid"), dropField("sub"))},
		{Name: "no token ID", LogoutClaims: dropField("jti")},
		{Name: "issued an hour ago", LogoutClaims: shifted("iat", time.Hour)},
		{Name: "issued in the future", LogoutClaims: shifted("iat", -time.Hour)},
		{Name: "session is too long", LogoutClaims: setField("sid", strings.Repeat("x", 300))},
		{
			Name:            "unsigned",
			SignLogoutToken: func(_ *Issuer, c map[string]any) (string, error) { return unsigned(c, "none") },
		},
		{Name: "signed with another key", SignLogoutToken: signedByOtherKey(ownKeyID, nil)},
		{Name: "HMAC with the public key as secret", SignLogoutToken: signedWithPublicKey},
		{Name: "claims changed after signing", SignLogoutToken: tampered},
		{
			Name:            "ID token instead of a logout token",
			SignLogoutToken: func(s *Issuer, _ map[string]any) (string, error) { return s.LastIDToken(), nil },
		},
	}
}
