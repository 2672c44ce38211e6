package frame

import (
	"context"
	"sync"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/apiclient"
)

// Call runs a call to the server away from the UI goroutine and hands its result to then on it. It lasts as long as the
// page: the button that began it may be gone by the answer, such as one that tries again, and go-app drops what belongs to
// an element that is gone.
func Call[T any](ctx app.Context, call func(context.Context) (T, error), then func(app.Context, T, error)) {
	page := pageOf(ctx)
	ctx.Async(func() {
		defer ui.Recover("call")
		result, err := call(page)
		page.Dispatch(func(page app.Context) {
			defer ui.Recover("called")
			if !ctx.Src().Mounted() {
				then(page, result, err)
				return
			}
			then(ctx, result, err)
			ctx.Dispatch(func(app.Context) {}) // draws the component that called, which may be a part of the page
		})
	})
}

// pages has the context of the page that each dispatcher shows; there is one of them in a browser.
var pages sync.Map

// pageOf returns the context of the page that is shown, or the context given where none is.
func pageOf(ctx app.Context) app.Context {
	if page, ok := pages.Load(ctx.Dispatcher()); ok && page.(app.Context).Err() == nil { // one that has just been left has ended
		return page.(app.Context)
	}
	return ctx
}

// Do is Call for calls without a result.
func Do(ctx app.Context, call func(context.Context) error, then func(app.Context, error)) {
	Call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) },
		func(ctx app.Context, _ struct{}, err error) { then(ctx, err) })
}

// Request says what a Query asks for and what follows.
type Request[T any] struct {
	Get      func(context.Context) (T, error) // runs on a goroutine of its own
	Answered func(app.Context, T)             // nil when nothing follows

	// Failed reports whether the page shows the error in a place of its own. Nil when it never does.
	Failed func(app.Context, error) bool
}

// Query is a question to the server and its state: not asked, loading, failed or answered. An answer
// stays while it is asked for again. The zero value is ready for use; methods are called on the UI
// goroutine.
type Query[T any] struct {
	page    *Page
	request Request[T]
	number  int  // of the newest request: answers to older ones are dropped
	loading bool // the answer to the newest request is under way
	queued  bool // ask once more after the answer under way
	primed  bool // the answer came with the page, and no question has been asked
	answer  *T
	err     error
}

// Answer returns the latest answer, nil before the first.
func (q *Query[T]) Answer() *T { return q.answer }

// Err returns the error of the newest request, nil while it is under way.
func (q *Query[T]) Err() error { return q.err }

// Loading reports whether an answer is under way.
func (q *Query[T]) Loading() bool { return q.loading }

// Set replaces the answer, such as by the reply to a change. Answers under way are dropped: they are older.
func (q *Query[T]) Set(answer T) {
	q.number++
	q.loading, q.queued, q.primed, q.answer, q.err = false, false, false, &answer, nil
}

// Fail shows an error instead of the answer until the query is asked again.
func (q *Query[T]) Fail(err error) { q.err = err }

// Reset clears the answer and drops those under way.
func (q *Query[T]) Reset() {
	q.number++
	q.loading, q.queued, q.primed, q.answer, q.err = false, false, false, nil, nil
}

// Prime takes the answer that the server has sent with the page, if there is one, before the page is shown for the
// first time. The first Load is then answered by it.
func (q *Query[T]) Prime(s *session.Session, get func(context.Context) (T, error)) (answer T, ok bool) {
	if answer, ok = session.First(s, get); ok {
		q.Set(answer)
		q.primed = true
	}
	return answer, ok
}

// Primed reports whether the answer came with the page and no question has been asked.
func (q *Query[T]) Primed() bool { return q.primed }

// Load asks a question.
func (q *Query[T]) Load(ctx app.Context, p *Page, r Request[T]) {
	q.page, q.request = p, r
	if q.primed {
		q.primed = false
		q.finish(ctx, *q.answer, nil)
		return
	}
	q.Reload(ctx)
}

// Reload asks the last question again. Answers under way are dropped. Before the first question it does
// nothing.
func (q *Query[T]) Reload(ctx app.Context) {
	q.ask(ctx, q.request.Get)
}

// ask asks for an answer with a call.
func (q *Query[T]) ask(ctx app.Context, get func(context.Context) (T, error)) {
	if get == nil {
		return
	}
	q.number++
	q.loading, q.queued, q.err = true, false, nil
	number := q.number
	Call(ctx, get, func(ctx app.Context, answer T, err error) {
		if number == q.number {
			q.finish(ctx, answer, err)
		}
	})
}

// Refresh asks the last question again because something has changed. While an answer is under way it
// asks once more afterwards, however often it is called: many events cause few requests.
func (q *Query[T]) Refresh(ctx app.Context) {
	if q.loading {
		q.queued = true
		return
	}
	q.reloadInBackground(ctx)
}

// reloadInBackground asks the last question again for the page, not for the person: that keeps no session open.
func (q *Query[T]) reloadInBackground(ctx app.Context) {
	if get := q.request.Get; get != nil {
		q.ask(ctx, func(ctx context.Context) (T, error) { return get(apiclient.InBackground(ctx)) })
	}
}

// finish takes the answer to the newest request.
func (q *Query[T]) finish(ctx app.Context, answer T, err error) {
	q.loading = false
	if err != nil {
		if !q.page.Session.HandleSignedOut(err) && (q.request.Failed == nil || !q.request.Failed(ctx, err)) {
			q.err = err
		}
		return
	}
	q.answer = &answer
	if q.request.Answered != nil {
		q.request.Answered(ctx, answer)
	}
	if q.queued {
		q.reloadInBackground(ctx)
	}
}

// State shows a query that has no answer: the error with a way to try again, or that it is loading.
func (q *Query[T]) State(p *Page) app.UI {
	if q.err != nil {
		return p.Failure(q.err, q.Reload)
	}
	return ui.Loading(p.Words().T("app.loading"))
}

// Show lays out a page that rests on one query: its body once there is an answer, before that the title
// above the query's state. The first paint has the title alone.
func Show[T any](p *Page, here, title string, q *Query[T], body func(T) []app.UI) app.UI {
	switch {
	case p.Session.Neutral():
		return p.Layout(here, ui.Title(title))
	case q.err != nil || q.answer == nil:
		return p.Layout(here, ui.Title(title), q.State(p))
	}
	return p.Layout(here, body(*q.answer)...)
}

// PrimeOverview takes the overview that the server has sent with the page, if there is one, for pages that choose among
// its agreements and vehicles.
func PrimeOverview(s *session.Session) {
	if reply, ok := session.First(s, s.Client.Overview); ok {
		s.SetOverview(reply)
	}
}

// RefreshOverview asks for the overview and stores it in the session, for pages that choose among its
// agreements and vehicles. Without an answer the page has no choice to offer.
func (p *Page) RefreshOverview(ctx app.Context) {
	Call(ctx, p.Session.Client.Overview, func(_ app.Context, reply api.OverviewReply, err error) {
		if err == nil {
			p.Session.SetOverview(reply)
			return
		}
		p.Session.HandleSignedOut(err)
	})
}
