package overview

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Expand shows lists in full, as their buttons do.
func Expand(c app.Composer, lists ...string) {
	for _, list := range lists {
		c.(*page).expanded[list] = true
	}
}
