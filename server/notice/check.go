package notice

import (
	"context"
	"crypto/rand"
	"regexp"
	"strings"
	"time"

	"bompass/shared/i18n"
	"bompass/shared/ident"
)

// Sent is what is shown of a message to whoever knows its number: nothing that gives access, and no personal data.
type Sent struct {
	Number   string
	Channel  Channel
	Kind     Kind
	Language string // in which the message was written
	ShownTo  string // the recipient, masked; empty after an erasure
	At       time.Time
}

// Sents finds messages by their numbers.
type Sents interface {
	// MessageByNumber returns a message that was sent or is being sent; found is false if there is none.
	MessageByNumber(ctx context.Context, number string) (sent Sent, found bool, err error)
}

// newNumber returns a number for a message. It cannot be guessed.
func newNumber() string {
	var random [9]byte
	_, _ = rand.Read(random[:]) // never fails
	return ident.NewMessageNumber(random)
}

// blank is what stands for names, codes and links in the words of a message that was sent.
const blank = "…"

// placeholder matches the place of a parameter in a text.
var placeholder = regexp.MustCompile(`\{[a-z.]+\}`)

// Subject returns the subject of the message; empty for a kind that is a text message only.
func (s Sent) Subject() string {
	key := "mail." + string(s.Kind) + ".subject"
	if words := i18n.For(s.Language); words.Has(key) {
		return placeholder.ReplaceAllString(words.T(key), blank)
	}
	return ""
}

// Words returns the words of the message, without names, codes and links.
func (s Sent) Words() string {
	key := "mail." + string(s.Kind) + ".text"
	if s.Channel == SMS {
		key = "sms." + string(s.Kind)
	}
	text := i18n.For(s.Language).T(key, "number", ident.FormatMessageNumber(s.Number))
	text, _, _ = strings.Cut(text, "\n\n@") // what binds a code to our pages
	return placeholder.ReplaceAllString(text, blank)
}

// mask returns enough of a recipient for the recipient to recognise it: the first letter and the domain of an email
// address, the last digits of a telephone number, the place of a postal address.
func mask(channel Channel, address string) string {
	switch channel {
	case Mail:
		name, domain, ok := strings.Cut(address, "@")
		if !ok || name == "" {
			return ""
		}
		return string([]rune(name)[:1]) + "•••@" + domain
	case SMS:
		const shown = 3
		return "•••" + address[max(0, len(address)-shown):]
	case Paper:
		lines := strings.Split(strings.TrimSpace(address), "\n")
		return lines[len(lines)-1]
	case Decoy:
	}
	return ""
}
