package portal_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
)

// prove confirms a code at /prove for a request that waits, and returns the page that says what was done.
func prove(t *testing.T, v *webtest.Visitor, next, request string) webtest.Page {
	t.Helper()
	v.Advance(time.Minute) // a code counts once
	page := v.Get("/prove?" + url.Values{"next": {next}, "request": {request}}.Encode())
	if !strings.Contains(page.Body, `<a class="ds-link" href="`+next+`">`) {
		t.Errorf("the page has no way back: %s", page.Body)
	}
	fields := url.Values{"csrf": {webtest.HiddenOf(page.Body, "csrf")}, "next": {next}, "code": {v.TOTPCode(webtest.Kari)}}
	p := v.Do(http.MethodPost, "/prove?request="+request, fields.Encode(), webtest.Header("Content-Type", "application/x-www-form-urlencoded"))
	if p.StatusCode != http.StatusSeeOther {
		t.Fatalf("prove: %d %s", p.StatusCode, p.Body)
	}
	return v.Get(p.Header.Get("Location"))
}

// What a person asks for is checked first, waits for the proof, and is carried out after it.
func TestRequestWaitsForTheProof(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	was := webtest.Call(v, api.Profile, api.Empty{}, "")
	h.Advance(access.StepUpMax + time.Second)
	ask := func(mobile string) fault.Error {
		d := api.SaveRequest{Details: was.Details}
		d.Mobile, d.Street = mobile, "Nygata 2"
		return webtest.FaultOf(t, v.Do(http.MethodPost, api.SaveProfile.Path, webtest.JSON(t, d)))
	}
	if f := ask("12"); f.Code != fault.FieldWrong {
		t.Errorf("an impossible number: got %v, want its fault before the proof", f)
	}
	left, asked := ask("90000006"), ask("90000007")
	if asked.Code != fault.StepUp || asked.Params["request"] == "" {
		t.Fatalf("got %+v", asked)
	}
	for _, row := range []string{"90000007", "Nygata"} {
		if n := h.QueryText("select count(*)::text from ceremony where position('" + row + "'::bytea in data) > 0"); n != "0" {
			t.Errorf("%s is readable in the database", row)
		}
	}
	done := prove(t, v, "/profile", asked.Params["request"])
	if !strings.Contains(done.Body, "Endringene er lagret.") || !strings.Contains(done.Body, `data-forget="/profile"`) {
		t.Errorf("the page does not say what was done: %d %s", done.StatusCode, done.Body)
	}
	if is := webtest.Call(v, api.Profile, api.Empty{}, ""); is.Mobile != "+4790000007" || is.Street != "Nygata 2" {
		t.Errorf("after the proof: %+v", is.Details)
	}
	if p := v.Get("/prove/done?next=%2Fprofile"); p.Header.Get("Location") != "/profile" {
		t.Errorf("the outcome is shown twice: %d", p.StatusCode)
	}
	if left.Params["request"] == asked.Params["request"] {
		t.Error("two requests have the same id")
	}
}

// A request that was left alone is not carried out with a later proof, and not by another session.
func TestRequestLeftAloneIsNotCarriedOut(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Advance(access.StepUpMax + time.Second)
	f := webtest.FaultOf(t, v.Do(http.MethodPost, api.ChangeEmail.Path, `{"email":"kari.ny@bompass.example"}`))
	w := h.SignIn(webtest.Kari)
	for _, p := range []webtest.Page{prove(t, v, "/profile", "OTHER"), prove(t, w, "/profile", f.Params["request"])} {
		if strings.Contains(p.Body, "Det er gjort") {
			t.Errorf("carried out: %s", p.Body)
		}
	}
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.PendingEmail != "" {
		t.Errorf("the address %s waits for confirmation", p.PendingEmail)
	}
}

// A form of the server waits like a request of the program. Its page is the outcome.
func TestFormWaitsForTheProof(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Advance(access.StepUpMax + time.Second)
	asked := v.SubmitFormAt("/security/codes", "/security", url.Values{})
	to, err := url.Parse(asked.Header.Get("Location"))
	if err != nil || to.Path != "/prove" || to.Query().Get("request") == "" {
		t.Fatalf("got %d %q", asked.StatusCode, asked.Header.Get("Location"))
	}
	if done := prove(t, v, "/security", to.Query().Get("request")); strings.Count(done.Body, "<li><code>") != 10 {
		t.Errorf("the codes are not shown: %d %s", done.StatusCode, done.Body)
	}
}

// What is wrong with an invitation is said before a proof is asked for.
func TestInvitationIsCheckedBeforeTheProof(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("nils@fjordfrakt.example")
	h.Advance(access.StepUpMax + time.Second)
	webtest.Call(v, api.Invite, api.InviteRequest{Email: "no address", Role: role.Accountant}, fault.FieldWrong)
	webtest.Call(v, api.Invite, api.InviteRequest{Email: "ny@bompass.example", Role: role.Accountant}, fault.StepUp)
}

// What was asked for is carried out after a proof with an eID, too, and what was typed is no longer kept then.
func TestRequestWaitsForTheEID(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("kari")
	was := webtest.Call(v, api.Profile, api.Empty{}, "")
	p.Advance(access.StepUpMax + time.Second)
	d := api.SaveRequest{Details: was.Details}
	d.Mobile, d.Street = "90000007", "Nygata 2"
	asked := webtest.FaultOf(t, v.Do(http.MethodPost, api.SaveProfile.Path, webtest.JSON(t, d)))
	if asked.Code != fault.StepUp || asked.Params["request"] == "" {
		t.Fatalf("got %+v", asked)
	}
	page := v.Get("/prove?" + url.Values{"next": {"/profile"}, "request": {asked.Params["request"]}}.Encode())
	_, rest, _ := strings.Cut(html.UnescapeString(page.Body), `href="/login/eid/no?`)
	query, _, _ := strings.Cut(rest, `"`)
	begin := v.Get("/login/eid/no?" + query)
	if begin.StatusCode != http.StatusSeeOther {
		t.Fatalf("begin with %q: %d", query, begin.StatusCode)
	}
	back := v.DoCrossSite(http.MethodGet, v.AuthenticateAt(begin.Header.Get("Location"), "no", "kari"), "")
	done := v.Get(back.Header.Get("Location"))
	if !strings.Contains(done.Body, "Endringene er lagret.") || !strings.Contains(done.Body, `data-forget="/profile"`) {
		t.Errorf("the page does not say what was done: %q, %d %s", back.Header.Get("Location"), done.StatusCode, done.Body)
	}
	v.LoadCSRF()
	if is := webtest.Call(v, api.Profile, api.Empty{}, ""); is.Mobile != "+4790000007" || is.Street != "Nygata 2" {
		t.Errorf("after the proof: %+v", is.Details)
	}
}
