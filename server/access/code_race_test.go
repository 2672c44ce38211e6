package access_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

// RFC 6238 section 5.2, ASVS V6.5.1: of a thousand who bring the same code at the same instant, one comes in;
// through the service, and also without the throttle.
func TestThousandConcurrentUsesOfOneCodeOpenOneSession(t *testing.T) {
	const many = 1000
	o := open(t)
	kari := fixture.Accounts()[0].ID
	tokens := make([]seal.Token, 2*many)
	for i := range tokens {
		tokens[i] = seal.NewToken()
		if err := o.db.AddPendingLogin(t.Context(), tokens[i].Hash(), kari, o.now(), o.now().Add(access.PendingLoginMax)); err != nil {
			t.Fatal(err)
		}
	}
	code, now := o.code(0), o.now()
	opened := race(many, func(i int) bool {
		_, err := o.factors.VerifyCode(context.Background(), from(fmt.Sprintf("10.%d.%d.1", i/250, i%250)), tokens[i], code)
		if c := fault.CodeOf(err); err != nil && c != fault.WrongCredentials && c != fault.TooMany {
			t.Error(err)
		}
		return err == nil
	})
	if opened != 1 {
		t.Errorf("through the desk %d came in, want 1", opened)
	}
	opened = race(many, func(i int) bool {
		began, err := o.db.BeginSessionWithTOTP(context.Background(), tokens[many+i].Hash(), now.Unix()/30+1, access.Session{
			Hash: seal.NewToken().Hash(), Account: kari, Customer: fixture.Kari, Began: now, Until: now.Add(access.SessionMax),
		})
		if err != nil {
			t.Error(err)
		}
		return began
	})
	if opened != 1 {
		t.Errorf("past the throttle %d came in, want 1", opened)
	}
}

// race lets all begin at once and counts who succeeds.
func race(many int, try func(i int) bool) int64 {
	gate := make(chan struct{})
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			<-gate
			if try(i) {
				won.Add(1)
			}
		})
	}
	close(gate)
	all.Wait()
	return won.Load()
}
