package people

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/shared/api"
	"bompass/shared/role"
)

// Invite fills in the invitation and sends it.
func Invite(ctx app.Context, c app.Composer, draft api.InviteRequest, until string) {
	p := c.(*page)
	p.draft, p.until = draft, until
	p.invite(ctx)
}

// Remove and Withdraw press their buttons; AnswerYes answers the question.
func Remove(ctx app.Context, c app.Composer, person api.PersonLine) { c.(*page).remove(ctx, person) }

func Withdraw(ctx app.Context, c app.Composer, invited api.InvitedLine) {
	c.(*page).withdraw(ctx, invited)
}
func AnswerYes(ctx app.Context, c app.Composer) { c.(*page).Answer(ctx) }

// ChangeRole chooses a role in a person's form and sends it.
func ChangeRole(ctx app.Context, c app.Composer, person api.PersonLine, to role.Role) {
	p := c.(*page)
	p.edited = api.RoleRequest{Account: person.Account, Role: to}
	p.changeRole(ctx)
}

// Search types into the search of the people.
func Search(c app.Composer, text string) { c.(*page).listing.Search = text }
