package sim

import (
	"net/http"
	"net/url"
)

// Attack is a hostile behaviour of an issuer, or of an attacker in its place, which a client must refuse. Each function
// changes one message of the protocol; nil leaves it as it is.
type Attack struct {
	Name        string
	Metadata    func(doc map[string]any)          // of OpenID Connect Discovery
	Keys        func(s *Issuer, keys []any) []any // the key set
	PushedReply func(reply map[string]any)        // to a pushed authorization request
	Redirect    func(v url.Values)                // parameters of the redirect to the client
	TokenReply  func(s *Issuer, reply map[string]any)
	Claims      func(claims map[string]any)
	SignIDToken func(s *Issuer, claims map[string]any) (string, error)
	Handlers    map[string]http.HandlerFunc // replaced endpoints, by path below the issuer

	ReusableCodes bool // codes are accepted many times and from any browser

	ReauthenticationOnly bool // takes effect only if the client asks for a new authentication
	HighLevelOnly        bool // takes effect only if the client asks for the high level

	LogoutClaims    func(claims map[string]any)
	SignLogoutToken func(s *Issuer, claims map[string]any) (string, error)
}

// SignInAttacks returns the attacks on sign-in.
func SignInAttacks() []Attack {
	var list []Attack
	for _, part := range [][]Attack{
		metadataAttacks(), pushAttacks(), redirectAttacks(), tokenReplyAttacks(), signatureAttacks(), claimAttacks(),
	} {
		list = append(list, part...)
	}
	return list
}

func setField(name string, value any) func(map[string]any) {
	return func(m map[string]any) { m[name] = value }
}

func dropField(name string) func(map[string]any) {
	return func(m map[string]any) { delete(m, name) }
}

// respond returns a handler with a fixed answer.
func respond(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// endlessBody answers with four megabytes, more than a client may accept.
func endlessBody(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"x":"`))
	chunk := make([]byte, 64<<10)
	for i := range chunk {
		chunk[i] = 'x'
	}
	for range 64 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	_, _ = w.Write([]byte(`"}`))
}

func redirectElsewhere(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "http://elsewhere.invalid/", http.StatusFound)
}

const asJSON = "application/json"

// metadataAttacks returns attacks with the provider metadata and the key set.
func metadataAttacks() []Attack {
	const config, keys = "/.well-known/openid-configuration", "/jwks"
	at := func(path string, h http.HandlerFunc) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{path: h}
	}
	return []Attack{
		{Name: "metadata of another issuer", Metadata: setField("issuer", "https://elsewhere.invalid")},
		{
			Name:     "metadata with a trailing slash in the issuer",
			Metadata: func(d map[string]any) { d["issuer"] = d["issuer"].(string) + "/" },
		},
		{Name: "metadata is not JSON", Handlers: at(config, respond(200, asJSON, "<html>"))},
		{Name: "metadata redirects to another site", Handlers: at(config, redirectElsewhere)},
		{Name: "metadata is too large", Handlers: at(config, endlessBody)},
		{Name: "metadata fails", Handlers: at(config, respond(500, asJSON, "{}"))},
		{Name: "token endpoint without TLS", Metadata: setField("token_endpoint", "http://elsewhere.invalid/token")},
		{
			Name:     "authorization endpoint without TLS",
			Metadata: setField("authorization_endpoint", "http://elsewhere.invalid/authorize"),
		},
		{
			Name:     "authorization endpoint is a script",
			Metadata: setField("authorization_endpoint", "javascript:alert(1)"),
		},
		{Name: "keys without TLS", Metadata: setField("jwks_uri", "http://elsewhere.invalid/jwks")},
		{Name: "keys are a file", Metadata: setField("jwks_uri", "file:///etc/passwd")},
		{
			Name:     "pushed requests without TLS",
			Metadata: setField("pushed_authorization_request_endpoint", "http://elsewhere.invalid/par"),
		},
		{Name: "no token endpoint", Metadata: dropField("token_endpoint")},
		{
			Name:     "end-session endpoint without TLS",
			Metadata: setField("end_session_endpoint", "http://elsewhere.invalid/out"),
		},
		{Name: "keys fail", Handlers: at(keys, respond(500, asJSON, "{}"))},
		{Name: "keys are not JSON", Handlers: at(keys, respond(200, asJSON, "keys"))},
		{Name: "keys are too large", Handlers: at(keys, endlessBody)},
		{Name: "keys redirect to another site", Handlers: at(keys, redirectElsewhere)},
	}
}

// pushAttacks returns attacks with the answer to a pushed authorization request.
func pushAttacks() []Attack {
	at := func(h http.HandlerFunc) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{"/par": h}
	}
	return []Attack{
		{Name: "pushed request is refused", Handlers: at(respond(400, asJSON, `{"error":"invalid_request"}`))},
		{
			Name:     "pushed request is answered with the wrong status",
			Handlers: at(respond(200, asJSON, `{"request_uri":"urn:x","expires_in":60}`)),
		},
		{Name: "no request_uri", PushedReply: dropField("request_uri")},
		{
			Name:        "request_uri of another site",
			PushedReply: setField("request_uri", "https://elsewhere.invalid/request"),
		},
		{Name: "request_uri has expired", PushedReply: setField("expires_in", 0)},
	}
}

// redirectAttacks returns attacks with the redirect to the client.
func redirectAttacks() []Attack {
	change := func(name, value string) func(url.Values) {
		return func(v url.Values) { v.Set(name, value) }
	}
	long := make([]byte, 5000)
	for i := range long {
		long[i] = 'a'
	}
	return []Attack{
		{Name: "another state in the redirect", Redirect: change("state", "another")},
		{Name: "no state in the redirect", Redirect: func(v url.Values) { v.Del("state") }},
		{Name: "another issuer in the redirect", Redirect: change("iss", "https://elsewhere.invalid")},
		{
			Name:     "no issuer in the redirect although the metadata promises it",
			Redirect: func(v url.Values) { v.Del("iss") },
		},
		{Name: "no code in the redirect", Redirect: func(v url.Values) { v.Del("code") }},
		{Name: "invented code in the redirect", Redirect: change("code", "made-up")},
		{Name: "code in the redirect is too long", Redirect: change("code", string(long))},
		{Name: "error and code in the redirect", Redirect: change("error", "server_error")},
	}
}

// tokenReplyAttacks returns attacks with the reply of the token endpoint.
func tokenReplyAttacks() []Attack {
	at := func(h http.HandlerFunc) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{"/token": h}
	}
	reply := func(change func(map[string]any)) func(*Issuer, map[string]any) {
		return func(_ *Issuer, m map[string]any) { change(m) }
	}
	return []Attack{
		{Name: "no ID token", TokenReply: reply(dropField("id_token"))},
		{Name: "empty ID token", TokenReply: reply(setField("id_token", ""))},
		{Name: "ID token is a number", TokenReply: reply(setField("id_token", 17))},
		{Name: "ID token is not a JWT", TokenReply: reply(setField("id_token", "a.b.c"))},
		{Name: "encrypted ID token", TokenReply: reply(setField("id_token", "e30.e30.e30.e30.e30"))},
		{Name: "another token type", TokenReply: reply(setField("token_type", "mac"))},
		{Name: "replayed ID token", TokenReply: func(s *Issuer, m map[string]any) {
			if last := s.LastIDToken(); last != "" {
				m["id_token"] = last
				return
			}
			delete(m, "id_token")
		}},
		{Name: "ID token of another access token", TokenReply: reply(setField("access_token", "another"))},
		{Name: "token reply is not JSON", Handlers: at(respond(200, asJSON, "<html>"))},
		{Name: "token endpoint fails", Handlers: at(respond(500, asJSON, "{}"))},
		{Name: "token endpoint refuses the code", Handlers: at(respond(400, asJSON, `{"error":"invalid_grant"}`))},
		{Name: "token reply is too large", Handlers: at(endlessBody)},
		{Name: "token endpoint redirects to another site", Handlers: at(redirectElsewhere)},
	}
}
