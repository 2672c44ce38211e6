package webtest

import (
	"encoding/json"
	"net/http"
	"regexp"

	"bompass/shared/api"
	"bompass/shared/fault"
)

// Call sends a request to a route and returns its reply. If wanted is not empty, the answer must be that fault.
func Call[Req, Reply any](v *Visitor, r api.Route[Req, Reply], req Req, wanted fault.Code) (reply Reply) {
	v.t.Helper()
	body, err := json.Marshal(req)
	if err != nil {
		v.t.Fatal(err)
	}
	var p Page
	if r.Method == http.MethodGet {
		p = v.Get(r.Path)
	} else {
		p = v.Do(r.Method, r.Path, string(body))
	}
	if wanted != "" {
		if f := FaultOf(v.t, p); f.Code != wanted {
			v.t.Errorf("%s: got %d %s, want %s", r.Name, p.StatusCode, f.Code, wanted)
		}
		return reply
	}
	if p.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: got %d %s", r.Name, p.StatusCode, p.Body)
	}
	if err := json.Unmarshal([]byte(p.Body), &reply); err != nil {
		v.t.Fatal(err)
	}
	return reply
}

// CodePattern matches a code of six digits.
var CodePattern = regexp.MustCompile(`\b[0-9]{6}\b`)

// SignInAs is SignIn.
func (h *Server) SignInAs(email string) *Visitor { return h.SignIn(email) }
