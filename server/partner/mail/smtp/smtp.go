// Package smtp sends mail through a mail server (RFC 5321), over TLS.
package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"bompass/server/partner/mail"
	"bompass/server/partner/permanent"
)

// timeout is the maximum duration of one conversation with the mail server.
const timeout = 30 * time.Second

// replyPermanent is the first reply code that means a permanent error (RFC 5321 section 4.2.1).
const replyPermanent = 500

// Client sends mail through one server, with a connection for each mail: mails are few, and servers close idle
// connections. It is safe for concurrent use.
type Client struct {
	server  string
	options []gomail.Option
	tls     *tls.Config // nil for a connection that begins without TLS
	from    *netmail.Address
	domain  string // of the sender, for message ids
}

// New returns a Client for an address such as smtp://user:password@mail.bompass.example:587, whose server must offer
// STARTTLS, or smtps://…:465, where TLS begins with the connection. from is the sender, with or without a name. trust is nil except in tests. Without TLS
// it speaks only to a server on the same machine.
func New(address, from string, trust *tls.Config) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the mail server's address is not like smtp://user:password@host:587")
	}
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("the sender %q is not like Bompass <post@bompass.example>", from)
	}
	options := []gomail.Option{gomail.WithTimeout(timeout), gomail.WithTLSPolicy(gomail.TLSMandatory)}
	var implicit *tls.Config
	switch {
	case u.Scheme == "smtps":
		options = append(options, gomail.WithSSLPort(false))
		if implicit = trust; implicit == nil {
			implicit = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
		}
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
		options = append(options, authentication(implicit != nil), gomail.WithUsername(name), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(u.Hostname(), options...); err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &Client{server: u.Hostname(), options: options, tls: implicit, from: sender, domain: hostOf(sender.Address)}, nil
}

// authentication returns the choice of a mechanism that the server offers. go-mail's own choice takes a connection
// that we dial for one without TLS, and finds no mechanism on a server that offers the password in plain text alone.
func authentication(implicit bool) gomail.Option {
	if !implicit {
		return gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover)
	}
	return gomail.WithOpportunisticSMTPAuth(
		gomail.SMTPAuthSCRAMSHA256PLUS, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1PLUS, gomail.SMTPAuthSCRAMSHA1,
		gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
}

// connect returns a client for one conversation, whose connection is closed when ctx ends. go-mail itself heeds the
// context only until it is connected.
func (s *Client) connect(ctx context.Context) (client *gomail.Client, stop func(), err error) {
	release := func() {}
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		unwatch := context.AfterFunc(ctx, func() { _ = conn.Close() })
		release = func() { unwatch() }
		if s.tls != nil {
			return tls.Client(conn, s.tls), nil
		}
		return conn, nil
	}
	client, err = gomail.NewClient(s.server, append(slices.Clone(s.options), gomail.WithDialContextFunc(dial))...)
	return client, func() { release() }, err
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

// Mail hands a mail to the server. A reply of 5xx about the recipient or the content is a permanent error.
func (s *Client) Mail(ctx context.Context, m mail.Mail) error {
	if err := m.Check(); err != nil {
		return err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	if err := msg.To(m.To); err != nil {
		return permanent.Errorf("invalid email address: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(m.ID + "@" + s.domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Language != "" {
		msg.SetGenHeader("Content-Language", m.Language)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, f := range m.Files {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Body), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return fmt.Errorf("file %s: %w", f.Name, err)
		}
	}
	client, stop, err := s.connect(ctx)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	defer stop()
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return classify(err)
	}
	return nil
}

// classify returns an error of the server, marked as permanent if another attempt cannot succeed.
func classify(err error) error {
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= replyPermanent { // a timeout has no code
		switch refused.Reason {
		case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
			return permanent.Errorf("mail server: %w", err)
		default: // our own sender, our credentials or the connection: another attempt may succeed
		}
	}
	return fmt.Errorf("mail server: %w", err)
}
