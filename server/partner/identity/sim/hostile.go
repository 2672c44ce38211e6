package sim

import (
	"net/http"
	"net/url"
)

// Mischief is a hostile behaviour of an issuer or of an attacker in its place. A client must refuse each of them.
type Mischief struct {
	Name     string
	Describe func(doc map[string]any)
	Keys     func(s *Issuer, keys []any) []any
	Pushed   func(reply map[string]any)
	Return   func(v url.Values)
	Reply    func(s *Issuer, reply map[string]any)
	Claims   func(claims map[string]any)
	Sign     func(s *Issuer, claims map[string]any) (string, error)
	Wreck    map[string]http.HandlerFunc // by path beneath the issuer

	ManyTimes bool // codes can be used many times and by everybody

	Fresh bool // it shows only when the person must prove again who they are
	High  bool // it shows only when the high level is asked for

	Message     func(claims map[string]any) // of a logout message
	SignMessage func(s *Issuer, claims map[string]any) (string, error)
}

// Mischiefs returns the hostile behaviours at sign-in.
func Mischiefs() []Mischief {
	var list []Mischief
	for _, part := range [][]Mischief{describing(), pushing(), returning(), replying(), signing(), claiming()} {
		list = append(list, part...)
	}
	return list
}

func set(name string, value any) func(map[string]any) {
	return func(m map[string]any) { m[name] = value }
}

func drop(name string) func(map[string]any) {
	return func(m map[string]any) { delete(m, name) }
}

func answer(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
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

func elsewhere(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "http://elsewhere.invalid/", http.StatusFound)
}

const asJSON = "application/json"

func describing() []Mischief {
	const config, keys = "/.well-known/openid-configuration", "/jwks"
	at := func(path string, h http.HandlerFunc) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{path: h}
	}
	return []Mischief{
		{Name: "describes another issuer", Describe: set("issuer", "https://elsewhere.invalid")},
		{Name: "describes itself with a slash more", Describe: func(d map[string]any) { d["issuer"] = d["issuer"].(string) + "/" }},
		{Name: "describes itself in no JSON", Wreck: at(config, answer(200, asJSON, "<html>"))},
		{Name: "sends the description elsewhere", Wreck: at(config, elsewhere)},
		{Name: "describes itself endlessly", Wreck: at(config, endless)},
		{Name: "fails to describe itself", Wreck: at(config, answer(500, asJSON, "{}"))},
		{Name: "has its token endpoint in the open", Describe: set("token_endpoint", "http://elsewhere.invalid/token")},
		{Name: "has its pages in the open", Describe: set("authorization_endpoint", "http://elsewhere.invalid/authorize")},
		{Name: "has its pages in a script", Describe: set("authorization_endpoint", "javascript:alert(1)")},
		{Name: "has its keys in the open", Describe: set("jwks_uri", "http://elsewhere.invalid/jwks")},
		{Name: "has its keys in a file", Describe: set("jwks_uri", "file:///etc/passwd")},
		{Name: "takes requests in the open", Describe: set("pushed_authorization_request_endpoint", "http://elsewhere.invalid/par")},
		{Name: "has no token endpoint", Describe: drop("token_endpoint")},
		{Name: "ends sessions in the open", Describe: set("end_session_endpoint", "http://elsewhere.invalid/out")},
		{Name: "fails to show its keys", Wreck: at(keys, answer(500, asJSON, "{}"))},
		{Name: "shows keys in no JSON", Wreck: at(keys, answer(200, asJSON, "keys"))},
		{Name: "shows keys endlessly", Wreck: at(keys, endless)},
		{Name: "sends for its keys elsewhere", Wreck: at(keys, elsewhere)},
	}
}

func pushing() []Mischief {
	at := func(h http.HandlerFunc) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{"/par": h}
	}
	return []Mischief{
		{Name: "refuses the pushed request", Wreck: at(answer(400, asJSON, `{"error":"invalid_request"}`))},
		{Name: "takes the pushed request with the wrong status", Wreck: at(answer(200, asJSON, `{"request_uri":"urn:x","expires_in":60}`))},
		{Name: "gives no reference", Pushed: drop("request_uri")},
		{Name: "gives a reference to elsewhere", Pushed: set("request_uri", "https://elsewhere.invalid/request")},
		{Name: "gives a reference that is over", Pushed: set("expires_in", 0)},
	}
}

func returning() []Mischief {
	change := func(name, value string) func(url.Values) {
		return func(v url.Values) { v.Set(name, value) }
	}
	long := make([]byte, 5000)
	for i := range long {
		long[i] = 'a'
	}
	return []Mischief{
		{Name: "comes back with another state", Return: change("state", "another")},
		{Name: "comes back without state", Return: func(v url.Values) { v.Del("state") }},
		{Name: "comes back as another issuer", Return: change("iss", "https://elsewhere.invalid")},
		{Name: "comes back as nobody though it promised its name", Return: func(v url.Values) { v.Del("iss") }},
		{Name: "comes back without a code", Return: func(v url.Values) { v.Del("code") }},
		{Name: "comes back with a code that it never gave", Return: change("code", "made-up")},
		{Name: "comes back with an endless code", Return: change("code", string(long))},
		{Name: "comes back with an error and a code", Return: change("error", "server_error")},
	}
}

func replying() []Mischief {
	at := func(h http.HandlerFunc) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{"/token": h}
	}
	reply := func(change func(map[string]any)) func(*Issuer, map[string]any) {
		return func(_ *Issuer, m map[string]any) { change(m) }
	}
	return []Mischief{
		{Name: "gives no proof", Reply: reply(drop("id_token"))},
		{Name: "gives an empty proof", Reply: reply(set("id_token", ""))},
		{Name: "gives a number for a proof", Reply: reply(set("id_token", 17))},
		{Name: "gives a proof that is none", Reply: reply(set("id_token", "a.b.c"))},
		{Name: "gives an encrypted proof", Reply: reply(set("id_token", "e30.e30.e30.e30.e30"))},
		{Name: "gives tokens of another type", Reply: reply(set("token_type", "mac"))},
		{Name: "gives the proof of the time before", Reply: func(s *Issuer, m map[string]any) {
			if last := s.Last(); last != "" {
				m["id_token"] = last
				return
			}
			delete(m, "id_token")
		}},
		{Name: "gives a proof for another access token", Reply: reply(set("access_token", "another"))},
		{Name: "answers for the code in no JSON", Wreck: at(answer(200, asJSON, "<html>"))},
		{Name: "fails when asked for the proof", Wreck: at(answer(500, asJSON, "{}"))},
		{Name: "refuses its own code", Wreck: at(answer(400, asJSON, `{"error":"invalid_grant"}`))},
		{Name: "answers for the code endlessly", Wreck: at(endless)},
		{Name: "sends the code elsewhere", Wreck: at(elsewhere)},
	}
}
