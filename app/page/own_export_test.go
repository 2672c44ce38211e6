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

// Begin changes something in a form of "my details", as typing does. Update says that a new version is ready.
func Begin(p app.Composer, form string) { p.(*profile).f.begin(form) }
func Update(p app.Composer)             { p.(*profile).f.s.Outdate() }

// Street is the address in the fields, whether it was sent or not.
func Street(p app.Composer) *string { return &p.(*profile).draft.Street }

// SaveConsents sends the consents, as their button does.
func SaveConsents(ctx app.Context, p app.Composer) { p.(*profile).consent(ctx) }

// Remove asks whether to remove the second of the people, and Answer says yes to what is asked.
func Remove(ctx app.Context, p app.Composer) {
	page := p.(*people)
	page.remove(ctx, page.reply.People[1])
}
func Answer(ctx app.Context, p app.Composer) { p.(*people).f.question.do(ctx) }

// AskEndAll asks whether to sign out everywhere.
func AskEndAll(ctx app.Context, p app.Composer) { p.(*sessions).askEndAll(ctx) }

// Withdrawn takes the first station out of the trip, and Undo puts it back.
func Withdrawn(p app.Composer)             { p.(*prices).remove(0) }
func Undo(ctx app.Context, p app.Composer) { p.(*prices).f.undo(ctx) }

// Clear empties a field of the trip, and Find sends the search.
func Clear(p app.Composer, field string)    { p.(*prices).keep(field, false, nil) }
func Find(ctx app.Context, p app.Composer)  { p.(*prices).search(ctx) }
func Check(ctx app.Context, p app.Composer) { p.(*check).submit(ctx) }
