// Package frame has what all pages share: the layout around a page's body, who is signed in, navigation,
// the state of the connection, questions to the server, forms, dialogs and toasts. It imports no page.
package frame

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// Page is the part that all pages have in common. A page embeds it beside app.Compo, through an alias
// that is not exported:
//
//	type base = frame.Page
//
// When the address changes and the page stays, go-app makes a new component and copies its exported
// fields, embedded ones too, over those of the mounted page. Subscriptions and begun forms would be lost.
type Page struct {
	Session *session.Session

	// OnAgreement shows another agreement, or all of them for an empty id. It is nil on pages that do
	// not show one agreement at a time.
	OnAgreement func(app.Context, toll.AgreementID)

	public       bool // shown to people who are not signed in
	anonymous    bool // the server has answered that there is no session
	announcement string
	offline      bool   // the browser has no network
	logoutError  string // why logging out did not work
	actionError  string // why an action did not work that has no place of its own on the page
	entering     bool   // mounted, and not navigated to yet
	unsubscribe  []func()
	forms
}

// New returns the common part of a page for people who are signed in.
func New(s *session.Session) Page { return Page{Session: s} }

// NewPublic returns the common part of a page for everyone.
func NewPublic(s *session.Session) Page { return Page{Session: s, public: true} }

// Words returns the texts in the reader's language.
func (p *Page) Words() *i18n.Words { return p.Session.Words() }

// Contact returns the text of byEmail or byPhone, whichever customer service can be reached by; see i18n.Words.Contact.
func (p *Page) Contact(byEmail, byPhone string) string {
	return p.Words().Contact(p.Session.Contact(), byEmail, byPhone)
}

// Announce gives screen readers a text to read out.
func (p *Page) Announce(text string) { p.announcement = text }

// Handlers are what a page does when something changes on the server. Both may be nil.
type Handlers struct {
	Event  func(app.Context, api.Event)
	Resync func(app.Context) // the event stream is connected again: events may have been missed
}

// OnMount subscribes to the network and to who is signed in. A page with handlers of its own has an
// OnMount that calls Subscribe.
func (p *Page) OnMount(ctx app.Context) { p.Subscribe(ctx, Handlers{}) }

// OnDismount ends the subscriptions.
func (p *Page) OnDismount() {
	for _, stop := range p.unsubscribe {
		stop()
	}
	p.unsubscribe = nil
}

// OnAppUpdate notes that a new version of the program is ready.
func (p *Page) OnAppUpdate(app.Context) { p.Session.SetOutdated() }

// Subscribe follows the network, the customer's events and who is signed in until the page is dismounted.
func (p *Page) Subscribe(ctx app.Context, h Handlers) {
	p.entering = true
	p.offline = !p.Session.Window.Online()
	pages.Store(ctx.Dispatcher(), ctx)
	p.unsubscribe = append(p.unsubscribe,
		p.Session.Subscribe(func(c session.Change) {
			ctx.Dispatch(func(ctx app.Context) {
				defer ui.Recover("change")
				p.handleChange(ctx, c, h)
			})
		}),
		p.Session.Window.OnNetwork(func(online bool) {
			ctx.Dispatch(func(ctx app.Context) {
				p.offline = !online
				if online && p.anonymous { // perhaps the answer was only missing
					p.identify(ctx)
				}
			})
		}))
	if _, known := p.Session.Me(); !known {
		p.identify(ctx)
	} else if p.Session.TakeUnfinishedLogout() {
		p.logOut(ctx)
	}
}

// WhenNear calls back once, when the element with an id has come near to what is visible, unless the page is dismounted.
func (p *Page) WhenNear(ctx app.Context, id string, do func(app.Context)) {
	p.unsubscribe = append(p.unsubscribe, p.Session.Window.WhenNear(id, func() {
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Recover("near")
			do(ctx)
		})
	}))
}

// handleChange passes an event to the page, lets it catch up when the stream is open again, and checks whether the
// person is still signed in when the stream has ended.
func (p *Page) handleChange(ctx app.Context, c session.Change, h Handlers) {
	switch {
	case c.Event != nil && h.Event != nil:
		h.Event(ctx, *c.Event)
	case c.Event == nil && (c.Poll || p.Session.Live()):
		if h.Resync != nil {
			h.Resync(ctx)
		}
	case c.Event == nil && !p.Session.Live() && p.Session.Window.Online():
		p.identify(ctx) // the stream also ends when the session does, perhaps in another tab
	}
}

// identify requests the signed-in person from the server.
func (p *Page) identify(ctx app.Context) {
	// The server has marked the page: there is no session, so the request would only be refused.
	if p.public && p.Session.TakeAnonymous() {
		p.anonymous = true
		return
	}
	Call(ctx, p.Session.FetchMe, func(ctx app.Context, me api.MeReply, err error) {
		switch {
		case err == nil:
			p.anonymous = false
			p.Session.SetMe(me)
			// The person logged out without a network; the server's session is ended now.
			if p.Session.TakeUnfinishedLogout() {
				p.logOut(ctx)
			}
		case p.public:
			p.anonymous = true
		default:
			p.Session.HandleSignedOut(err)
		}
	})
}

// Enter sets the title and drops what belongs to the address shown before: begun forms and the toast.
// On a page that was just mounted it also scrolls to the top and moves focus to the heading, as loading a
// page would; when only the query of the address has changed, both stay where they are.
func (p *Page) Enter(ctx app.Context, title string) {
	p.MarkClean()
	p.toast = nil
	p.SetTitle(title)
	for _, id := range []string{ui.MenuID, ui.MoreID} {
		p.Session.Window.ClosePopover(id)
	}
	if p.entering && p.Session.RecordNavigation() {
		ctx.Defer(func(app.Context) { p.Session.Window.FocusHeading() })
	}
	p.entering = false
}

// SetTitle sets the title of the browser's tab.
func (p *Page) SetTitle(title string) {
	p.Session.Window.SetTitle(title + " – " + p.Words().T("app.name"))
}

// May reports whether the role of the person signed in may call an endpoint; true until the role is known.
func (p *Page) May(e api.Endpoint) bool { return p.Session.May(e.Right) }

// InstallOffered reports whether to offer to install the program.
func (p *Page) InstallOffered(ctx app.Context) bool {
	return p.Session.OffersInstall() && ctx.IsAppInstallable()
}
