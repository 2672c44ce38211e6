package portal

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/partner/mail"
	"bompass/server/partner/mail/sim"
	"bompass/server/web/kit"
)

// The pages of the built-in mailbox: all messages, and a letter as it would be printed.
const (
	inboxPath       = "/dev/inbox"
	inboxLetterPath = "/dev/inbox/:id"
	inboxFilePath   = "/dev/inbox/:id/:file"
)

// inboxView is the content of the page of the built-in mailbox.
type inboxView struct {
	kit.Page
	Inbox []received
}

// mountInbox adds the built-in mailbox. Anyone can read it, so it exists only while the product is tried out.
func (h *Handlers) mountInbox(app *fiber.App) {
	app.Get(inboxLetterPath, h.inboxLetter)
	app.Get(inboxFilePath, h.inboxFile)
	app.Get(inboxPath, h.inboxPage)
}

func (h *Handlers) inboxPage(c *fiber.Ctx) error {
	p, err := h.PublicPage(c)
	if err != nil {
		return err
	}
	v := &inboxView{Page: *p}
	v.Title = v.T("inbox.title")
	for _, r := range h.Inbox.List(c.Query("to")) {
		v.Inbox = append(v.Inbox, received{Received: r, When: v.Instant(r.At), Pieces: splitLinks(r.Text)})
	}
	return h.Send(c, fiber.StatusOK, "inbox", v)
}

// inboxLetter sends a letter sandboxed: print needs styles of its own, and nothing else.
func (h *Handlers) inboxLetter(c *fiber.Ctx) error {
	letter, there := h.Inbox.Find(c.Params("id"))
	if !there || !letter.Paper {
		return h.NotFound(c)
	}
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString(letter.HTML)
}

// inboxFile sends a file that a message has brought.
func (h *Handlers) inboxFile(c *fiber.Ctx) error {
	letter, there := h.Inbox.Find(c.Params("id"))
	at := slices.IndexFunc(letter.Files, func(f mail.File) bool { return f.Name == c.Params("file") })
	if !there || at < 0 {
		return h.NotFound(c)
	}
	c.Set(fiber.HeaderContentType, letter.Files[at].Type)
	c.Set(fiber.HeaderContentDisposition, "attachment")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(letter.Files[at].Body)
}

// received is a message as the mailbox shows it.
type received struct {
	sim.Received
	When   string
	Pieces []piece
}

// piece is a part of a message: text or a link.
type piece struct {
	Text string
	Link bool
}

// splitLinks splits a text into its links and the text between them.
func splitLinks(text string) (list []piece) {
	for text != "" {
		at := strings.Index(text, "http")
		if at < 0 || !strings.HasPrefix(text[at:], "http://") && !strings.HasPrefix(text[at:], "https://") {
			return append(list, piece{Text: text})
		}
		end := strings.IndexAny(text[at:], " \n\t")
		if end < 0 {
			end = len(text) - at
		}
		list = append(list, piece{Text: text[:at]}, piece{Text: text[at : at+end], Link: true})
		text = text[at+end:]
	}
	return list
}
