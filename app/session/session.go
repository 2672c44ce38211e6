// Package session holds the state that all pages share: who is signed in and for whom, the language, the
// latest answers, and the subscriptions to events. It shows nothing.
package session

import (
	"context"
	"encoding/json"
	"time"

	"bompass/app/browser"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// Session is the state of one browser tab. Its methods are called on the UI goroutine, except those that
// take a context.
type Session struct {
	Client *apiclient.Client
	Window *browser.Window

	cache     *offlineCache
	now       func() time.Time
	ahead     time.Duration // of the server's clock before the device's
	words     *i18n.Words
	me        api.MeReply
	known     bool // me has been answered
	overview  *api.OverviewReply
	agreement toll.AgreementID // the one shown; empty for all

	tariffs     *Tariffs // public, so they are kept when the session ends
	live        bool     // the event stream is connected
	untold      bool     // it was connected, or events were missed, before anybody subscribed
	opened      bool     // the event stream was connected once
	polling     bool     // asking takes the place of the event stream
	stop        func()
	subscribers map[int]func(Change)
	nextID      int
	navigated   bool // a first page has been shown
	loggingOut  bool
	outdated    bool // a new version of the program is ready
	visits      int
}

// Change is what subscribers are called with: an event of the customer's stream, or a change of the
// connection.
type Change struct {
	Event *api.Event // nil when only the connection changed
	Poll  bool       // the event stream is not connected, and it is time to ask for what is new
}

// New starts a session in a window.
func New(w *browser.Window, now func() time.Time) *Session {
	cache := newOfflineCache(w, now)
	s := &Session{
		Client: &apiclient.Client{Transport: cache}, Window: w, cache: cache, now: now, subscribers: map[int]func(Change){}, live: true,
	}
	lang := w.PageLanguage()
	if lang == "" {
		lang = w.SavedLanguage()
	}
	if lang == "" {
		lang = i18n.Match(w.Locale())
	}
	s.setLanguage(lang)
	s.countVisit()
	if me, ok := First(s, s.FetchMe); ok {
		s.SetMe(me)
	}
	return s
}

// Neutral returns the session for the first paint, which is the same for everyone.
func Neutral() *Session { return NeutralIn(i18n.Default) }

// NeutralIn returns the session for the first paint in a language.
func NeutralIn(lang string) *Session { return &Session{words: i18n.For(lang)} }

// Neutral reports whether this is a session for the first paint.
func (s *Session) Neutral() bool { return s.Window == nil }

// Contact returns how customer service is reached. It is empty for a session for the first paint.
func (s *Session) Contact() toll.Contact {
	if s.Window == nil {
		return toll.Contact{}
	}
	if s.known && s.me.Service != nil {
		return *s.me.Service
	}
	return toll.Contact{Phones: s.Window.Phones(), Emails: s.Window.Emails()}
}

// Words returns the texts in the reader's language.
func (s *Session) Words() *i18n.Words { return s.words }

// Today returns the Norwegian calendar day by the server's clock.
func (s *Session) Today() oslo.Day { return oslo.DayOf(s.now().Add(s.ahead)) }

// clockTolerance is how far a device's clock may be from the server's without a word.
const clockTolerance = 2 * time.Minute

// ClockIsWrong reports whether the device's clock is far from the server's.
func (s *Session) ClockIsWrong() bool { return s.ahead.Abs() > clockTolerance }

// Now returns the time on the device.
func (s *Session) Now() time.Time { return s.now() }

// Me returns the person signed in, once that is known.
func (s *Session) Me() (me api.MeReply, known bool) { return s.me, s.known }

// Live reports whether the event stream is connected.
func (s *Session) Live() bool { return s.live }

// FetchMe requests the signed-in person from the server, for SetMe. It is safe for concurrent use.
func (s *Session) FetchMe(ctx context.Context) (api.MeReply, error) {
	token := s.Client.CSRF
	me, err := s.Client.Me(ctx)
	if err == nil && me.CSRF == "" { // from the offline cache, which has no token
		s.Client.CSRF = token
	}
	return me, err
}

// TakeAnonymous reports whether the server found no session when it sent the page, and resets that.
// What this device stores is deleted, as it is when an answer says the same.
func (s *Session) TakeAnonymous() bool {
	anonymous := s.Window.TakeAnonymous()
	if anonymous {
		s.cache.clear(func() {})
	}
	return anonymous
}

// SetMe sets the person signed in, with their language, and opens their event stream the first time.
func (s *Session) SetMe(me api.MeReply) {
	first := !s.known
	s.me, s.known = me, true
	if !me.Now.IsZero() {
		s.ahead = me.Now.Sub(s.now())
	}
	// The server paints pages in the same match of the account's language, so that a page is loaded again once at most.
	if lang := i18n.Match(me.Language); me.Language != "" && lang != s.words.Lang() {
		s.Window.SaveLanguage(lang)
		if s.Window.SavedLanguage() == lang { // title and texts are in the language of before
			s.Window.Reload()
		}
		s.setLanguage(lang)
	}
	if first {
		s.Window.OwnTyped(me.Owner)
		s.Window.WatchIdle(browser.IdleNotice{Title: s.words.T("idle.title"), Text: s.words.T("idle.text", "time", "{time}"), Stay: s.words.T("idle.stay")}, func() {
			s.HandleSignedOut(idleFault(me.Kept))
		})
	}
	if first && s.May(api.Events.Right) {
		s.stop = s.Window.OpenStream(api.Events.Path, me.Actor, browser.StreamHandler{Message: s.message, Open: s.connected})
		time.AfterFunc(streamPatience, func() {
			if s.known && !s.opened {
				s.connected(false)
			}
		})
	}
}

// idleFault returns the fault of a session that was not used. One on the person's own device is locked.
func idleFault(kept bool) error {
	if kept {
		return fault.New(fault.SignedOut, fault.Locked, "yes")
	}
	return fault.New(fault.SignedOut)
}

// May reports whether the person's role has the right that an endpoint needs; true until the role is known.
func (s *Session) May(right role.Right) bool { return s.me.Role == "" || s.me.Role.May(right) }

func (s *Session) setLanguage(lang string) {
	s.words = i18n.For(lang)
	s.Window.SetLanguage(s.words.Lang(), browser.CrashNotice{Text: s.words.T("app.crashed"), Reload: s.words.T("app.reload")})
}

// Overview returns the latest overview, nil before the first.
func (s *Session) Overview() *api.OverviewReply { return s.overview }

// SetOverview keeps an overview for the next pages.
func (s *Session) SetOverview(o api.OverviewReply) { s.overview = &o }

// Agreement returns the agreement that pages show, empty for all.
func (s *Session) Agreement() toll.AgreementID { return s.agreement }

// SetAgreement sets the agreement that pages show, empty for all.
func (s *Session) SetAgreement(id toll.AgreementID) { s.agreement = id }

// Subscribe calls handle with every change until stopped.
func (s *Session) Subscribe(handle func(Change)) (stop func()) {
	id := s.nextID
	s.nextID++
	s.subscribers[id] = handle
	if s.untold {
		s.untold = false
		handle(Change{})
	}
	return func() { delete(s.subscribers, id) }
}

func (s *Session) message(data string) {
	var e api.Event
	if err := json.Unmarshal([]byte(data), &e); err != nil || e.Kind == "" {
		return // a message of a later version
	}
	s.notify(Change{Event: &e})
}

// The waits of a tab whose event stream is not connected: until a stream that neither opens nor fails counts as blocked,
// and between the questions that take its place.
const (
	streamPatience = 10 * time.Second
	pollEvery      = 30 * time.Second
)

// poll asks for what is new from time to time while the event stream is not connected.
func (s *Session) poll() {
	if s.polling {
		return
	}
	s.polling = true
	time.AfterFunc(pollEvery, func() {
		s.polling = false
		if s.known && !s.live {
			s.notify(Change{Poll: true})
			s.poll()
		}
	})
}

func (s *Session) connected(open bool) {
	s.opened = s.opened || open
	if !open {
		s.poll()
	}
	missed := open && s.Window.TakeEarly()
	if s.live != open || missed {
		s.live = open
		s.untold = len(s.subscribers) == 0 // another tab's stream can be open before a page is there
		s.notify(Change{})
	}
}

func (s *Session) notify(c Change) {
	for _, handle := range s.subscribers {
		handle(c)
	}
}

// HandleSignedOut goes to the sign-in page when an error says that the session has ended, and reports whether
// it does. The sign-in page leads back.
func (s *Session) HandleSignedOut(err error) bool {
	if fault.CodeOf(err) != fault.SignedOut {
		return false
	}
	if s.loggingOut {
		return true // logging out ends the stream and every call, and goes to the next page itself
	}
	s.clear()
	next := site.LoginAgain(s.Window.Location())
	if fault.IsLocked(err) {
		s.Window.LoadPage(next)
		return true
	}
	s.cache.clear(func() { s.Window.LoadPage(next) })
	return true
}

// SetLoggingOut notes that logging out has begun, or that it has failed.
func (s *Session) SetLoggingOut(yes bool) { s.loggingOut = yes }

// CompleteLogout leaves the program after logging out, for the server's next page or the sign-in page.
func (s *Session) CompleteLogout(next string) {
	s.clear()
	s.Window.ClearTyped()
	if next == "" {
		next = site.Because(site.Login, site.WhySignedOut)
	}
	s.cache.clear(func() { s.Window.LoadPage(next) })
}

// clear removes everything about the person from the session.
func (s *Session) clear() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	s.cache.forget()
	s.me, s.known, s.overview, s.agreement, s.Client.CSRF = api.MeReply{}, false, nil, "", ""
}

// RecordNavigation notes that a page is shown, and reports whether another one was shown before.
func (s *Session) RecordNavigation() bool {
	before := s.navigated
	s.navigated = true
	return before
}
