package kit_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// One person's requests beyond the limit wait, and are refused after a while or if too many wait. Another person's run.
func TestRequestsThatReadMuchAreLimitedPerPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		running := make(chan struct{}, 100)
		handle := kit.Limited(kit.NewParallel(), func(context.Context, access.Principal, api.Empty) (api.Empty, error) {
			running <- struct{}{}
			<-end
			return api.Empty{}, nil
		})
		results := make(chan error, 100)
		call := func(person toll.AccountID) {
			go func() {
				_, err := handle(t.Context(), access.Principal{Account: person}, api.Empty{})
				results <- err
			}()
			synctest.Wait()
		}
		for range 16 {
			call("busy")
		}
		if len(running) != 4 || len(results) != 0 {
			t.Fatalf("%d run and %d have ended, want 4 and 0", len(running), len(results))
		}
		call("busy")
		if err := <-results; fault.CodeOf(err) != fault.TooMany {
			t.Errorf("with 16 at work: got %v", err)
		}
		call("other")
		if len(running) != 5 {
			t.Errorf("%d run, want the other person's too", len(running))
		}
		end <- struct{}{} // one ends, one of those that wait begins
		synctest.Wait()
		if len(running) != 6 || <-results != nil {
			t.Errorf("%d have begun, want 6", len(running))
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(results) != 11 {
			t.Errorf("%d that waited were refused, want 11", len(results))
		}
		for len(results) > 0 {
			if err := <-results; fault.CodeOf(err) != fault.TooMany {
				t.Errorf("after a while: got %v", err)
			}
		}
		close(end)
		synctest.Wait()
		for range 3 {
			call("busy")
		}
		if len(running) != 9 {
			t.Errorf("%d have begun, want 9", len(running))
		}
	})
}

// A request that its client gives up does not keep its place.
func TestCancelledRequestLeavesNothing(t *testing.T) {
	p := kit.NewParallel()
	var ends []func()
	for range 4 {
		end, err := p.Acquire(t.Context(), "busy")
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		if _, err := p.Acquire(gone, "busy"); err == nil || fault.CodeOf(err) == fault.TooMany {
			t.Fatalf("got %v, want the cancellation", err)
		}
	}
	for _, end := range ends {
		end()
	}
}
