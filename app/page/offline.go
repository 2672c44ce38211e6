package page

import (
	"bompass/shared/oslo"
)

// away tells whether the server is out of reach.
func (f *frame) away() bool {
	cut, _ := f.s.Cut()
	return f.offline || cut
}

// live tells whether new passages arrive by themselves.
func (f *frame) live() bool { return f.s.Live() && !f.away() }

// banner says how old what is shown may be.
func (f *frame) banner() string {
	w := f.words()
	_, since := f.s.Cut()
	switch {
	case f.undone != "":
		return f.undone
	case !since.IsZero() && oslo.DayOf(since) == f.s.Today():
		return w.T("offline.since.today", "time", w.Clock(since))
	case !since.IsZero():
		return w.T("offline.since", "day", w.Day(oslo.DayOf(since)), "time", w.Clock(since))
	case f.away():
		return w.T("app.offline")
	case !f.s.Live():
		return w.T("app.live.waiting")
	}
	return ""
}

// unreachable is the text that says why there is no answer, nor one that was kept.
func (f *frame) unreachable() string {
	switch {
	case !f.away():
		return "app.error.unreachable"
	case f.s.Own():
		return "offline.unvisited"
	}
	return "offline.nothing"
}

// stuck is when the server could not be told that the person leaves. Without it, what this device keeps
// is thrown away all the same, and the person is told what is left to do.
func (f *frame) stuck(err error) {
	if !f.away() {
		f.logout, _ = f.trouble(err)
		return
	}
	f.s.Abandon(func() { f.s.Window.Leave(leftPath) })
}
