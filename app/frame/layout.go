package frame

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/ident"
	"bompass/shared/menu"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// Layout puts header, navigation and footer around the body of the page at an address. The first paint
// has the body alone under a header that is the same for everyone.
func (p *Page) Layout(here string, body ...app.UI) app.UI {
	w := p.Words()
	if p.Session.Neutral() {
		return ui.NeutralShell(w.T("app.name"), w.T("app.loading"), body...)
	}
	items := menu.Main(p.reader())
	return ui.Shell{
		Brand: w.T("app.name"), Skip: w.T("app.skip"), NavName: w.T("app.nav"),
		Nav: p.links(items, menu.Current(here)), Bar: menu.Bar(items), More: w.T("app.nav.more"), Login: p.loginLink(), Picker: p.agreementPicker(), Filter: p.agreementFilter(),
		Account: p.accountMenu(here), Banner: p.banner(), Announcement: p.announcement, Footer: p.footer(), Body: body,
		Toasts: p.toasts(), Dialog: p.dialog(), Changed: p.formChanged(),
	}.UI()
}

// reader returns the person for whom the menus are made.
func (p *Page) reader() menu.Reader {
	me, _ := p.Session.Me()
	return menu.Reader{SignedIn: !p.anonymous, Role: me.Role, Company: me.Kind == toll.Company}
}

// links returns the items of a menu in the reader's language.
func (p *Page) links(items []menu.Item, current string) []ui.NavItem {
	list := make([]ui.NavItem, len(items))
	for i, item := range items {
		tail := ""
		if item.Tail != "" {
			tail = p.Words().T(item.Tail)
		}
		list[i] = ui.NavItem{Tail: tail, Href: item.Href, Text: p.Words().T(item.Text), Icon: ui.Icon(item.Icon), Current: item.Href == current}
	}
	return list
}

// loginLink returns the link to the sign-in page, nil for people who are signed in.
func (p *Page) loginLink() *ui.NavItem {
	if !p.anonymous {
		return nil
	}
	return &ui.NavItem{Href: site.Login, Text: p.Words().T("prices.login")}
}

// agreementPicker returns the choice among several agreements, nil on pages that show all of them.
func (p *Page) agreementPicker() *ui.Picker {
	overview := p.Session.Overview()
	if p.OnAgreement == nil || overview == nil || len(overview.Agreements) < 2 {
		return nil
	}
	w := p.Words()
	options := []ui.Option{{Text: w.T("agreement.all")}}
	for _, a := range overview.Agreements {
		options = append(options, ui.Option{Value: string(a.ID), Text: w.T("agreement.named", "charger", a.Charger, "number", a.Number)})
	}
	return &ui.Picker{
		Label: w.T("agreement.show"), Current: string(p.Session.Agreement()), Options: options,
		Do: ui.Change("picker", func(ctx app.Context, v string) {
			p.Session.SetAgreement(toll.AgreementID(v))
			p.OnAgreement(ctx, toll.AgreementID(v))
		}),
	}
}

// agreementFilter says that the page shows one of several agreements; nil if it shows all.
func (p *Page) agreementFilter() *ui.Filter {
	overview, chosen := p.Session.Overview(), p.Session.Agreement()
	if p.OnAgreement == nil || overview == nil || len(overview.Agreements) < 2 {
		return nil
	}
	for _, a := range overview.Agreements {
		if a.ID == chosen && chosen != "" {
			return &ui.Filter{
				Text: p.Words().T("agreement.filter", "number", a.Number), All: p.Words().T("agreement.filter.off"),
				OnAll: ui.On("filter-off", p.showAllAgreements),
			}
		}
	}
	return nil
}

// showAllAgreements shows all agreements.
func (p *Page) showAllAgreements(ctx app.Context) {
	p.Session.SetAgreement("")
	p.OnAgreement(ctx, "")
	p.FocusTitle()
}

// accountMenu returns the menu of the person signed in, nil while the person is not known.
func (p *Page) accountMenu(here string) *ui.Account {
	me, known := p.Session.Me()
	if !known {
		return nil
	}
	w := p.Words()
	account := &ui.Account{
		Name: me.Name, Lead: w.T("app.signed.in"), Person: me.Person,
		Logout: w.T("app.logout"), OnLogout: ui.On("logout", p.logOut), LogoutError: p.logoutError,
	}
	// Name is the customer acted for, which may be a company or another person.
	if me.Person != me.Name {
		account.OnBehalf = w.T("app.behalf", "name", me.Name)
	}
	account.Links = p.links(menu.Personal(p.reader()), here)
	if me.Parties {
		account.Switch = p.partySwitch(me)
	}
	return account
}

// partiesMax is the maximum number of parties in the menu; the page of parties has all of them.
const partiesMax = 6

// partySwitch returns the choice of another party. Without the session's token, which is not stored on the device, there
// is only the link to the page of parties.
func (p *Page) partySwitch(me api.MeReply) *ui.Switch {
	w := p.Words()
	s := &ui.Switch{
		Lead: w.T("party.switch.to"), Action: site.Parties, Token: me.CSRF, All: ui.NavItem{Href: site.Parties, Text: w.T("party.switch")},
	}
	if me.CSRF == "" {
		return s
	}
	for _, other := range me.Others[:min(partiesMax, len(me.Others))] {
		party := ui.Party{Key: other.Key, Name: other.Name, Detail: ident.FormatOrganisation(other.Number)}
		if other.Own {
			party.Detail = w.T("party.own")
		}
		s.Parties = append(s.Parties, party)
	}
	return s
}

// logOut ends the session at the server and leaves the program.
func (p *Page) logOut(ctx app.Context) {
	p.Session.SetLoggingOut(true)
	Call(ctx, p.Session.Client.Logout, func(_ app.Context, reply api.LogoutReply, err error) {
		if err == nil || fault.CodeOf(err) == fault.SignedOut {
			p.Session.CompleteLogout(reply.Next)
			return
		}
		p.Session.SetLoggingOut(false)
		p.handleLogoutError(err)
	})
}

// handleLogoutError says why logging out did not work. When the server is out of reach, the data on this
// device is deleted all the same, and the page of the device says what is left to do.
func (p *Page) handleLogoutError(err error) {
	if !p.Unreachable() {
		p.logoutError, _ = p.ErrorText(err)
		return
	}
	p.Session.LogOutOffline(func() { p.Session.Window.LoadPage(site.Because(site.Device, site.WhyLeft)) })
}

// footer returns the choices of language and colour scheme, and the links to statements and customer service.
func (p *Page) footer() ui.Footer {
	w := p.Words()
	footer := ui.Footer{LanguageName: w.T("app.language"), LinksName: w.T("app.about"), Links: p.footLinks()}
	for _, lang := range i18n.Languages() {
		footer.Languages = append(footer.Languages, ui.Language{
			Code: lang, Name: w.T("language." + lang), Current: lang == w.Lang(),
			Do: ui.On("language/"+lang, func(ctx app.Context) { p.setLanguage(ctx, lang) }),
		})
	}
	footer.SchemeName = w.T("scheme")
	for _, scheme := range []string{"auto", "light", "dark"} {
		footer.Schemes = append(footer.Schemes, ui.ColorScheme{
			Code: scheme, Name: w.T("scheme." + scheme), Current: scheme == p.Session.Window.ColorScheme(),
			Do: ui.On("scheme/"+scheme, func(app.Context) { p.Session.Window.SetColorScheme(scheme) }),
		})
	}
	return footer
}

// footLinks returns the links to the company's statements and to customer service, the same on every page
// (WCAG 3.2.6).
func (p *Page) footLinks() []ui.FootLink {
	w, contact := p.Words(), p.Session.Contact()
	links := []ui.FootLink{
		{Text: w.T("app.privacy"), Href: site.Privacy},
		{Text: w.T("app.accessibility"), Href: site.Accessibility},
		{Text: w.T("app.cookies"), Href: site.Cookies},
		{Text: w.T("app.message"), Href: site.Message},
	}
	for i, phone := range contact.Phones {
		links = append(links, ui.FootLink{Text: w.T(menu.CallKey(i), "phones", phone), Href: "tel:" + toll.DialNumber(phone)})
	}
	for _, email := range contact.Emails {
		links = append(links, ui.FootLink{Text: w.T("app.help", "address", email), Href: "mailto:" + email})
	}
	return links
}

// setLanguage stores the language and loads the page again: go-app would not render components without
// changed fields.
func (p *Page) setLanguage(ctx app.Context, lang string) {
	reload := func() {
		p.Session.Window.SaveLanguage(lang)
		p.Session.Window.Reload()
	}
	if p.anonymous { // there is no account to store it in
		reload()
		return
	}
	Do(ctx, func(ctx context.Context) error { return p.Session.Client.SetLanguage(ctx, lang) }, func(_ app.Context, err error) {
		switch {
		case err == nil:
			reload()
		case !p.Session.HandleSignedOut(err):
			p.announcement, _ = p.ErrorText(err)
			p.actionError = p.announcement
		}
	})
}

// Millis writes a duration in milliseconds with one decimal.
func Millis(w *i18n.Words, d time.Duration) string {
	return w.Decimal(d.Microseconds()/100, 1) + "\u00a0ms"
}
