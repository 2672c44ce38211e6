package kit

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

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
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0 && k.isProxy(from); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = hop
	}
	return from.Unmap().String()
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
