// Package page has the pages of the portal, one file each. It shows what package session knows and asks
// the server through the contract; what may be asked is decided by package toll.
//
// The server compiles the pages too, for the first paint. That is the same for everyone who reads a
// language: what the page is called and is about, without a name, an amount or a word from the address.
package page

import (
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/shared/i18n"
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
	agreePath    = "/agreements/new"
	agreedPath   = "/agreements/done"
)

// Addresses are those of all pages.
func Addresses() []string {
	return []string{overviewPath, passagesPath, checkPath, pricesPath, profilePath, sessionsPath, peoplePath, devicePath, agreePath, agreedPath}
}

// Known tells whether a path is a page. Every other path shows the page for what is missing, which the
// server answers with 404.
func Known(path string) bool { return slices.Contains(Addresses(), path) }

// Public tells whether a page is for everyone, signed in or not.
func Public(path string) bool { return path == pricesPath }

// Routes registers every page of the program. Fields of a component given to app.Route are dropped, so
// each page is made by a function.
func Routes(s *session.Session) {
	register("", s)
	app.RouteWithRegexpFunc("^/", func() app.Composer { return newMissing(s) })
}

// Frames registers what the server paints before the program runs, at the addresses that Frame names:
// nobody's pages in every language, and one without a word that stands for any of them.
func Frames() {
	for _, lang := range i18n.Languages() {
		register("/"+lang, session.NeutralIn(lang))
	}
	app.RouteFunc(Blank, func() app.Composer { return newBlank(session.Neutral()) })
}

// Blank is where the frame without a word is registered.
const Blank = "/blank"

// Frame is where the first paint of a page is registered.
func Frame(lang, path string) string { return "/" + lang + path }

func register(under string, s *session.Session) {
	app.RouteFunc(under+overviewPath, func() app.Composer { return newOverview(s) })
	app.RouteFunc(under+passagesPath, func() app.Composer { return newPassages(s) })
	app.RouteFunc(under+checkPath, func() app.Composer { return newCheck(s) })
	app.RouteFunc(under+pricesPath, func() app.Composer { return newPrices(s) })
	app.RouteFunc(under+profilePath, func() app.Composer { return newProfile(s) })
	app.RouteFunc(under+sessionsPath, func() app.Composer { return newSessions(s) })
	app.RouteFunc(under+peoplePath, func() app.Composer { return newPeople(s) })
	app.RouteFunc(under+devicePath, func() app.Composer { return newDevice(s) })
	app.RouteFunc(under+agreePath, func() app.Composer { return newAgree(s) })
	app.RouteFunc(under+agreedPath, func() app.Composer { return newAgreed(s) })
}

// address writes a path with its query, names in a fixed order.
func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
