package frame

import (
	"errors"
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// ErrorText says why something did not work, with the trace number to quote where there is one.
func (p *Page) ErrorText(err error) (text, trace string) {
	w := p.Words()
	known, ok := errors.AsType[*fault.Error](err)
	if errors.Is(err, session.ErrOutdated) {
		return w.T("app.outdated"), ""
	}
	if !ok {
		return w.T(p.noAnswerKey()), ""
	}
	if known.Trace != "" {
		trace = w.T("app.error.trace", "trace", known.Trace)
	}
	return w.Fault(err), trace
}

// Failure shows why there is no answer and a way to try again, where trying again can help.
func (p *Page) Failure(err error, retry func(app.Context)) app.UI {
	w := p.Words()
	text, trace := p.ErrorText(err)
	if fault.CodeOf(err) == fault.Refused { // the role may not: trying again would not help
		return ui.Alert("info", w.T("app.refused"), text)
	}
	if code := fault.CodeOf(err); code == fault.ConsentNeeded || code == fault.DetailsNeeded { // a page of the server asks for it
		return ui.Failure(w.T("app.refused"), text, "", w.T("app.retry"), ui.On("retry", func(app.Context) {
			p.Session.Window.LoadPage(site.Returning(site.Welcome, p.Session.Window.Location()))
		}))
	}
	return ui.Failure(w.T("app.error.title"), text, trace, w.T("app.retry"), ui.On("retry", func(ctx app.Context) {
		if _, known := p.Session.Me(); !known {
			p.identify(ctx)
		}
		retry(ctx)
	}))
}

// HandleAuthError goes to the page that confirms a factor when an answer demands that first, and to the
// sign-in page when the session has ended. It reports whether it went anywhere.
func (p *Page) HandleAuthError(err error, back string) bool {
	if err != nil && fault.CodeOf(err) == fault.StepUp {
		query := url.Values{"next": {back}}
		if known, ok := errors.AsType[*fault.Error](err); ok && known.Params["request"] != "" { // waits for the proof
			query.Set("request", known.Params["request"])
		}
		p.Session.Window.LoadPage(site.With(site.StepUp, query))
		return true
	}
	return err != nil && p.Session.HandleSignedOut(err)
}

// Refusal returns the fault that an answer names, for the form that was sent to show it. failed reports whether the answer is
// an error at all. Errors of signing in lead to another page, and those that are no fault are shown as a message: then there
// is nothing for the form to show.
func (p *Page) Refusal(err error, back string) (about *fault.Error, failed bool) {
	if err == nil || p.HandleAuthError(err, back) {
		return nil, err != nil
	}
	about, ok := errors.AsType[*fault.Error](err)
	if !ok {
		text, _ := p.ErrorText(err)
		p.Toast(text)
	}
	return about, true
}
