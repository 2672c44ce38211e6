package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/partner/message"
)

const inboxPath = "/dev/inbox"

// mountInbox shows the built-in mailbox where there is one. It is anybody's to read, so it exists only
// while the product is being tried out.
func (s *server) mountInbox() {
	if s.Inbox == nil {
		return
	}
	s.app.Get(inboxLetterPath, s.inboxLetter)
	s.app.Get(inboxPath, func(c *fiber.Ctx) error {
		s.chooseLanguage(c)
		v := s.view(c)
		v.Title, v.Self = v.T("ways.inbox.title"), inboxPath
		for _, r := range s.Inbox.List(c.Query("to")) {
			v.Inbox = append(v.Inbox, received{Received: r, When: v.Instant(r.At), Pieces: pieces(r.Text)})
		}
		return s.pages.send(c, fiber.StatusOK, "inbox", v)
	})
}

// inboxLetterPath shows a letter on paper as it would be printed.
const inboxLetterPath = "/dev/inbox/:id"

// inboxLetter is sandboxed: what is printed needs styles of its own, and nothing else.
func (s *server) inboxLetter(c *fiber.Ctx) error {
	letter, there := s.Inbox.Find(c.Params("id"))
	if !there || !letter.Paper {
		return s.notFound(c)
	}
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString(letter.HTML)
}

// received is a message as the mailbox shows it.
type received struct {
	message.Received
	When   string
	Pieces []piece
}

// piece is a word of a message: text, or a link that can be followed.
type piece struct {
	Text string
	Link bool
}

// pieces finds the links in a text.
func pieces(text string) (list []piece) {
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
