package sessions

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// End ends one session; AskEndAll presses the button for all of them, and AnswerYes answers its question.
func End(ctx app.Context, c app.Composer, id string) { c.(*page).end(ctx, id) }
func AskEndAll(ctx app.Context, c app.Composer)      { c.(*page).askEndAll(ctx) }
func AnswerYes(ctx app.Context, c app.Composer)      { c.(*page).Answer(ctx) }
