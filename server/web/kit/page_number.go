package kit

import (
	"crypto/rand"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// stepUpKey is the local value of a request whose answer asks for a proof: where the person goes afterwards.
const stepUpKey = "step up"

// StepUpWanted reports whether the answer sends the person to confirm a factor, and where they go afterwards.
func StepUpWanted(c *fiber.Ctx) (back string, wanted bool) {
	back, wanted = c.Locals(stepUpKey).(string)
	return back, wanted
}

// numbered returns a form's token with the number of the page, by which the same form is recognised when it is sent
// twice.
func numbered(token string) string { return token + "." + rand.Text() }

// NewKey returns the key of a form, by which its request is known.
func NewKey() string { return rand.Text() }

// formToken returns a form's token without the number of the page.
func formToken(sent string) string {
	token, _, _ := strings.Cut(sent, ".")
	return token
}

// HasPageNumber reports whether a form's token has the number of a page.
func HasPageNumber(sent string) bool {
	_, number, _ := strings.Cut(sent, ".")
	return number != ""
}
