package ui

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/shared/menu"
)

// Icon is a small drawing that repeats the text beside it; screen readers skip it.
type Icon string

// The icons. They are constants: raw HTML is never made from data.
const (
	IconBrand        = Icon(menu.IconBrand)
	IconPassage      = Icon(menu.IconPassage)
	IconDown         = Icon(menu.IconDown)
	IconIn      Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M18 6 7 17M7 9v8h8"></path></svg>`
	IconOut     Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M6 18 17 7M9 7h8v8"></path></svg>`
	IconLeave        = Icon(menu.IconLeave)
	IconMore         = Icon(menu.IconMore)
	IconGo      Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M5 12h14M13 6l6 6-6 6"></path></svg>`
	IconClose   Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M6 6l12 12M18 6 6 18"></path></svg>`
	IconAlert   Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M12 4 3 19.5h18zM12 10v4.5M12 17v.01"></path></svg>`
	IconEmpty   Icon = `<svg class="bp-picture" viewBox="0 0 96 72" width="96" height="72" aria-hidden="true"><path d="M8 62h80M20 62V26a10 10 0 0 1 10-10h36a10 10 0 0 1 10 10v36"></path><path d="M42 30h12l10 32H32zM48 34v5M48 45v5M48 56v6"></path></svg>`
)

// UI is the icon as an element.
func (i Icon) UI() app.UI { return app.Raw(string(i)) }
