package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"bompass/shared/apiclient"
	"bompass/shared/fault"
)

// decode reads a route's request. Fields that the contract does not know are refused, so that a
// misspelt filter never silently means "everything".
func decode(c *fiber.Ctx, req any) error {
	if safe(c.Method()) {
		if err := apiclient.ParseQuery(string(c.Request().URI().QueryString()), req); err != nil {
			return badRequest(err)
		}
		return nil
	}
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON {
		return badRequest(errors.New("content type must be application/json"))
	}
	body := c.Request().Body()
	if len(body) > jsonBytesMax {
		return tooLarge(jsonBytesMax)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(req); err != nil {
		return badRequest(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badRequest(errors.New("more than one value"))
	}
	return nil
}

const whyMax = 200

func badRequest(err error) error {
	why := err.Error()
	if len(why) > whyMax {
		why = why[:whyMax]
	}
	return fault.New(fault.BadRequest, "why", why)
}

func tooLarge(limit int) error {
	return fault.New(fault.TooLarge, "max", strconv.Itoa(limit))
}
