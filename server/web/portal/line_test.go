package portal_test

import (
	"net/http"
	"net/url"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// Names, addresses and references that are shown to others have no separators of lines, marks of direction or other
// hidden characters, by one rule for all of them.
func TestHiddenCharactersAreRefused(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	details := webtest.Call(v, api.Profile, api.Empty{}, "").Details
	h.Visitor().SubmitForm("/register", url.Values{"email": {"ny@bompass.example"}})
	path := h.LinkIn(h.LastMessage("ny@bompass.example"))
	for _, hidden := range []string{"\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\u0085"} {
		wrong := details
		wrong.City = "Os" + hidden + "lo"
		webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: wrong}, fault.FieldWrong)
		webtest.Call(v, api.AgreementChange, api.AgreementChangeRequest{Number: "7001001", Reference: "PO" + hidden + "17"}, fault.FieldWrong)
		p := h.Visitor().OpenLink(path, url.Values{"name": {"Kari" + hidden + "Lund"}, "password": {webtest.NewPassword}})
		if p.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("a name with %q: got %d", hidden, p.StatusCode)
		}
	}
}
