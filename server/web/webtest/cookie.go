package webtest

import (
	"net/http"
)

// CookieValue returns the value of a cookie in the browser, empty if there is none.
func (v *Visitor) CookieValue(name string) string {
	for _, c := range v.Client.Jar.Cookies(v.ParsedURL()) {
		if c.Name == v.CookieName(name) {
			return c.Value
		}
	}
	return ""
}

// CookieName returns a cookie's name in the browser. On plain http it ends with the port, because all ports of a host
// share cookies.
func (v *Visitor) CookieName(name string) string { return name + "-" + v.ParsedURL().Port() }

// SetCookie puts a cookie into the browser.
func (v *Visitor) SetCookie(name, value string) {
	//nolint:gosec // a cookie of the test's own browser, over plain http
	v.Client.Jar.SetCookies(v.ParsedURL(), []*http.Cookie{{Name: v.CookieName(name), Value: value, Path: "/"}})
}
