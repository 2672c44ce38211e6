package kit_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"bompass/server/web/kit"
)

// A form with files may take longer to arrive than an answer: its handler has time of its own. One that is too large is refused.
func TestFormWithFilesHasTimeOfItsOwn(t *testing.T) {
	const limit = 3 << 20 // more than other bodies may have
	address := serve(t, func(app *fiber.App, k *kit.Kit) {
		app.Use(func(c *fiber.Ctx) error {
			over, end := context.WithCancel(c.UserContext())
			end() // the time of an answer is over
			c.SetUserContext(over)
			return c.Next()
		})
		k.TakeFiles(app, "/form", limit)
		app.Post("/form", func(c *fiber.Ctx) error {
			if err := c.UserContext().Err(); err != nil {
				return err
			}
			return c.SendString(strconv.Itoa(len(c.Body())))
		})
	})
	if status, _, body := send(t, http.MethodPost, address+"/form", strings.NewReader(strings.Repeat("x", limit))); status != http.StatusOK || string(body) != strconv.Itoa(limit) {
		t.Errorf("a form as large as it may be: %d %s", status, body)
	}
	if status, _, _ := send(t, http.MethodPost, address+"/form", strings.NewReader(strings.Repeat("x", limit+1))); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form that is too large: %d", status)
	}
}
