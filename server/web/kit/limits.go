package kit

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/shared/api"
	"bompass/shared/fault"
)

// Limits of requests and connections.
const (
	bodyBytesMax   = api.BatchBytesMax // of any body that is not an upload
	jsonBytesMax   = 64 << 10
	FormBytesMax   = 8 << 10
	headerBytesMax = 16 << 10
	readMax        = 15 * time.Second // a request must have arrived
	answerMax      = 20 * time.Second // a handler must be done
	uploadMax      = 5 * time.Minute  // an uploaded file must have arrived and be stored
	writeMax       = 60 * time.Second // an answer must have left; the program is 1.5 MB on a slow line
	idleMax        = 75 * time.Second // longer than the proxies' usual 60 s
)

// LimitBody refuses bodies of more than bodyBytesMax bytes, except on routes mounted with Upload, which have
// a limit of their own. It reads chunked bodies, whose length is not announced, into memory.
func (k *Kit) LimitBody(c *fiber.Ctx) error {
	stream := c.Context().RequestBodyStream()
	if stream == nil || k.isUpload(c.Path()) {
		return c.Next()
	}
	if c.Request().Header.ContentLength() > bodyBytesMax {
		return k.refuseBody(c, bodyBytesMax)
	}
	body, err := io.ReadAll(io.LimitReader(stream, bodyBytesMax+1))
	if err != nil {
		c.Context().SetConnectionClose()
		return BadRequest(err)
	}
	if len(body) > bodyBytesMax {
		return k.refuseBody(c, bodyBytesMax)
	}
	c.Request().SetBodyStream(bytes.NewReader(body), len(body))
	return c.Next()
}

// refuseBody returns the fault for a body that is too large. The connection is closed, because the rest of
// the body would be read as the next request.
func (k *Kit) refuseBody(c *fiber.Ctx, limit int64) error {
	c.Context().SetConnectionClose()
	return TooLarge(limit)
}

// isUpload reports whether a path belongs to a route that was mounted with Upload.
func (k *Kit) isUpload(path string) bool {
	for _, pattern := range k.uploads {
		if fiber.RoutePatternMatch(path, pattern, fiber.Config{CaseSensitive: true, StrictRouting: true}) {
			return true
		}
	}
	return false
}

const reasonBytesMax = 200

// BadRequest returns the fault for a request that is not what the contract says.
func BadRequest(err error) error {
	why := err.Error()
	if len(why) > reasonBytesMax {
		why = why[:reasonBytesMax]
	}
	return fault.New(fault.BadRequest, "why", why)
}

// TooLarge returns the fault for a body of more than limit bytes.
func TooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "max", strconv.FormatInt(limit, 10))
}

// limitedReader returns the fault TooLarge once more than limit bytes have been read.
type limitedReader struct {
	from  io.Reader
	limit int64
	read  int64
}

// Read reads at most one byte more than the limit, to find out whether there are more.
func (r *limitedReader) Read(p []byte) (int, error) {
	if left := r.limit - r.read + 1; int64(len(p)) > left {
		p = p[:left]
	}
	n, err := r.from.Read(p)
	r.read += int64(n)
	if r.read > r.limit {
		return 0, TooLarge(r.limit)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, BadRequest(err)
	}
	return n, err
}
