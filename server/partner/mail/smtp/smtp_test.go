package smtp_test

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"bompass/server/partner/internal/certificate"
	"bompass/server/partner/mail"
	"bompass/server/partner/mail/smtp"
	"bompass/server/partner/mail/suite"
)

// The client behaves alike whether TLS begins with STARTTLS or with the connection.
func TestSMTPPassesTheSuite(t *testing.T) {
	for name, change := range map[string]func(*server){"STARTTLS": func(*server) {}, "implicit TLS": implicitTLS} {
		t.Run(name, func(t *testing.T) {
			suite.Run(t, func(t *testing.T) suite.Setup {
				t.Helper()
				s := startServer(t, change)
				return suite.Setup{
					Mailer: client(t, s, "fjord"), WrongPassword: client(t, s, "wrong"), Received: s.received,
					Stop: func() { _ = s.listener.Close() },
				}
			})
		})
	}
}

func client(t *testing.T, s *server, password string) *smtp.Client {
	t.Helper()
	c, err := smtp.New(s.scheme+"://bompass:"+password+"@"+s.address, "Bompass <post@bompass.example>", s.trust)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestInvalidAddressOfServerOrSenderIsRefused(t *testing.T) {
	for _, c := range [][2]string{{"mail.bompass.example", "a@b.example"}, {"http://x:1", "a@b.example"}, {"smtp://", "a@b.example"}, {"smtp://x:25", "nobody"}} {
		if _, err := smtp.New(c[0], c[1], nil); err == nil {
			t.Errorf("%q from %q is accepted", c[0], c[1])
		}
	}
}

// A server that does not offer TLS, or whose certificate nobody vouches for, gets neither mail nor password.
func TestMailIsSentOverTrustedTLSOnly(t *testing.T) {
	for name, change := range map[string]func(*server){
		"a certificate that nobody vouches for": func(s *server) { s.trust = &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS12} },
		"no TLS":                                func(s *server) { s.TLSConfig, s.AllowInsecureAuth = nil, true },
	} {
		s := startServer(t, change, func(s *server) { s.open = true })
		// Without a password, too: the library by itself protects passwords only.
		anonymous, err := smtp.New("smtp://"+s.address, "Bompass <post@bompass.example>", s.trust)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []*smtp.Client{client(t, s, "fjord"), anonymous} {
			if err := c.Mail(t.Context(), suite.Sample()); err == nil || s.logins() != 0 || len(s.received()) != 0 {
				t.Errorf("%s: got %v, %d logins, %d mails", name, err, s.logins(), len(s.received()))
			}
		}
	}
}

// server is a mail server of another make, in the process.
type server struct {
	*gosmtp.Server
	scheme   string // of the client's address
	implicit bool   // TLS begins with the connection
	open     bool   // mail is accepted without a password
	address  string
	listener net.Listener
	trust    *tls.Config
	stopped  chan struct{}

	mu       sync.Mutex
	mails    map[string]suite.Received // by message id
	loggedIn int
}

func startServer(t *testing.T, changes ...func(*server)) *server {
	t.Helper()
	s := &server{scheme: "smtp", mails: map[string]suite.Received{}, stopped: make(chan struct{})}
	held, trust := certificate.New(t)
	s.trust = trust
	s.Server = gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &session{s: s}, nil }))
	s.Domain, s.TLSConfig = "localhost", held
	for _, change := range changes {
		change(s)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	if s.implicit {
		listener = tls.NewListener(listener, s.TLSConfig)
	}
	s.listener = listener
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { close(s.stopped); _ = s.Close() })
	return s
}

// received returns the mails, each once: a recipient's program drops a second copy with the same message id.
func (s *server) received() (list []suite.Received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mails {
		list = append(list, m)
	}
	return list
}

func (s *server) logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loggedIn
}

// session is one connection to the server.
type session struct {
	s             *server
	authenticated bool
	to            string
}

func (c *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
		c.s.loggedIn++
		if name != "bompass" || password != "fjord" {
			return gosmtp.ErrAuthFailed
		}
		c.authenticated = true
		return nil
	}), nil
}

func (c *session) Mail(string, *gosmtp.MailOptions) error {
	if !c.authenticated && !c.s.open {
		return gosmtp.ErrAuthRequired
	}
	return nil
}

func (c *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	switch to {
	case suite.Unknown:
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no such person"}
	case suite.Busy:
		return &gosmtp.SMTPError{Code: 452, EnhancedCode: gosmtp.EnhancedCode{4, 2, 2}, Message: "mailbox full"}
	case suite.Slow:
		<-c.s.stopped
	}
	c.to = to
	return nil
}

func (c *session) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	id := m.Header.Get("Message-Id")
	if id != "<"+suite.Sample().ID+"@bompass.example>" || m.Header.Get("Auto-Submitted") != "auto-generated" {
		return errors.New("the headers lack the id of the message")
	}
	got := message{To: c.to, Subject: subject, Language: m.Header.Get("Content-Language")}
	if err := got.take(m.Header.Get("Content-Type"), m.Body); err != nil {
		return err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.mails[id] = suite.Received(got)
	return nil
}

// message is a mail as it is read, part by part.
type message suite.Received

// take reads the parts of a mail or of one of its parts.
func (m *message) take(contentType string, body io.Reader) error {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	for parts := multipart.NewReader(body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.takePart(part); err != nil {
			return err
		}
	}
}

func (m *message) takePart(part *multipart.Part) error {
	kind := part.Header.Get("Content-Type")
	if strings.HasPrefix(kind, "multipart/") {
		return m.take(kind, part)
	}
	if part.FileName() != "" {
		content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		media, _, _ := strings.Cut(kind, ";")
		m.Files = append(m.Files, mail.File{Name: part.FileName(), Type: media, Body: content})
		return err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(part))
	plain := strings.ReplaceAll(string(text), "\r\n", "\n")
	if strings.HasPrefix(kind, "text/html") {
		m.HTML = plain
	} else {
		m.Text = plain
	}
	return err
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }
