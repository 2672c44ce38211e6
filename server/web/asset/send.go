package asset

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Send answers with the smallest encoding that the client accepts, or that its copy still holds.
func (f File) Send(c *fiber.Ctx, cache string) error {
	body, encoding := f.Raw, ""
	switch accepted := c.Get(fiber.HeaderAcceptEncoding); {
	case f.Brotli != nil && accepts(accepted, "br"):
		body, encoding = f.Brotli, "br"
	case f.Gzip != nil && accepts(accepted, "gzip"):
		body, encoding = f.Gzip, "gzip"
	}
	// Each encoding has a tag of its own, because strong tags identify bytes (RFC 9110 section 8.8.3.3).
	tag := `"` + f.Tag + `"`
	if encoding != "" {
		tag = `"` + f.Tag + "-" + encoding + `"`
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, cache)
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderContentType, f.Type)
	if sameTag(c.Get(fiber.HeaderIfNoneMatch), tag) {
		c.Response().Header.Del(fiber.HeaderContentEncoding)
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Response().SetBodyRaw(body)
	return nil
}

// accepts reports whether an Accept-Encoding header accepts a coding, which it does unless its weight is 0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !found || err == nil && value > 0
	}
	return false
}

// sameTag reports whether an If-None-Match header has the tag. Weak and strong tags are compared alike, as RFC 9110
// section 13.1.2 requires for this header.
func sameTag(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == tag {
			return true
		}
	}
	return false
}
