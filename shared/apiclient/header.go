package apiclient

import (
	"context"
	"time"
)

// ActorHeader is the header of every answer to a customer's request that names the person and the party acted for. Tabs of
// a browser share a session: a page that receives an answer for another actor must not show it.
const ActorHeader = "X-Bompass-Actor"

// LeavingCookie is the cookie of a browser whose person has signed out without a network. Until the program has ended the
// session, the server sends pages without anything of the person.
const LeavingCookie = "leaving"

// LeavingMaxAge is how long a browser keeps that cookie at most, longer than any session.
const LeavingMaxAge = 30 * 24 * time.Hour

// BackgroundHeader marks a request that no person has caused, such as that of a page that keeps itself up to date. It does
// not count as use of the session, which would otherwise never end in an open tab.
const BackgroundHeader = "X-Bompass-Background"

// background marks the context of such requests.
type background struct{}

// InBackground returns a context for requests that no person has caused.
func InBackground(ctx context.Context) context.Context {
	return context.WithValue(ctx, background{}, true)
}

// IsBackground reports whether a request was caused by no person.
func IsBackground(ctx context.Context) bool { return ctx.Value(background{}) != nil }
