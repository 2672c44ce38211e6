package kit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"bompass/server/seclog"
	"bompass/shared/fault"
)

// Policy is the content security policy of every answer: own files and WebAssembly, nothing inline, nothing
// from others.
const Policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

const traceKey = "trace"

// Trace gives every request a random id. One that a client proposes is not trusted in logs.
func (k *Kit) Trace(c *fiber.Ctx) error {
	var b [8]byte
	_, _ = rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	c.Locals(traceKey, id)
	c.Set(fiber.HeaderXRequestID, id)
	return c.Next()
}

// TraceOf returns the id of a request.
func TraceOf(c *fiber.Ctx) string {
	id, _ := c.Locals(traceKey).(string)
	return id
}

// Recover turns a panic of a handler into an answer and logs it with its stack.
func (k *Kit) Recover() fiber.Handler {
	return recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: func(c *fiber.Ctx, cause any) {
		k.Log.Error("panic in handler", "trace", TraceOf(c), "path", c.Path(), "error", cause, "stack",
			string(debug.Stack()))
	}})
}

// Headers sets the security headers of every answer.
func (k *Kit) Headers(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, Policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderReferrerPolicy, "strict-origin-when-cross-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if k.Origin.Secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
	err := c.Next()
	if c.Response().StatusCode()/100 == 3 && len(c.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		c.Set(fiber.HeaderCacheControl, "no-store") // browsers keep some redirects for ever
	}
	return err
}

// RequireOwnHost refuses requests that name another host: addresses are made from it further in.
func (k *Kit) RequireOwnHost(c *fiber.Ctx) error {
	if !k.Origin.names[strings.ToLower(string(c.Request().Header.Host()))] {
		if recorder := recorderOf(c); recorder != nil {
			recorder.Add(seclog.HostRefused, "")
		}
		return fiber.NewError(fiber.StatusMisdirectedRequest, "unknown host")
	}
	return c.Next()
}

// Deadline bounds the time of a handler. A handler that has begun when the server stops may finish.
func (k *Kit) Deadline(c *fiber.Ctx) error {
	defer k.within(c, answerMax)()
	return c.Next()
}

// within gives the request's handlers a context that ends after some time. The function that it returns ends it.
func (k *Kit) within(c *fiber.Ctx, most time.Duration) context.CancelFunc {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(k.stopping), most)
	if recorder := recorderOf(c); recorder != nil {
		ctx = seclog.With(ctx, recorder)
	}
	c.SetUserContext(ctx)
	return cancel
}

// SafeMethod reports whether requests with the method change nothing.
func SafeMethod(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead
}

// RequireSameSite refuses requests that another site made the browser send. Browsers state the source of a
// request in Sec-Fetch-Site and Origin; a request that changes something must carry at least one of them.
func (k *Kit) RequireSameSite(c *fiber.Ctx) error {
	site, from := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin)
	switch {
	case from != "" && from != k.Origin.Of(strings.ToLower(string(c.Request().Header.Host()))):
		return CrossSite()
	case site != "" && site != "same-origin" && (site != "none" || !SafeMethod(c.Method())):
		return CrossSite()
	case site == "" && from == "" && !SafeMethod(c.Method()):
		return CrossSite()
	}
	return nil
}

// CrossSite returns the fault for a request that did not come from our own page.
func CrossSite() error { return fault.New(fault.CrossSite) }

// SentByForm reports whether a request has the fields of an HTML form. Fiber's own Is compares extensions of
// files only.
func SentByForm(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationForm)
}
