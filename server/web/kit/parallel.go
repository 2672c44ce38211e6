package kit

import (
	"context"
	"strconv"
	"sync"
	"time"

	"bompass/server/access"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of one person's requests that read much, on one server. A program with several open windows asks for a few at
// once; the rest of the database's connections is for others.
const (
	parallelMax   = 4               // that run at once
	waitingMax    = 12              // that wait for those to end
	waitingFor    = 2 * time.Second // until a request that waits is refused
	parallelRetry = 5 * time.Second // that a refused client is to wait
)

// Parallel limits how many requests of one person run at once. It is safe for concurrent use.
type Parallel struct {
	mu      sync.Mutex
	persons map[toll.AccountID]*slots
}

// slots are the requests of one person: those that run have a place in running, and requests counts those that wait, too.
type slots struct {
	running  chan struct{}
	requests int
}

// NewParallel returns a Parallel.
func NewParallel() *Parallel { return &Parallel{persons: map[toll.AccountID]*slots{}} }

// Acquire waits until a request of the person may run, for a short time. The function that it returns ends the request.
// It returns fault.TooMany if too many run or wait already.
func (p *Parallel) Acquire(ctx context.Context, person toll.AccountID) (release func(), err error) {
	s := p.enter(person)
	if s == nil {
		return nil, tooMany()
	}
	select {
	case s.running <- struct{}{}:
		return func() { <-s.running; p.leave(person, s) }, nil
	default:
	}
	wait := time.NewTimer(waitingFor)
	defer wait.Stop()
	select {
	case s.running <- struct{}{}:
		return func() { <-s.running; p.leave(person, s) }, nil
	case <-wait.C:
		err = tooMany()
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.leave(person, s)
	return nil, err
}

// enter counts a request. It returns nil if the person has too many.
func (p *Parallel) enter(person toll.AccountID) *slots {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.persons[person]
	if s == nil {
		s = &slots{running: make(chan struct{}, parallelMax)}
		p.persons[person] = s
	}
	if s.requests == parallelMax+waitingMax {
		return nil
	}
	s.requests++
	return s
}

func (p *Parallel) leave(person toll.AccountID, s *slots) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.requests--; s.requests == 0 {
		delete(p.persons, person)
	}
}

func tooMany() error {
	return fault.New(fault.TooMany, "seconds", strconv.Itoa(int(parallelRetry/time.Second)))
}

// Limited returns a handler that calls handle while the person has a place among those that read much.
func Limited[Req, Reply any](p *Parallel, handle Handler[Req, Reply]) Handler[Req, Reply] {
	return func(ctx context.Context, actor access.Principal, req Req) (reply Reply, err error) {
		release, err := p.Acquire(ctx, actor.Account)
		if err != nil {
			return reply, err
		}
		defer release()
		return handle(ctx, actor, req)
	}
}
