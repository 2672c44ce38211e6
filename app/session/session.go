// Package session is what this browser knows: who is signed in and for whom, the language, the latest
// answers, and whom to tell when something new arrives. It shows nothing.
package session

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"bompass/app/browser"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Session is one signed-in stay in one browser tab. Its methods are called on the UI goroutine, those
// that take a context excepted.
type Session struct {
	Client *apiclient.Client
	Window *browser.Window

	keeper *keeper
	now    func() time.Time
	words  *i18n.Words
	me     api.MeReply
	known  bool // me has been answered
	latest *api.OverviewReply
	chosen toll.AgreementID // shown alone; empty for all

	tariffs *Tariffs // public: they stay when the session ends
	live    bool     // the event stream is connected
	stop    func()
	hearers map[int]func(Change)
	next    int
	moved   bool // a first page has been shown
	leaving bool // logging out
	old     bool // a new version of the program is ready
	visits  int
}

// Change is what a page is told: an event of the customer's stream, or a change of the connection.
type Change struct {
	Event *api.Event // nil when only the connection changed
}

// New starts a session in a window.
func New(w *browser.Window, now func() time.Time) *Session {
	k := newKeeper(w, now)
	s := &Session{
		Client: &apiclient.Client{Transport: k}, Window: w, keeper: k, now: now, hearers: map[int]func(Change){}, live: true,
	}
	lang := w.PageLanguage()
	if lang == "" {
		lang = w.Preference("language")
	}
	if lang == "" {
		lang = i18n.Match(w.Locale())
	}
	s.speak(lang)
	s.visit()
	return s
}

// Neutral is the session of nobody, for the first paint: the same for everyone.
func Neutral() *Session { return NeutralIn(i18n.Default) }

// NeutralIn is the session of nobody who reads a language.
func NeutralIn(lang string) *Session { return &Session{words: i18n.For(lang)} }

// Neutral tells whether this is the session of nobody.
func (s *Session) Neutral() bool { return s.Window == nil }

// Words are those of the reader's language.
func (s *Session) Words() *i18n.Words { return s.words }

// Today is the Norwegian calendar day.
func (s *Session) Today() oslo.Day { return oslo.DayOf(s.now()) }

// Me is who is signed in, once that is known.
func (s *Session) Me() (me api.MeReply, known bool) { return s.me, s.known }

// Live tells whether new passages arrive by themselves at the moment.
func (s *Session) Live() bool { return s.live }

// FetchMe finds out who is signed in. What it answers is for Welcome; it is safe on any goroutine.
func (s *Session) FetchMe(ctx context.Context) (api.MeReply, error) {
	token := s.Client.CSRF
	me, err := s.Client.Me(ctx)
	if err == nil && me.CSRF == "" { // kept on this device, where no token is
		s.Client.CSRF = token
	}
	return me, err
}

// TakeAnonymous tells, once, that the server has found nobody signed in. What this device has kept goes, as it
// does when the server says so in an answer.
func (s *Session) TakeAnonymous() bool {
	nobody := s.Window.TakeAnonymous()
	if nobody {
		s.keeper.wipe(func() {})
	}
	return nobody
}

// SetMe takes up who is signed in: their language, and the stream of what happens to them.
func (s *Session) SetMe(me api.MeReply) {
	first := !s.known
	s.me, s.known = me, true
	if me.Language != "" && me.Language != s.words.Lang() {
		s.speak(me.Language)
	}
	s.Window.SetPreference("language", s.words.Lang())
	if first && s.May(api.Events.Right) {
		s.stop = s.Window.OpenStream(api.Events.Path, browser.StreamHandler{Message: s.message, Open: s.connected})
	}
}

// May reports whether the person's role has the right that an endpoint needs; true until the role is known.
func (s *Session) May(right role.Right) bool { return s.me.Role == "" || s.me.Role.May(right) }

func (s *Session) speak(lang string) {
	s.words = i18n.For(lang)
	s.Window.SetLanguage(s.words.Lang(), browser.CrashNotice{Text: s.words.T("app.crashed"), Reload: s.words.T("app.reload")})
}

// Overview is the last overview seen, nil before the first.
func (s *Session) Overview() *api.OverviewReply { return s.latest }

// SetOverview keeps an overview for the pages to come.
func (s *Session) SetOverview(o api.OverviewReply) { s.latest = &o }

// Agreement is the one that pages show alone, empty for all.
func (s *Session) Agreement() toll.AgreementID { return s.chosen }

// SetAgreement shows one agreement alone, or all again.
func (s *Session) SetAgreement(id toll.AgreementID) { s.chosen = id }

// Subscribe tells a page of news until it stops listening.
func (s *Session) Subscribe(tell func(Change)) (stop func()) {
	id := s.next
	s.next++
	s.hearers[id] = tell
	return func() { delete(s.hearers, id) }
}

func (s *Session) message(data string) {
	var e api.Event
	if err := json.Unmarshal([]byte(data), &e); err != nil || e.Kind == "" {
		return // a kind of message that this version does not know
	}
	s.tell(Change{Event: &e})
}

func (s *Session) connected(open bool) {
	missed := open && s.Window.TakeEarly()
	if s.live != open || missed {
		s.live = open
		s.tell(Change{})
	}
}

func (s *Session) tell(n Change) {
	for _, tell := range s.hearers {
		tell(n)
	}
}

// HandleSignedOut goes to the login page when an answer says that the session has ended, and tells so. The
// way back is kept.
func (s *Session) HandleSignedOut(err error) bool {
	if fault.CodeOf(err) != fault.SignedOut {
		return false
	}
	if s.leaving {
		return true // logging out ends the stream and every call: it knows the way itself
	}
	s.end()
	next := "/login?" + url.Values{"next": {s.Window.Location()}, "why": {"expired"}}.Encode()
	s.keeper.wipe(func() { s.Window.LoadPage(next) })
	return true
}

// SetLoggingOut says that logging out has begun, or that it did not work.
func (s *Session) SetLoggingOut(yes bool) { s.leaving = yes }

// CompleteLogout goes on after logging out: to where the server says, or to the login page.
func (s *Session) CompleteLogout(next string) {
	s.end()
	if next == "" {
		next = "/login?why=signed-out"
	}
	s.keeper.wipe(func() { s.Window.LoadPage(next) })
}

// end forgets who was here before the next person sits down.
func (s *Session) end() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	s.me, s.known, s.latest, s.chosen, s.Client.CSRF = api.MeReply{}, false, nil, "", ""
}

// RecordNavigation tells whether this is a move from one page to another, not the first page of all.
func (s *Session) RecordNavigation() bool {
	moved := s.moved
	s.moved = true
	return moved
}
