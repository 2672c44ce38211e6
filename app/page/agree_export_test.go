package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/toll"
)

func NewAgree(s *session.Session) app.Composer  { return newAgree(s) }
func NewAgreed(s *session.Session) app.Composer { return newAgreed(s) }

// Reply types into the question shown and sends it.
func Reply(ctx app.Context, p app.Composer, change func(a *api.AgreementAnswers, stated *toll.StatedVehicle, terms map[toll.TermsKind]bool)) {
	page := p.(*agree)
	change(&page.draft, &page.stated, page.terms)
	page.send(ctx)
}

// State states what a vehicle is without sending it.
func State(p app.Composer, stated toll.StatedVehicle) { p.(*agree).stated = stated }

// Conclude presses the last button twice.
func Conclude(ctx app.Context, p app.Composer) {
	p.(*agree).begin(ctx)
	p.(*agree).begin(ctx)
}
