package access

import (
	"context"
	"encoding/base64"
	"errors"
	"net/netip"
	"strconv"
	"time"

	"bompass/shared/fault"
)

// Tries counts how often something was tried since it last succeeded.
type Tries struct {
	Count int
	Last  time.Time
}

// budget says how many tries are free, how long the wait may grow (it doubles from one second), and
// how long it takes until one try is forgotten.
type budget struct {
	free   int
	max    time.Duration
	forget time.Duration
}

// budgets are those of the pair, the account and the address. From one address an account is slowed to
// a try in 15 minutes. From all addresses together it is slowed to one a minute, and a browser that
// the owner has signed in with before is counted apart: nobody can keep the owner out by guessing.
func budgets() [3]budget {
	return [3]budget{
		{free: 5, max: 15 * time.Minute, forget: 30 * time.Minute},
		{free: 30, max: time.Minute, forget: 5 * time.Minute},
		{free: 100, max: 15 * time.Minute, forget: 30 * time.Second},
	}
}

// triesKept is how long a count is remembered after the last try, at most.
const triesKept = 24 * time.Hour

// wait is how long after Last the next try is refused.
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

// throttleKeys names the three counts that a try falls under: pair, account, address. The names are
// keyed hashes, so the table tells nobody's address.
func (d *Service) throttleKeys(v Visitor, email string) []string {
	address := network(v.Address)
	from, account := address, email
	if d.keys.DeviceMatches(v.Device, email) {
		from, account = "device "+v.Device, email+" device "+v.Device
	}
	key := func(kind, value string) string {
		return kind + ":" + base64.RawURLEncoding.EncodeToString(d.keys.hash(d.keys.throttle, value)[:16])
	}
	return []string{key("pair", email+" "+from), key("account", account), key("address", address)}
}

// network is the address, or for IPv6 the /64 that one household or attacker has.
func network(address string) string {
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

// countTry counts a try under every key before it is made, so that parallel tries are counted too. A try
// that must wait is refused and not counted.
func (d *Service) countTry(ctx context.Context, keys []string) error {
	now := d.now()
	return d.store.UpdateTries(ctx, keys, now.Add(-triesKept), func(tries []Tries) error {
		var wait time.Duration
		for i, b := range budgets() {
			tries[i].Count = max(0, tries[i].Count-int(min(now.Sub(tries[i].Last), triesKept)/b.forget))
			wait = max(wait, b.wait(tries[i])-now.Sub(tries[i].Last))
		}
		if wait > 0 {
			return fault.New(fault.TooMany, "seconds", strconv.Itoa(int(wait/time.Second)+1))
		}
		for i := range tries {
			tries[i] = Tries{Count: tries[i].Count + 1, Last: now}
		}
		return nil
	})
}

// refund takes the try off again that turned out right. A finished sign-in clears what was held
// against the account; the address keeps its other tries, or one own account would pay for many.
func (d *Service) refund(ctx context.Context, keys []string, finished bool) error {
	err := d.store.UpdateTries(ctx, keys, d.now().Add(-triesKept), func(tries []Tries) error {
		for i := range tries {
			tries[i].Count = max(0, tries[i].Count-1)
		}
		if finished {
			tries[0].Count, tries[1].Count = 0, 0
		}
		return nil
	})
	if err != nil {
		return errors.Join(errors.New("give back tries"), err)
	}
	return nil
}
