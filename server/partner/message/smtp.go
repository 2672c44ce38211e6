package message

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// smtpMax bounds one conversation with the mail server.
const smtpMax = 30 * time.Second

// SMTP sends mail to a mail server, a connection a letter: letters are few and servers forget idle
// connections.
type SMTP struct {
	client *gomail.Client
	from   *mail.Address
	host   string // of the sender, for message ids
}

// NewSMTP reads an address such as smtp://user:password@mail.bompass.example:587, which must offer
// STARTTLS, or smtps://…:465. From is the sender, with or without a name. Trust is nil except in
// tests. Plain text is spoken only to a server on this very machine.
func NewSMTP(address, from string, trust *tls.Config) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the mail server's address is not like smtp://user:password@host:587")
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("the sender %q is not like Bompass <post@bompass.example>", from)
	}
	options := []gomail.Option{gomail.WithTimeout(smtpMax), gomail.WithTLSPolicy(gomail.TLSMandatory)}
	switch {
	case u.Scheme == "smtps":
		options = append(options, gomail.WithSSL())
	case trust == nil && loopback(u.Hostname()):
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if trust != nil {
		options = append(options, gomail.WithTLSConfig(trust))
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		options = append(options, gomail.WithPort(port))
	}
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(name), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &SMTP{client: client, from: sender, host: hostOf(sender.Address)}, nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

func hostOf(address string) string {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == '@' {
			return address[i+1:]
		}
	}
	return address
}

// Mail hands a mail to the server. A refusal for good, a 5xx about the recipient or the content, is
// permanent.
func (s *SMTP) Mail(ctx context.Context, m Mail) error {
	if err := m.check(); err != nil {
		return err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	if err := msg.To(m.To); err != nil {
		return refuse("the mail's address is none: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(m.ID + "@" + s.host)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Language != "" {
		msg.SetGenHeader("Content-Language", m.Language)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	if err := s.client.DialAndSendWithContext(ctx, msg); err != nil {
		return explain(err)
	}
	return nil
}

// explain tells a refusal for good from a server that is down or busy.
func explain(err error) error {
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() {
		switch refused.Reason {
		case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
			return permanent{fmt.Errorf("mail server: %w", err)}
		default: // our own sender or the connection: the next try may do
		}
	}
	return fmt.Errorf("mail server: %w", err)
}
