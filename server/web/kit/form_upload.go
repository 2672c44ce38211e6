package kit

import (
	"bytes"
	"io"

	"github.com/gofiber/fiber/v2"
)

// uploadsAtOnce is the maximum number of forms with files that are in memory at once.
const uploadsAtOnce = 4

// TakeFiles lets the form at a path be as large as limit bytes, for files. Mount it before the form's handler. Only a person who
// is signed in can send so much; the form is in memory while it is handled.
func (k *Kit) TakeFiles(app *fiber.App, path string, limit int64) {
	k.uploads = append(k.uploads, path)
	app.Post(path, func(c *fiber.Ctx) error {
		if int64(c.Request().Header.ContentLength()) > limit {
			return k.refuseBody(c, limit)
		}
		if err := c.Context().Conn().SetReadDeadline(k.Now().Add(uploadMax)); err != nil {
			return err
		}
		if _, err := k.sessions.Peek(c.UserContext(), k.SessionToken(c)); err != nil {
			c.Context().SetConnectionClose()
			_, _ = io.Copy(io.Discard, io.LimitReader(body(c), limit)) // a browser shows no answer before it has sent all
			c.Request().SetBodyStream(bytes.NewReader(nil), 0)
			return c.Next()
		}
		defer k.within(c, uploadMax)() // the usual time of an answer is for requests that fit in memory
		select {
		case k.receiving <- struct{}{}:
			defer func() { <-k.receiving }()
		case <-c.UserContext().Done():
			return c.UserContext().Err()
		}
		form, err := io.ReadAll(io.LimitReader(body(c), limit+1))
		if err != nil {
			c.Context().SetConnectionClose()
			return BadRequest(err)
		}
		if int64(len(form)) > limit {
			return k.refuseBody(c, limit)
		}
		c.Request().SetBodyStream(bytes.NewReader(form), len(form))
		return c.Next()
	})
}
