package session

import (
	"context"
	"errors"
)

// firstOnly marks the context of a call that may only be answered by what the server has sent with the page.
type firstOnly struct{}

// errNotSent means that the server has sent no answer to a call with the page.
var errNotSent = errors.New("the page came without this answer")

// First returns the answer to a call that the server has sent with the page, such as First(s, s.Client.Overview). Each
// is returned once, and nothing is sent. The server paints the first screen from the same answers, so that the program
// shows what is on the screen already.
func First[T any](s *Session, call func(context.Context) (T, error)) (answer T, ok bool) {
	if s.Neutral() {
		return answer, false
	}
	answer, err := call(context.WithValue(context.Background(), firstOnly{}, true))
	return answer, err == nil
}
