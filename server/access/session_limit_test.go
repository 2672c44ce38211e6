package access_test

import (
	"fmt"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

// ASVS V7.1.2: one account has ten sessions at most. The one that was used least lately ends for one more,
// and the history says so.
func TestLeastRecentlyUsedSessionEndsAtTheLimit(t *testing.T) {
	o := open(t)
	var tokens []seal.Token
	for range 10 {
		token, err := o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), o.code(0))
		want(t, "sign in", err, "")
		tokens = append(tokens, token)
		o.pass(31 * time.Second)
	}
	o.pass(access.TouchEvery)
	_, err := o.Authenticate(t.Context(), tokens[0]) // used just now
	want(t, "the first", err, "")
	o.pass(31 * time.Second)
	token, err := o.factors.VerifyCode(t.Context(), from("192.0.2.1"), o.step(), o.code(0))
	want(t, "one more", err, "")
	for n, token := range append(tokens, token) {
		expected := fault.Code("")
		if n == 1 {
			expected = fault.SignedOut
		}
		_, err := o.Peek(t.Context(), token)
		want(t, fmt.Sprintf("session %d", n), err, expected)
	}
	history, err := o.people.History(t.Context(), fixture.Accounts()[0].ID, 1)
	want(t, "history", err, "")
	if len(history) != 1 || history[0].Kind != string(access.EventCapped) {
		t.Errorf("the history says %+v", history)
	}
}
