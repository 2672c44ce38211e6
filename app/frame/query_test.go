//go:build !js

package frame_test

import (
	"context"
	"slices"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/pagetest"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/fault"
)

type base = frame.Page

// testPage is a page that rests on one query.
type testPage struct {
	app.Compo
	base

	query    frame.Query[string]
	answered []string
}

func (p *testPage) Render() app.UI {
	return frame.Show(&p.base, "/", "Title", &p.query, func(answer string) []app.UI {
		return []app.UI{ui.Title("Title"), app.Elem("p").Text("answer: " + answer)}
	})
}

// open opens a page with nothing asked.
func open(t *testing.T, server *pagetest.Server) (*testPage, *pagetest.Screen) {
	t.Helper()
	var p *testPage
	screen := pagetest.Open(t, server, "/", func(s *session.Session) app.Composer {
		p = &testPage{base: frame.New(s)}
		return p
	})
	return p, screen
}

// replies returns a request that is answered with each of the texts in turn; an empty text is an error.
func (p *testPage) replies(texts ...string) frame.Request[string] {
	return frame.Request[string]{
		Get: func(context.Context) (string, error) {
			text := texts[0]
			texts = texts[1:]
			if text == "" {
				return "", &fault.Error{Code: fault.Busy, Trace: "t-17"}
			}
			return text, nil
		},
		Answered: func(_ app.Context, answer string) { p.answered = append(p.answered, answer) },
	}
}

func TestQueryShowsItsState(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	s.Shows("bp-loading")
	s.Do(func(ctx app.Context) { p.query.Load(ctx, &p.base, p.replies("", "one", "")) })
	s.Shows("opptatt", "t-17", "Prøv igjen")
	s.Hides("bp-loading", "answer:")
	s.Do(p.query.Reload)
	s.Shows("answer: one")
	s.Hides("Prøv igjen")
	s.Do(p.query.Reload)
	s.Shows("Prøv igjen")
	if answer := p.query.Answer(); answer == nil || *answer != "one" {
		t.Error("a failed reload lost the answer that a page may go on showing")
	}
}

func TestOlderAnswerNeverReplacesNewer(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	s.Do(func(ctx app.Context) {
		p.query.Load(ctx, &p.base, p.replies("older"))
		ctx.Dispatch(func(ctx app.Context) { p.query.Load(ctx, &p.base, p.replies("newer")) })
	})
	if !slices.Equal(p.answered, []string{"newer"}) {
		t.Errorf("answered with %q, want the newer answer alone", p.answered)
	}
	s.Do(func(ctx app.Context) {
		p.query.Load(ctx, &p.base, p.replies("older"))
		ctx.Dispatch(func(app.Context) { p.query.Set("reply to a change") })
	})
	s.Shows("answer: reply to a change")
	s.Do(func(ctx app.Context) {
		p.query.Load(ctx, &p.base, p.replies("older"))
		ctx.Dispatch(func(app.Context) { p.query.Reset() })
	})
	if p.query.Answer() != nil || p.query.Loading() {
		t.Error("an answer arrived after the query was reset")
	}
	s.Do(func(ctx app.Context) {
		p.query.Load(ctx, &p.base, p.replies(""))
		ctx.Dispatch(func(ctx app.Context) { p.query.Load(ctx, &p.base, p.replies("newer")) })
	})
	s.Shows("answer: newer")
}

func TestManyChangesCauseOneMoreRequest(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	s.Do(func(ctx app.Context) {
		p.query.Refresh(ctx) // before anything was asked
		p.query.Load(ctx, &p.base, p.replies("one", "two"))
		for range 3 {
			p.query.Refresh(ctx)
		}
	})
	if !slices.Equal(p.answered, []string{"one", "two"}) {
		t.Errorf("answered with %q, want one more answer after the first", p.answered)
	}
}

func TestPageShowsSomeErrorsItself(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	request, shown := p.replies("", ""), true
	request.Failed = func(app.Context, error) bool { return shown }
	s.Do(func(ctx app.Context) { p.query.Load(ctx, &p.base, request) })
	s.Hides("Prøv igjen")
	shown = false
	s.Do(p.query.Reload)
	s.Shows("Prøv igjen")
}

func TestEndOfSessionLeadsToSignIn(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	s.Window.Address = "/passages?from=2026-11-01"
	s.Do(func(ctx app.Context) {
		p.query.Load(ctx, &p.base, frame.Request[string]{Get: func(context.Context) (string, error) { return "", fault.New(fault.SignedOut) }})
	})
	if want := "/login?next=%2Fpassages%3Ffrom%3D2026-11-01&why=expired"; s.Window.Loaded != want {
		t.Errorf("went to %q, want %q", s.Window.Loaded, want)
	}
	s.Hides("Prøv igjen")
}

func TestPanicInAnswerDoesNotEndTheProgram(t *testing.T) {
	p, s := open(t, &pagetest.Server{})
	s.Do(func(ctx app.Context) {
		p.query.Load(ctx, &p.base, frame.Request[string]{Get: func(context.Context) (string, error) { panic("broken") }})
	})
	s.Do(func(ctx app.Context) {
		request := p.replies("one")
		request.Answered = func(app.Context, string) { panic("broken") }
		p.query.Load(ctx, &p.base, request)
	})
	s.Shows("answer: one")
}
