package invoice

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Open opens or closes a row of the list, as its control does.
func Open(page app.Composer, number string) {
	p := page.(*listPage)
	p.open[number] = !p.open[number]
}

// Submit puts dates into the fields and sends the form.
func Submit(ctx app.Context, page app.Composer, from, to string) {
	p := page.(*listPage)
	p.draft = period{from, to}
	p.submit(ctx)
}

// Check rates the invoice again, as its button does.
func Check(ctx app.Context, page app.Composer) { page.(*detailsPage).checkAgain(ctx) }

// OpenLine opens a line, counted from 1.
func OpenLine(page app.Composer, no int) { page.(*detailsPage).open[no-1] = true }
