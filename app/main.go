//go:build js && wasm

// Command app is the browser's program: it takes hold of the window, begins a session and shows its pages.
package main

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/page"
	"bompass/app/session"
)

func main() {
	window := browser.Open()
	page.Register(session.New(window, time.Now))
	window.Yield()
	app.RunWhenOnBrowser()
}
