package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
)

func NewProfile(s *session.Session) app.Composer  { return newProfile(s) }
func NewSessions(s *session.Session) app.Composer { return newSessions(s) }
func NewPeople(s *session.Session) app.Composer   { return newPeople(s) }

// SaveDetails sends "my details", as its button does.
func SaveDetails(ctx app.Context, p app.Composer, mobile string) {
	page := p.(*profile)
	page.draft.Mobile = mobile
	page.save(ctx)
}

// Invite sends the form for one more person.
func Invite(ctx app.Context, p app.Composer, email string) {
	page := p.(*people)
	page.draft.Email = email
	page.invite(ctx)
}

// EndAll signs out everywhere.
func EndAll(ctx app.Context, p app.Composer) { p.(*sessions).endAll(ctx) }
