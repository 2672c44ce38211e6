package kit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/apiclient"
)

// Handler answers a request of a person who is authorized for the route.
type Handler[Req, Reply any] func(ctx context.Context, actor access.Principal, req Req) (Reply, error)

// JSON mounts a customer's route that answers with JSON. The functions in then run after the handler has
// succeeded, before the reply is written.
func JSON[Req, Reply any](
	app *fiber.App, k *Kit, r api.Route[Req, Reply], handle Handler[Req, Reply], then ...func(*fiber.Ctx),
) {
	app.Add(r.Method, r.Path, func(c *fiber.Ctx) error {
		actor, err := k.Admit(c, r.Endpoint)
		if err != nil {
			return err
		}
		var req Req
		if err := Decode(c, &req); err != nil {
			return err
		}
		reply, err := handle(c.UserContext(), actor, req)
		if err != nil {
			return err
		}
		for _, f := range then {
			f(c)
		}
		k.SaveAccountPreferences(c, actor)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.JSON(reply)
	})
}

// Answer answers a GET of a customer's route within the server: query is the text after the question mark. The actor is
// authorized for the route first.
func Answer[Req, Reply any](
	ctx context.Context, k *Kit, r api.Route[Req, Reply], actor access.Principal, query string, handle Handler[Req, Reply],
) (any, error) {
	if err := k.Authorize(ctx, Caller{Kind: Person, Person: actor}, r.Endpoint); err != nil {
		return nil, err
	}
	var req Req
	if err := apiclient.ParseQuery(query, &req); err != nil {
		return nil, BadRequest(err)
	}
	return handle(ctx, actor, req)
}

// File is the answer of a route mounted with Download. It is closed once it has been sent.
type File struct {
	Name string // that the browser proposes
	Type string // media type
	Size int64  // in bytes; -1 if it is not known
	Body io.ReadCloser
	Show bool // by the browser, which otherwise saves it
}

// filePolicy is the content security policy of a file that the browser shows: its own viewer has styles, and no scripts of ours.
const filePolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Download mounts a customer's route that answers with a file. Its body is streamed and never held in memory.
func Download[Req, Reply any](app *fiber.App, k *Kit, r api.Route[Req, Reply], handle Handler[Req, File]) {
	app.Add(r.Method, r.Path, func(c *fiber.Ctx) error {
		actor, err := k.Admit(c, r.Endpoint)
		if err != nil {
			return err
		}
		var req Req
		if err := Decode(c, &req); err != nil {
			return err
		}
		file, err := handle(c.UserContext(), actor, req)
		if err != nil {
			return err
		}
		k.SaveAccountPreferences(c, actor)
		SendFile(c, file)
		return nil
	})
}

// SendFile answers with a file.
func SendFile(c *fiber.Ctx, file File) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, file.Type)
	disposition := "attachment"
	if file.Show {
		disposition = "inline"
		c.Set(fiber.HeaderContentSecurityPolicy, filePolicy)
	}
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType(disposition, map[string]string{"filename": file.Name}))
	c.Context().Response.SetBodyStream(file.Body, int(file.Size))
}

// UploadedFile is what a route mounted with Upload receives.
type UploadedFile struct {
	Type string    // media type that the sender states; it is not to be trusted
	Body io.Reader // returns the fault TooLarge after the route's limit
}

// Upload mounts a customer's route whose body is a file of at most limit bytes. The body is streamed to the
// handler, which has to read all of it; what it has stored must be discarded if reading fails.
func Upload[Reply any](
	app *fiber.App, k *Kit, r api.Route[api.Empty, Reply], limit int64, handle Handler[UploadedFile, Reply],
) {
	k.uploads = append(k.uploads, r.Path)
	app.Add(r.Method, r.Path, func(c *fiber.Ctx) error {
		reply, err := receive(c, k, r.Endpoint, limit, handle)
		if err != nil {
			c.Context().SetConnectionClose() // the rest of the body is not read
			return err
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.JSON(reply)
	})
}

// receive authorizes an upload and passes its body to the handler with a deadline of its own. The announced length
// is checked first, so that a file that is too large is refused before it is sent.
func receive[Reply any](
	c *fiber.Ctx, k *Kit, e api.Endpoint, limit int64, handle Handler[UploadedFile, Reply],
) (reply Reply, err error) {
	actor, err := k.Admit(c, e)
	if err != nil {
		return reply, err
	}
	if int64(c.Request().Header.ContentLength()) > limit {
		return reply, TooLarge(limit)
	}
	if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" {
		return reply, BadRequest(fmt.Errorf("content encoding %q: send the file as it is", encoding))
	}
	// The usual limits of time are for requests that fit in memory.
	if err := c.Context().Conn().SetReadDeadline(k.Now().Add(uploadMax)); err != nil {
		return reply, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(k.stopping), uploadMax)
	defer cancel()
	file := UploadedFile{Type: c.Get(fiber.HeaderContentType), Body: &limitedReader{from: body(c), limit: limit}}
	return handle(ctx, actor, file)
}

// body returns a request's body, streamed if it is larger than what the server reads ahead.
func body(c *fiber.Ctx) io.Reader {
	if stream := c.Context().RequestBodyStream(); stream != nil {
		return stream
	}
	return bytes.NewReader(c.Request().Body())
}
