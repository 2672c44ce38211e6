package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"

	"github.com/gofiber/fiber/v2"

	"bompass/shared/apiclient"
)

// Decode reads a route's request. Fields that the contract does not have are refused, so that a misspelt
// filter never means "everything".
func Decode(c *fiber.Ctx, req any) error {
	if SafeMethod(c.Method()) {
		if err := apiclient.ParseQuery(string(c.Request().URI().QueryString()), req); err != nil {
			return BadRequest(err)
		}
		return nil
	}
	body, err := JSONBody(c)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(req); err != nil {
		return BadRequest(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return BadRequest(errors.New("more than one value"))
	}
	return nil
}

// JSONBody returns the body of a request whose content type is JSON.
func JSONBody(c *fiber.Ctx) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON {
		return nil, BadRequest(errors.New("content type must be application/json"))
	}
	body := c.Request().Body()
	if len(body) > jsonBytesMax {
		return nil, TooLarge(jsonBytesMax)
	}
	return body, nil
}
