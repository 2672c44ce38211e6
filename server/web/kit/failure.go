package kit

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/shared/fault"
	"bompass/shared/site"
)

// fail answers every error: a fault as JSON or as a page, any other error without detail and with a trace
// that finds it in the log. A file that a person opens in a tab fails as a page does.
func (k *Kit) fail(c *fiber.Ctx, err error) error {
	f, status := k.Explain(c, err)
	c.Set(fiber.HeaderCacheControl, "no-store")
	SetRetryAfter(c, f)
	if strings.HasPrefix(c.Path(), "/api/") && navigates(c) {
		if f.Code == fault.SignedOut {
			return c.Redirect(site.Login, fiber.StatusSeeOther)
		}
		return k.sendFailure(c, status, f)
	}
	if strings.HasPrefix(c.Path(), "/api/") || !SafeMethod(c.Method()) && !SentByForm(c) {
		return c.Status(status).JSON(f)
	}
	return k.sendFailure(c, status, f)
}

// navigates reports whether the browser opens the address in a tab.
func navigates(c *fiber.Ctx) bool {
	return SafeMethod(c.Method()) && c.Get("Sec-Fetch-Mode") == "navigate"
}

// Explain returns the fault and the HTTP status that answer an error, and logs an error that is not a fault.
func (k *Kit) Explain(c *fiber.Ctx, err error) (fault.Error, int) {
	trace := TraceOf(c)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		out := *f
		out.Trace = trace
		noteFault(c, f.Code)
		return out, fault.Status(f.Code)
	}
	if e, ok := errors.AsType[*fiber.Error](err); ok && e.Code < fiber.StatusInternalServerError {
		return fault.Error{Code: codeOfStatus(e.Code), Trace: trace}, e.Code
	}
	if errors.Is(err, context.DeadlineExceeded) {
		k.Log.Warn("request timed out", "trace", trace, "method", c.Method(), "path", c.Path(), "error", err)
		return fault.Error{Code: fault.Busy, Trace: trace}, fault.Status(fault.Busy)
	}
	k.Log.Error("handle request", "trace", trace, "method", c.Method(), "path", c.Path(), "error", err)
	return fault.Error{Code: fault.Internal, Trace: trace}, fiber.StatusInternalServerError
}

// codeOfStatus returns the code for what the HTTP library itself refuses.
func codeOfStatus(status int) fault.Code {
	switch status {
	case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
		return fault.NotFound
	case fiber.StatusRequestEntityTooLarge, fiber.StatusRequestHeaderFieldsTooLarge:
		return fault.TooLarge
	default:
		return fault.BadRequest
	}
}

// Misspelt redirects an address in capital letters or with a slash at its end to the page that is meant. Any other
// address does not exist.
func (k *Kit) Misspelt(c *fiber.Ctx) error {
	meant := strings.ToLower(strings.TrimRight(c.Path(), "/"))
	if meant == c.Path() || !slices.Contains(append(site.Pages(), site.Rendered()...), meant) {
		return k.NotFound(c)
	}
	if query := c.Request().URI().QueryString(); len(query) > 0 {
		meant += "?" + string(query)
	}
	return c.Redirect(meant, fiber.StatusMovedPermanently)
}

// NotFound answers an address that does not exist.
func (k *Kit) NotFound(*fiber.Ctx) error { return fault.New(fault.NotFound) }

// failurePage is the page of an error.
type failurePage struct {
	Page
	Text  string
	Trace string
}

// sendFailure renders what happened, what to do and how to reach customer service.
func (k *Kit) sendFailure(c *fiber.Ctx, status int, f fault.Error) error {
	v := &failurePage{Page: *k.failedPage(c, f), Trace: f.Trace}
	v.Program = ""
	v.Title, v.Text = v.T("app.error.title"), v.Fault(&f)
	if f.Code == fault.NotFound {
		v.Title, v.Text, v.Trace = v.T("app.missing.title"), v.T("app.missing.text"), ""
	}
	return k.Send(c, status, "failure", v)
}

// failedPage returns the page of an error, in the frame of the program for people who are signed in. When the server
// itself fails, nothing is asked of the database.
func (k *Kit) failedPage(c *fiber.Ctx, f fault.Error) *Page {
	if f.Code == fault.Internal || f.Code == fault.Busy {
		return k.NewPage(c)
	}
	// The context of the request ended with its handler.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(k.stopping), answerMax)
	defer cancel()
	c.SetUserContext(ctx)
	actor, err := k.sessions.Peek(ctx, k.SessionToken(c))
	if err != nil {
		return k.NewPage(c)
	}
	p, err := k.SignedInPage(c, actor)
	if err != nil {
		return k.NewPage(c)
	}
	return p
}
