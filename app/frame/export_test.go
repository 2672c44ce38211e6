package frame

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// LogOut logs out, as the button in the account's menu does.
func (p *Page) LogOut(ctx app.Context) { p.logOut(ctx) }

// ChooseLanguage changes the language, as a button in the footer does.
func (p *Page) ChooseLanguage(ctx app.Context, lang string) { p.setLanguage(ctx, lang) }
