package frame

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// LogOut logs out, as the button in the account's menu does.
func (p *Page) LogOut(ctx app.Context) { p.logOut(ctx) }

// ChooseLanguage changes the language, as a button in the footer does.
func (p *Page) ChooseLanguage(ctx app.Context, lang string) { p.setLanguage(ctx, lang) }

// ShowAllAgreements shows all agreements, as the button beside the number of the one shown does.
func (p *Page) ShowAllAgreements(ctx app.Context) { p.showAllAgreements(ctx) }
