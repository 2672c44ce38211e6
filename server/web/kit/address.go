package kit

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
)

// parseNetworks parses the networks of the proxies in front of the server, separated by commas.
func parseNetworks(list string) (networks []netip.Prefix, err error) {
	for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("proxy network %q is not like 10.0.0.0/8", part)
		}
		networks = append(networks, network)
	}
	return networks, nil
}

// clientAddress returns the address of the client: that of the connection or, if it belongs to one of the
// configured proxies, the last address in X-Forwarded-For that does not. Addresses further to the left are
// what the client wrote and are not trusted.
func (k *Kit) clientAddress(c *fiber.Ctx) string {
	from, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return ""
	}
	forwarded := c.Get(fiber.HeaderXForwardedFor)
	if forwarded != "" && !k.isProxy(from) {
		k.unnamedProxy.warn(k, from)
	}
	hops := strings.Split(forwarded, ",")
	for i := len(hops) - 1; i >= 0 && k.isProxy(from); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = hop
	}
	return from.Unmap().String()
}

// proxyWarnInterval is the minimum time between two warnings of an unnamed proxy.
const proxyWarnInterval = time.Minute

// unnamedProxy warns of a neighbour that forwards requests and is not among the configured proxies: all its visitors
// would be counted as one. It is safe for concurrent use.
type unnamedProxy struct {
	mu     sync.Mutex
	warned time.Time
}

// warn logs a neighbour in a private network. Anyone on the internet can send the header.
func (u *unnamedProxy) warn(k *Kit, from netip.Addr) {
	if from = from.Unmap(); !from.IsPrivate() && !from.IsLoopback() {
		return
	}
	now := k.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.warned.IsZero() && now.Sub(u.warned) < proxyWarnInterval {
		return
	}
	u.warned = now
	k.Log.Error("a proxy forwards requests and is not named; all its visitors are counted as one: set BOMPASS_PROXIES to its network", "proxy", from)
}

func (k *Kit) isProxy(address netip.Addr) bool {
	return slices.ContainsFunc(k.proxies, func(p netip.Prefix) bool { return p.Contains(address.Unmap()) })
}

// Visitor returns what throttles and an account's history need of the browser that makes a request.
func (k *Kit) Visitor(c *fiber.Ctx) access.Visitor {
	return access.Visitor{
		Address: k.clientAddress(c), Device: k.Cookie(c, deviceCookie), Agent: c.Get(fiber.HeaderUserAgent),
	}
}
