package shell

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page"
	"bompass/app/workbench"
	"bompass/server/web/asset"
	"bompass/server/web/kit"
	"bompass/shared/i18n"
)

// themeColor is the background color of a page before its stylesheet is there.
const themeColor = "#0b3c49"

// library is the part of go-app that writes the program's page and scripts. No other file of the server imports
// go-app.
type library struct {
	handler *app.Handler
	host    string
}

// newLibrary configures go-app with the program's files. The font is preloaded, because the browser
// would find it only after the stylesheet.
func newLibrary(assets *asset.Files, host string) *library {
	page.RegisterFirstPaints()
	icon := assets.Address(asset.Icon)
	var preload []string
	if assets.Has(asset.Font) {
		preload = append(preload,
			`<link rel="preload" as="font" type="font/woff2" crossorigin href="`+assets.Address(asset.Font)+`">`)
	}
	return &library{host: host, handler: &app.Handler{
		Name: "Bompass", ShortName: "Bompass", Title: "Bompass", Lang: i18n.Default,
		Description:     i18n.For(i18n.Default).T("login.lead"),
		Icon:            app.Icon{Default: icon, Large: icon, SVG: icon, AppleTouch: appleIcon(assets)},
		BackgroundColor: themeColor,
		ThemeColor:      themeColor,
		LoadingLabel:    " ", // the stylesheet moves a line while the program loads
		Styles:          []string{assets.Address(asset.Sheet)},
		Scripts:         []string{assets.Address(asset.Companion) + " defer"},
		RawHeaders:      preload,
		HTML:            func() app.HTMLHtml { return app.Html().DataSet("color-scheme", kit.SchemeAuto) },
		Resources:       resources{assets.Address(asset.Program)},
		Version:         assets.Version(),
	}}
}

// appleIcon returns the address of the icon for home screens that accept no SVG. They round its corners.
func appleIcon(assets *asset.Files) string {
	for _, file := range []string{pngOf(asset.Maskable, "192"), asset.Icon} {
		if assets.Has(file) {
			return assets.Address(file)
		}
	}
	return ""
}

// pngOf returns the name of the PNG that is drawn from an SVG file in a size.
func pngOf(file, size string) string { return strings.TrimSuffix(file, ".svg") + "-" + size + ".png" }

// resources tells the library the addresses of files. The library serves none of them.
type resources struct{ program string }

// Package returns the prefix of the library's own files.
func (resources) Package() string { return "" }

// Static returns the prefix of /web/.
func (resources) Static() string { return "" }

// AppWASM returns the program's address.
func (r resources) AppWASM() string { return r.program }

// get returns the library's answer for a path under our own host name. What the client sent, host, query and
// validators, does not reach the library: it repeats the first in pages unescaped and answers any address as
// unchanged for the last.
func (l *library) get(path string) *answer {
	a := &answer{header: http.Header{}, status: http.StatusOK}
	l.handler.ServeHTTP(a, &http.Request{
		Method: http.MethodGet, URL: &url.URL{Path: strings.Clone(path)}, Host: l.host,
		Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	})
	return a
}

// answer collects what the library writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the library's headers, which are not sent.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader stores the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write appends to the body.
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// workbenchHTML returns the workbench of components.
func workbenchHTML() string { return app.HTMLString(workbench.Page()) }
