package webtest

import (
	"net/http"
)

// CookieValue is the value of a cookie.
func (v *Visitor) CookieValue(name string) string {
	for _, c := range v.Client.Jar.Cookies(v.ParsedURL()) {
		if c.Name == v.CookieName(name) {
			return c.Value
		}
	}
	return ""
}

// CookieName is what a cookie is called on plain http: portals on other ports have theirs.
func (v *Visitor) CookieName(name string) string { return name + "-" + v.ParsedURL().Port() }

// SetCookie puts a cookie into the browser.
func (v *Visitor) SetCookie(name, value string) {
	//nolint:gosec // a cookie of the test's own browser, over plain http
	v.Client.Jar.SetCookies(v.ParsedURL(), []*http.Cookie{{Name: v.CookieName(name), Value: value, Path: "/"}})
}
