package webtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"testing"

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
		p = v.Get(r.Path + queryOf(v, body))
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

// JSON returns a value as the body of a request.
func JSON(t *testing.T, value any) string {
	t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// queryOf returns the query of a request, whose JSON form has only strings.
func queryOf(v *Visitor, body []byte) string {
	v.t.Helper()
	var fields map[string]string
	if err := json.Unmarshal(body, &fields); err != nil {
		return "" // the route is tested without its query
	}
	query := url.Values{}
	for name, value := range fields {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// CodePattern matches a code of six digits.
var CodePattern = regexp.MustCompile(`\b[0-9]{6}\b`)
