package page

import (
	"context"
	"errors"
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// helpAddress is who answers when a person is stuck: the same on every page, WCAG 3.2.6.
const helpAddress = "hjelp@bompass.example"

// frame is what every page has in common: who is here, the connection, and what screen readers are told.
type frame struct {
	s        *session.Session
	public   bool // the page is for everyone
	stranger bool // it has turned out that nobody is signed in
	said     string
	offline  bool
	logout   string                              // why logging out did not work
	arriving bool                                // the page was mounted and has not been navigated to
	picked   func(app.Context, toll.AgreementID) // shows another agreement; nil on pages that show none
	undone   string                              // what could not be done without the server
	stops    []func()
	forms
}

func (f *frame) words() *i18n.Words { return f.s.Words() }

// load asks for something away from the UI goroutine and hands the answer back on it.
func load[T any](ctx app.Context, get func(context.Context) (T, error), then func(app.Context, T, error)) {
	ctx.Async(func() {
		defer ui.Caught("load")
		reply, err := get(ctx)
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Caught("loaded")
			then(ctx, reply, err)
		})
	})
}

// listener is what a page does with news.
type listener struct {
	hear  func(app.Context, api.Event)
	again func(app.Context) // the stream is back: something may have been missed
}

// mount begins to listen: to the network, to the customer's events, and to who is signed in.
func (f *frame) mount(ctx app.Context, l listener) {
	f.arriving = true
	f.offline = !f.s.Window.Online()
	f.stops = append(f.stops,
		f.s.Hear(func(n session.News) {
			ctx.Dispatch(func(ctx app.Context) {
				defer ui.Caught("news")
				f.news(ctx, n, l)
			})
		}),
		f.s.Window.OnNetwork(func(online bool) {
			ctx.Dispatch(func(ctx app.Context) {
				f.offline = !online
				if online && f.stranger { // perhaps only the answer was missing
					f.ask(ctx)
				}
			})
		}))
	if _, known := f.s.Me(); !known {
		f.ask(ctx)
	}
}

func (f *frame) dismount() {
	for _, stop := range f.stops {
		stop()
	}
	f.stops = nil
}

func (f *frame) news(ctx app.Context, n session.News, l listener) {
	switch {
	case n.Event != nil && l.hear != nil:
		l.hear(ctx, *n.Event)
	case n.Event == nil && f.s.Live() && l.again != nil:
		l.again(ctx)
	case n.Event == nil && !f.s.Live() && f.s.Window.Online():
		f.ask(ctx) // a stream also ends when the session does, perhaps in another tab
	}
}

func (f *frame) ask(ctx app.Context) {
	if f.public && f.s.Nobody() {
		f.stranger = true
		return
	}
	load(ctx, f.s.Ask, func(ctx app.Context, me api.MeReply, err error) {
		if err == nil {
			f.stranger = false
			f.s.Welcome(me)
			if f.s.Unfinished() {
				f.leave(ctx)
			}
			return
		}
		if f.public {
			f.stranger = true
			return
		}
		f.s.SignedOut(err)
	})
}

// arrive names the page. On a new page it also scrolls to the top and moves focus to the heading, as a
// page load would; a new choice on the same page leaves both where they are.
func (f *frame) arrive(ctx app.Context, title string) {
	f.settle()
	f.toast = nil
	f.name(title)
	if f.arriving && f.s.Moved() {
		ctx.Defer(func(app.Context) { f.s.Window.Arrive() })
	}
	f.arriving = false
}

// name is the page's title.
func (f *frame) name(title string) { f.s.Window.Title(title + " – " + f.words().T("app.name")) }

// trouble says why there is no answer: what happened, and the trace to quote.
func (f *frame) trouble(err error) (text, trace string) {
	w := f.words()
	known, ok := errors.AsType[*fault.Error](err)
	if errors.Is(err, session.ErrOutdated) {
		return w.T("app.outdated"), ""
	}
	if !ok {
		return w.T(f.unreachable()), ""
	}
	if known.Trace != "" {
		trace = w.T("app.error.trace", "trace", known.Trace)
	}
	return w.Fault(err), trace
}

// failed is a page's state without an answer.
func (f *frame) failed(err error, again func(app.Context)) app.UI {
	text, trace := f.trouble(err)
	if fault.CodeOf(err) == fault.Refused { // asking again would not help
		return ui.Alert("info", f.words().T("app.refused"), text)
	}
	if fault.CodeOf(err) == fault.ConsentNeeded { // the server's page asks for it
		return ui.Failed(f.words().T("app.refused"), text, "", f.words().T("app.retry"), ui.On("retry", func(app.Context) {
			f.s.Window.Leave("/welcome?" + url.Values{"next": {f.s.Window.Here()}}.Encode())
		}))
	}
	return ui.Failed(f.words().T("app.error.title"), text, trace, f.words().T("app.retry"), ui.On("retry", func(ctx app.Context) {
		if _, known := f.s.Me(); !known {
			f.ask(ctx)
		}
		again(ctx)
	}))
}

// render puts the frame around a page's body; of nobody's page, around its beginning.
func (f *frame) render(here string, body ...app.UI) app.UI {
	w := f.words()
	if f.s.Neutral() {
		return ui.NeutralShell(w.T("app.name"), w.T("app.loading"), body...)
	}
	return ui.Shell{
		Brand: w.T("app.name"), Skip: w.T("app.skip"), NavName: w.T("app.nav"),
		Nav: f.nav(here), Enter: f.enter(), Picker: f.picker(),
		Who: f.who(), Banner: f.banner(), Said: f.said, Foot: f.foot(), Body: body,
		Toasts: f.toasts(), Dialog: f.dialog(), Touched: f.touched(),
	}.UI()
}

// nav is where one can go: a stranger to public pages alone.
func (f *frame) nav(here string) []ui.NavItem {
	w := f.words()
	prices := ui.NavItem{Href: pricesPath, Text: w.T("prices.nav"), Icon: ui.IconPrices, Here: here == pricesPath}
	if f.stranger {
		return []ui.NavItem{prices}
	}
	var items []ui.NavItem
	if f.s.Sees(api.Overview.Right) {
		items = append(items, ui.NavItem{Href: overviewPath, Text: w.T("app.nav.overview"), Icon: ui.IconOverview, Here: here == overviewPath})
	}
	if f.s.Sees(api.PassageList.Right) {
		items = append(items, ui.NavItem{Href: passagesPath, Text: w.T("app.nav.passages"), Icon: ui.IconPassage, Here: here == passagesPath})
	}
	return append(items, prices)
}

// enter is the way in for a stranger.
func (f *frame) enter() *ui.NavItem {
	if !f.stranger {
		return nil
	}
	return &ui.NavItem{Href: "/login", Text: f.words().T("prices.login")}
}

// picker is the choice among several agreements, on pages that can show one.
func (f *frame) picker() *ui.Picker {
	latest := f.s.Latest()
	if f.picked == nil || latest == nil || len(latest.Agreements) < 2 {
		return nil
	}
	w := f.words()
	options := []ui.Option{{Text: w.T("agreement.all")}}
	for _, a := range latest.Agreements {
		options = append(options, ui.Option{Value: string(a.ID), Text: w.T("agreement.named", "charger", a.Charger, "number", a.Number)})
	}
	return &ui.Picker{
		Label: w.T("agreement.show"), Here: string(f.s.Agreement()), Options: options,
		Do: ui.Change("picker", func(ctx app.Context, v string) {
			f.s.Choose(toll.AgreementID(v))
			f.picked(ctx, toll.AgreementID(v))
		}),
	}
}

func (f *frame) who() *ui.Who {
	me, known := f.s.Me()
	if !known {
		return nil
	}
	w := f.words()
	who := &ui.Who{
		Name: me.Name, Lead: w.T("app.signed.in"), Person: me.Person,
		Logout: w.T("app.logout"), LogoutDo: ui.On("logout", f.leave), LogoutWrong: f.logout,
	}
	if me.Person != me.Name {
		who.Behalf = w.T("app.behalf", "name", me.Name)
	}
	who.Own = []ui.NavItem{
		{Href: profilePath, Text: w.T("profile.title")}, {Href: "/security", Text: w.T("ways.security.title")}, {Href: sessionsPath, Text: w.T("sessions.title")},
	}
	if me.Kind == toll.Company && f.s.Sees(api.People.Right) {
		who.Own = append(who.Own, ui.NavItem{Href: peoplePath, Text: w.T("people.title")})
	}
	who.Own = append(who.Own, ui.NavItem{Href: devicePath, Text: w.T("device.title")})
	if me.Parties {
		who.Switch, who.SwitchHref = w.T("party.switch"), "/parties"
	}
	return who
}

func (f *frame) leave(ctx app.Context) {
	f.s.Leaving(true)
	load(ctx, f.s.Client.Logout, func(_ app.Context, reply api.LogoutReply, err error) {
		if err == nil || fault.CodeOf(err) == fault.SignedOut {
			f.s.Left(reply.Next)
			return
		}
		f.s.Leaving(false)
		f.stuck(err)
	})
}

func (f *frame) foot() ui.Foot {
	w := f.words()
	foot := ui.Foot{
		LanguageName: w.T("app.language"),
		Help:         w.T("app.help", "address", helpAddress), HelpHref: "mailto:" + helpAddress,
	}
	for _, lang := range i18n.Languages() {
		foot.Languages = append(foot.Languages, ui.Language{
			Code: lang, Name: w.T("language." + lang), Here: lang == w.Lang(),
			Do: ui.On("language/"+lang, func(ctx app.Context) { f.speak(ctx, lang) }),
		})
	}
	foot.SchemeName = w.T("scheme")
	for _, scheme := range []string{"auto", "light", "dark"} {
		foot.Schemes = append(foot.Schemes, ui.Scheme{
			Code: scheme, Name: w.T("scheme." + scheme), Here: scheme == f.s.Window.Scheme(),
			Do: ui.On("scheme/"+scheme, func(app.Context) { f.s.Window.Paint(scheme) }),
		})
	}
	return foot
}

// speak changes the language and loads the page anew: go-app would not render what has not changed.
func (f *frame) speak(ctx app.Context, lang string) {
	if f.stranger { // there is no account to remember it
		f.s.Window.Prefer("language", lang)
		f.s.Window.Reload()
		return
	}
	load(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, f.s.Client.SetLanguage(ctx, lang)
	}, func(_ app.Context, _ struct{}, err error) {
		if err != nil {
			if !f.s.SignedOut(err) {
				f.said, _ = f.trouble(err)
				f.undone = f.said
			}
			return
		}
		f.s.Window.Prefer("language", lang)
		f.s.Window.Reload()
	})
}
