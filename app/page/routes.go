// Package page has the pages of the portal, one file each. It shows what package session knows and asks
// the server through the contract; what may be asked is decided by package toll.
//
// The server compiles the pages too, for the first paint. That is the same for everyone: a neutral
// frame without a name, an amount or a word from the address.
package page

import (
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
)

// The addresses.
const (
	overviewPath = "/"
	passagesPath = "/passages"
	checkPath    = "/check"
	pricesPath   = "/prices"
	profilePath  = "/profile"
	sessionsPath = "/sessions"
	peoplePath   = "/people"
	devicePath   = "/device"
)

// Addresses are those of all pages.
func Addresses() []string {
	return []string{overviewPath, passagesPath, checkPath, pricesPath, profilePath, sessionsPath, peoplePath, devicePath}
}

// Known tells whether a path is a page. Every other path shows the page for what is missing, which the
// server answers with 404.
func Known(path string) bool { return slices.Contains(Addresses(), path) }

// Public tells whether a page is for everyone, signed in or not.
func Public(path string) bool { return path == pricesPath }

// Routes registers every page. The server passes nil: its pages are nobody's. Fields of a component
// given to app.Route are dropped, so each page is made by a function.
func Routes(s *session.Session) {
	if s == nil {
		s = session.Neutral()
	}
	app.RouteFunc(overviewPath, func() app.Composer { return newOverview(s) })
	app.RouteFunc(passagesPath, func() app.Composer { return newPassages(s) })
	app.RouteFunc(checkPath, func() app.Composer { return newCheck(s) })
	app.RouteFunc(pricesPath, func() app.Composer { return newPrices(s) })
	app.RouteFunc(profilePath, func() app.Composer { return newProfile(s) })
	app.RouteFunc(sessionsPath, func() app.Composer { return newSessions(s) })
	app.RouteFunc(peoplePath, func() app.Composer { return newPeople(s) })
	app.RouteFunc(devicePath, func() app.Composer { return newDevice(s) })
	app.RouteWithRegexpFunc("^/", func() app.Composer { return newMissing(s) })
}

// address writes a path with its query, names in a fixed order.
func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
