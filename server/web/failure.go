package web

import (
	"context"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/shared/fault"
)

// fail answers every error: a fault as the contract says or as a page, anything else without detail
// and with a trace that finds it in the log.
func (s *server) fail(c *fiber.Ctx, err error) error {
	f, status := s.explain(c, err)
	c.Set(fiber.HeaderCacheControl, "no-store")
	if strings.HasPrefix(c.Path(), "/api/") || !safe(c.Method()) && !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationForm) {
		return c.Status(status).JSON(f)
	}
	return s.failurePage(c, status, f)
}

func (s *server) explain(c *fiber.Ctx, err error) (fault.Error, int) {
	trace := traceOf(c)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		out := *f
		out.Trace = trace
		return out, fault.Status(f.Code)
	}
	if e, ok := errors.AsType[*fiber.Error](err); ok && e.Code < fiber.StatusInternalServerError {
		return fault.Error{Code: codeOfStatus(e.Code), Trace: trace}, e.Code
	}
	if errors.Is(err, context.DeadlineExceeded) {
		s.Log.Warn("request took too long", "trace", trace, "method", c.Method(), "path", c.Path(), "err", err)
		return fault.Error{Code: fault.Busy, Trace: trace}, fault.Status(fault.Busy)
	}
	s.Log.Error("request failed", "trace", trace, "method", c.Method(), "path", c.Path(), "err", err)
	return fault.Error{Code: fault.Internal, Trace: trace}, fiber.StatusInternalServerError
}

// codeOfStatus names what the HTTP library itself refuses.
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

func (s *server) notFound(*fiber.Ctx) error { return fault.New(fault.NotFound) }
