package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/shared/fault"
)

// policy is what pages may load: our own files and WebAssembly, nothing inline, nothing from others.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

const traceKey = "trace"

// trace gives every request an identity of ours; what a client proposes is not trusted in logs.
func (s *server) trace(c *fiber.Ctx) error {
	var b [8]byte
	_, _ = rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	c.Locals(traceKey, id)
	c.Set(fiber.HeaderXRequestID, id)
	return c.Next()
}

func traceOf(c *fiber.Ctx) string {
	id, _ := c.Locals(traceKey).(string)
	return id
}

func (s *server) logPanic(c *fiber.Ctx, e any) {
	s.Log.Error("panic", "trace", traceOf(c), "path", c.Path(), "panic", e, "stack", string(debug.Stack()))
}

// headers are on every answer.
func (s *server) headers(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderReferrerPolicy, "strict-origin-when-cross-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if s.origin.secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
	return c.Next()
}

// ownHost refuses requests that name another host: addresses are made from it further in.
func (s *server) ownHost(c *fiber.Ctx) error {
	if !s.origin.names[strings.ToLower(string(c.Request().Header.Host()))] {
		return fiber.NewError(fiber.StatusMisdirectedRequest, "unknown host")
	}
	return c.Next()
}

// deadline bounds a handler. What has begun when the server is told to stop may be finished.
func (s *server) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.Context), answerMax)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

func safe(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead
}

// ownSite refuses what another site made the browser send. Browsers say where a request comes from in
// Sec-Fetch-Site and Origin; a request that changes something must carry at least one of them.
func (s *server) ownSite(c *fiber.Ctx) error {
	site, from := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin)
	switch {
	case from != "" && from != s.origin.of(strings.ToLower(string(c.Request().Header.Host()))):
		return crossSite()
	case site != "" && site != "same-origin" && (site != "none" || !safe(c.Method())):
		return crossSite()
	case site == "" && from == "" && !safe(c.Method()):
		return crossSite()
	}
	return nil
}

func crossSite() error { return fault.New(fault.CrossSite) }

// parseNetworks reads the networks of the proxies in front of the server, written with commas.
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

// address is the client's: who connects, or, when that is a proxy of ours, the last that our proxies
// name and is none of them. What a client writes further to the left is not believed.
func (s *server) address(c *fiber.Ctx) string {
	from, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return ""
	}
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0 && s.ours(from); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = hop
	}
	return from.Unmap().String()
}

func (s *server) ours(address netip.Addr) bool {
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(address.Unmap()) })
}
