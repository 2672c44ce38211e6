//go:build security

package signin_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bompass/server/web/webtest"
)

// timingRuns is the number of measurements of each branch of each flow. Branches take turns. With so many, chance
// alone moves the result from 0.5 by 0.05 about once in a hundred times.
const timingRuns = 600

// aucMax is the maximum area under the curve of a classifier that separates known from unknown names by time; 0.5 is
// chance.
const aucMax = 0.55

// ASVS V6.3.8: the response time does not reveal whether an account exists.
func TestResponseTimeDoesNotRevealAccounts(t *testing.T) {
	const stranger = "k4ri@bompass.example"
	for _, flow := range []struct {
		name, path     string
		known, unknown url.Values
	}{
		{"sign in", "/login", url.Values{"email": {webtest.Kari}, "password": {"wrong-on-purpose"}}, url.Values{"email": {stranger}, "password": {"wrong-on-purpose"}}},
		{"sign in by number", "/login", url.Values{"email": {"7001001"}, "password": {"wrong-on-purpose"}}, url.Values{"email": {"7999999"}, "password": {"wrong-on-purpose"}}},
		{"register", "/register", url.Values{"email": {webtest.Kari}}, url.Values{"email": {stranger}}},
		{"forgotten password", "/password/forgot", url.Values{"name": {webtest.Kari}}, url.Values{"name": {stranger}}},
		{"forgotten password by number", "/password/forgot", url.Values{"name": {"7001001"}}, url.Values{"name": {"7999999"}}},
		{
			"first e-mail", "/first/email",
			url.Values{"number": {"7001001"}, "personal": {"14848530051"}, "email": {stranger}},
			url.Values{"number": {"7999999"}, "personal": {"14848530051"}, "email": {stranger}},
		},
		{"first password", "/first/password", url.Values{"number": {"7001001"}}, url.Values{"number": {"7999999"}}},
	} {
		t.Run(flow.name, func(t *testing.T) {
			t.Parallel()
			h := webtest.New(t)
			v := h.Visitor()
			v.Get(flow.path)
			token := webtest.HiddenPattern.FindStringSubmatch(v.Get(flow.path).Body)[2]
			once := func(fields url.Values) time.Duration {
				h.Advance(24 * time.Hour) // past the throttle
				fields.Set("csrf", token)
				began := time.Now()
				p := v.Do(http.MethodPost, flow.path, fields.Encode(), webtest.Header("Content-Type", "application/x-www-form-urlencoded"))
				took := time.Since(began)
				if p.StatusCode != http.StatusOK && p.StatusCode != http.StatusUnauthorized {
					t.Fatalf("got %d %s", p.StatusCode, p.Body)
				}
				return took
			}
			var known, unknown []time.Duration
			for n := range timingRuns {
				if n%2 == 0 {
					known, unknown = append(known, once(flow.known)), append(unknown, once(flow.unknown))
				} else {
					unknown, known = append(unknown, once(flow.unknown)), append(known, once(flow.known))
				}
			}
			auc := areaUnderCurve(known, unknown)
			slices.Sort(known)
			slices.Sort(unknown)
			t.Logf("%s: AUC %.3f, medians %v and %v", flow.name, auc, known[timingRuns/2], unknown[timingRuns/2])
			if auc > aucMax {
				t.Errorf("%s: the time separates known from unknown with AUC %.3f, at most %.2f is allowed", flow.name, auc, aucMax)
			}
		})
	}
}

// The response time does not reveal which customer numbers exist in the legacy system.
func TestResponseTimeDoesNotRevealLegacyNumbers(t *testing.T) {
	h := webtest.New(t)
	h.ImportCredential("7009201", "7009201")
	h.ImportCredential("7009203", "7009203")
	v := h.SignIn("per@bompass.example")
	token := webtest.HiddenPattern.FindStringSubmatch(v.Get(webtest.LegacyFormPath).Body)[2]
	once := func(number string) time.Duration {
		h.Exec("delete from throttle") // past the throttle
		form := url.Values{"csrf": {token}, "number": {number}, "password": {"wrong-on-purpose"}}.Encode()
		began := time.Now()
		p := v.Do(http.MethodPost, webtest.LegacyFormPath, form, webtest.Header("Content-Type", "application/x-www-form-urlencoded"))
		took := time.Since(began)
		if p.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("got %d %s", p.StatusCode, p.Body)
		}
		return took
	}
	var known, unknown []time.Duration
	for n := range timingRuns {
		if n%2 == 0 {
			known, unknown = append(known, once("7009201")), append(unknown, once("7009202"))
		} else {
			unknown, known = append(unknown, once("7009202")), append(known, once("7009201"))
		}
	}
	auc := areaUnderCurve(known, unknown)
	t.Logf("AUC %.3f", auc)
	if auc > aucMax {
		t.Errorf("the time separates known from unknown with AUC %.3f, at most %.2f is allowed", auc, aucMax)
	}
}

// areaUnderCurve returns how often a known name took longer than an unknown one, or the reverse, whichever is more.
//
//nolint:forbidigo // a share of pairs, not money
func areaUnderCurve(known, unknown []time.Duration) float64 {
	var longer float64
	for _, k := range known {
		for _, u := range unknown {
			switch {
			case k > u:
				longer++
			case k == u:
				longer += 0.5
			}
		}
	}
	auc := longer / float64(len(known)*len(unknown))
	return max(auc, 1-auc)
}

// ASVS V13.3.1: the program that everybody downloads holds no secret of the demonstration.
func TestProgramHoldsNoSecret(t *testing.T) {
	built, err := filepath.Glob("../../../assets/web/app.*.wasm")
	if err != nil || len(built) == 0 {
		t.Fatal("the program is not built; run make build")
	}
	program, err := os.ReadFile(built[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range webtest.Secrets() {
		if strings.Contains(string(program), secret) {
			t.Errorf("the program holds %s", name)
		}
	}
}
