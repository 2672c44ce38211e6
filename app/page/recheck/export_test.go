package recheck

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/shared/toll"
)

// ShowAll shows every line, as the button does, and opens some of them.
func ShowAll(c app.Composer, open ...toll.PassageID) {
	p := c.(*page)
	p.showsAll = true
	for _, id := range open {
		p.rows.Toggle(id)
	}
}

// Submit sends the form.
func Submit(ctx app.Context, c app.Composer) { c.(*page).submit(ctx) }
