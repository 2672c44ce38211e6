package webtest

import (
	"net/http"
	"net/url"
)

// ChooseParty submits the form of one party on the page that lists the parties.
func (v *Visitor) ChooseParty(list, key string, changes ...Change) Page {
	v.t.Helper()
	form := url.Values{"csrf": {HiddenOf(list, "csrf")}, "party": {key}, "next": {HiddenOf(list, "next")}}
	return v.Do(http.MethodPost, "/parties", form.Encode(), append([]Change{
		Header("Content-Type", "application/x-www-form-urlencoded"),
	}, changes...)...)
}
