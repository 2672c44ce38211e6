package frame

import (
	"bompass/shared/oslo"
)

// Unreachable reports whether the server is out of reach.
func (p *Page) Unreachable() bool {
	unreachable, _ := p.Session.Connection()
	return p.offline || unreachable
}

// Live reports whether new passages arrive by themselves.
func (p *Page) Live() bool { return p.Session.Live() && !p.Unreachable() }

// banner returns the text above the page: an action that did not work, or how old the data shown may be.
func (p *Page) banner() string {
	w := p.Words()
	_, since := p.Session.Connection()
	switch {
	case p.actionError != "":
		return p.actionError
	case !since.IsZero() && oslo.DayOf(since) == p.Session.Today():
		return w.T("offline.since.today", "time", w.Clock(since))
	case !since.IsZero():
		return w.T("offline.since", "day", w.Day(oslo.DayOf(since)), "time", w.Clock(since))
	case p.Unreachable():
		return w.T("app.offline")
	case !p.Session.Live():
		return w.T("app.live.waiting")
	case p.Session.ClockIsWrong():
		return w.T("app.clock")
	}
	return ""
}

// noAnswerKey returns the key of the text that says why there is neither an answer nor a stored one.
func (p *Page) noAnswerKey() string {
	switch {
	case !p.Unreachable():
		return "app.error.unreachable"
	case p.Session.OwnDevice():
		return "offline.unvisited"
	}
	return "offline.nothing"
}
