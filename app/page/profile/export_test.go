package profile

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Change changes something in a form, as typing does.
func Change(c app.Composer, form string) { c.(*page).MarkDirty(form) }

// OfferUpdate says that a new version of the program is ready.
func OfferUpdate(ctx app.Context, c app.Composer) { c.(*page).OnAppUpdate(ctx) }

// Street is the field of the street.
func Street(c app.Composer) *string { return &c.(*page).draft.Street }

// SaveDetails and ConfirmMobile send their forms, as their buttons do.
func SaveDetails(ctx app.Context, c app.Composer, mobile string) {
	p := c.(*page)
	p.draft.Mobile = mobile
	p.save(ctx)
}

func ConfirmMobile(ctx app.Context, c app.Composer, code string) {
	p := c.(*page)
	p.codes["mobile"] = code
	p.confirmCode(ctx, "mobile")
}

// Erase presses the button for erasure; AnswerYes answers the question.
func Erase(ctx app.Context, c app.Composer)     { c.(*page).askErase(ctx) }
func AnswerYes(ctx app.Context, c app.Composer) { c.(*page).Answer(ctx) }

// KeepEmail withdraws the change of address that is not confirmed.
func KeepEmail(ctx app.Context, c app.Composer) { c.(*page).keepEmail(ctx) }
