package access

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"bompass/shared/fault"
)

// Tries is the number of tries since the last success.
type Tries struct {
	Count int
	Last  time.Time // by the clock of the database
}

// elapsed returns the time since the last try, and 0 if that lies ahead because a clock has been set back.
func (t Tries) elapsed(now time.Time) time.Duration { return max(0, now.Sub(t.Last)) }

// clock returns the time of the database: servers whose clocks differ must agree on how long a visitor waits.
func (s *Service) clock(ahead time.Duration) time.Time { return s.now().Add(ahead) }

// budget is a number of free tries, the longest wait (it doubles from one second), and the time after
// which one try no longer counts.
type budget struct {
	free   int
	max    time.Duration
	forget time.Duration
}

// budgets returns those of the pair, the account and the address. From one address an account is slowed to
// a try in 15 minutes. From all addresses together it is slowed to one a minute, and a browser that
// the owner has signed in with before is counted apart: guessing cannot lock the owner out.
func budgets() [3]budget {
	return [3]budget{
		{free: 5, max: 15 * time.Minute, forget: 30 * time.Minute},
		{free: 30, max: time.Minute, forget: 5 * time.Minute},
		{free: 100, max: 15 * time.Minute, forget: 30 * time.Second},
	}
}

// visitBudget limits requests to partners from one network before sign-in: an office behind one address
// gets in, a flood waits.
func visitBudget() budget { return budget{free: 60, max: time.Minute, forget: 5 * time.Second} }

// triesKept is the longest time that a count is kept after the last try.
const triesKept = 24 * time.Hour

// wait returns how long after t.Last the next try is refused.
func (b budget) wait(t Tries) time.Duration {
	over := t.Count - b.free
	if over < 0 {
		return 0
	}
	if over > 20 {
		return b.max
	}
	return min(time.Second<<over, b.max)
}

// decayed returns the count that is left at now.
func (b budget) decayed(t Tries, now time.Time) Tries {
	t.Count = max(0, t.Count-int(min(t.elapsed(now), triesKept)/b.forget))
	return t
}

// throttleKeys returns the names of the three counts that a try falls under: pair, account, address. The names
// are keyed hashes, so the table reveals no addresses.
func (s *Service) throttleKeys(v Visitor, name string) []string {
	address := Network(v.Address)
	from, account := address, name
	if s.keys.DeviceMatches(v.Device, name) {
		from, account = "device "+v.Device, name+" device "+v.Device
	}
	key := func(kind, value string) string { return kind + ":" + s.keys.ThrottleName(value) }
	return []string{key("pair", name+" "+from), key("account", account), key("address", address)}
}

// Network returns the address, or for IPv6 the /64 network that one household or attacker has.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Is6() || ip.Is4In6() {
		return address
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// Attempt is a counted try whose outcome is not known yet.
type Attempt struct{ keys []string }

// CountAttempt counts a try of a name by a visitor before it is made, so that parallel tries are counted too.
// It returns fault.TooMany and counts nothing while the next try has to wait.
func (s *Service) CountAttempt(ctx context.Context, v Visitor, name string) (Attempt, error) {
	a := Attempt{s.throttleKeys(v, name)}
	return a, s.store.UpdateTries(ctx, a.keys, s.now().Add(-triesKept), func(ahead time.Duration, tries []Tries) error {
		now, wait := s.clock(ahead), time.Duration(0)
		for i, b := range budgets() {
			tries[i] = b.decayed(tries[i], now)
			wait = max(wait, b.wait(tries[i])-tries[i].elapsed(now))
		}
		if wait > 0 {
			return tooMany(wait)
		}
		for i := range tries {
			tries[i] = Tries{Count: tries[i].Count + 1, Last: now}
		}
		return nil
	})
}

// countSignIn counts a try to sign in like CountAttempt, with one difference: it refuses only a visitor who has to
// wait for tries of their own under the name. If the account or the address has had too many tries, from wherever,
// it reports that the sign-in must be deferred; others cannot keep the owner out.
func (s *Service) countSignIn(ctx context.Context, v Visitor, name string) (a Attempt, deferred bool, err error) {
	a = Attempt{s.throttleKeys(v, name)}
	err = s.store.UpdateTries(ctx, a.keys, s.now().Add(-triesKept), func(ahead time.Duration, tries []Tries) error {
		now := s.clock(ahead)
		var left [3]Tries
		for i, b := range budgets() {
			left[i] = b.decayed(tries[i], now)
			wait := b.wait(left[i]) - left[i].elapsed(now)
			if wait > 0 && i == 0 {
				return tooMany(wait)
			}
			deferred = deferred || wait > 0
		}
		for i := range tries { // a count that is not raised stays as it is: its decay is measured from its last try
			if i == 0 || !deferred {
				tries[i] = Tries{Count: left[i].Count + 1, Last: now}
			}
		}
		return nil
	})
	return a, deferred, err
}

// CountFactorTry counts a try of a second factor after the password was right. Only tries of the visitor's own
// under the name make it wait: the codes of a login are limited too, and so are wrong codes in a row.
func (s *Service) CountFactorTry(ctx context.Context, v Visitor, name string) (Attempt, error) {
	attempt, _, err := s.countSignIn(ctx, v, name)
	return attempt, err
}

// Refund takes back a successful try. A finished sign-in also clears the counts of the account; the
// address keeps its other tries, or signing in to one's own account would pay for guessing others.
func (s *Service) Refund(ctx context.Context, a Attempt, finished bool) error {
	err := s.store.UpdateTries(ctx, a.keys, s.now().Add(-triesKept), func(_ time.Duration, tries []Tries) error {
		for i := range tries {
			tries[i].Count = max(0, tries[i].Count-1)
		}
		if finished {
			tries[0].Count, tries[1].Count = 0, 0
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("refund tries: %w", err)
	}
	return nil
}

// ThrottleVisit counts a visit that has a cost before anybody is signed in, such as a call of a partner or a stored
// challenge, by the visitor's network.
func (s *Service) ThrottleVisit(ctx context.Context, visitor Visitor, flow string) error {
	b := visitBudget()
	key := flow + ":" + s.keys.ThrottleName(Network(visitor.Address))
	return s.store.UpdateTries(ctx, []string{key}, s.now().Add(-triesKept), func(ahead time.Duration, tries []Tries) error {
		now := s.clock(ahead)
		t := b.decayed(tries[0], now)
		if wait := b.wait(t) - t.elapsed(now); wait > 0 {
			return tooMany(wait)
		}
		tries[0] = Tries{Count: t.Count + 1, Last: now}
		return nil
	})
}

// AllowMessage counts a message that a signed-in person sends to an address of their choice, so that
// mailboxes cannot be flooded.
func (s *Service) AllowMessage(ctx context.Context, principal Principal, flow, address string) error {
	return s.allow(ctx, principal, flow+" to "+strings.ToLower(strings.TrimSpace(address)))
}

// AllowRequest counts a request of a signed-in person that has a cost, such as a text message.
func (s *Service) AllowRequest(ctx context.Context, principal Principal, flow string) error {
	return s.allow(ctx, principal, flow+" "+string(principal.Account))
}

func (s *Service) allow(ctx context.Context, principal Principal, name string) error {
	_, err := s.CountAttempt(ctx, Visitor{Address: "session " + string(principal.Account)}, name)
	return err
}

func tooMany(wait time.Duration) error {
	return fault.New(fault.TooMany, "seconds", strconv.Itoa(int(wait/time.Second)+1))
}
