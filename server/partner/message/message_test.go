package message_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"bompass/server/partner/message"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// read is a mail as its recipient's program reads it.
type read struct{ To, Subject, Text, HTML, Language string }

// office is one mailer and what has arrived through it.
type office struct {
	message.Mailer
	arrived func() []read
}

// Everything that sends mail passes the same suite.
func TestEveryMailerCarriesAMailWhole(t *testing.T) {
	for name, open := range mailers() {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			m := letter()
			for range 2 { // handed over again: the same mail, not another one
				if err := o.Mail(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
			want := read{m.To, m.Subject, m.Text, m.HTML, m.Language}
			if diff := cmp.Diff(want, o.arrived()[0]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// ASVS V1.3.11: nothing that a person wrote becomes a header or a further recipient.
func TestEveryMailerRefusesWhatIsNoMail(t *testing.T) {
	for name, open := range mailers() {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			for what, change := range map[string]func(*message.Mail){
				"a header in the subject":     func(m *message.Mail) { m.Subject = "Hei\r\nBcc: thief@bompass.example" },
				"a header in the address":     func(m *message.Mail) { m.To = "kari@bompass.example\r\nBcc: thief@bompass.example" },
				"two addresses":               func(m *message.Mail) { m.To = "kari@bompass.example,thief@bompass.example" },
				"no address":                  func(m *message.Mail) { m.To = "" },
				"an address without an at":    func(m *message.Mail) { m.To = "kari" },
				"no subject":                  func(m *message.Mail) { m.Subject = "" },
				"no text":                     func(m *message.Mail) { m.Text = "" },
				"more text than anyone reads": func(m *message.Mail) { m.Text = strings.Repeat("x", 70<<10) },
				"text that is none":           func(m *message.Mail) { m.Text = "\xff" },
			} {
				m := letter()
				change(&m)
				if err := o.Mail(t.Context(), m); !message.Permanent(err) {
					t.Errorf("%s: got %v, want a refusal for good", what, err)
				}
			}
			if len(o.arrived()) != 0 {
				t.Errorf("%d mails arrived", len(o.arrived()))
			}
		})
	}
}

func letter() message.Mail {
	return message.Mail{
		ID: "0196a000-0000-7000-8000-000000009001", To: "kari@bompass.example", Subject: "Bekreft e-postadressen – på Sørlandet",
		Text: "Hei Kari\n\nTrykk på lenken: https://bompass.example/link?token=" + strings.Repeat("æ", 90) + "\n",
		HTML: "<p>Hei <b>Kari</b></p>\n", Language: "nb", At: noon,
	}
}

func mailers() map[string]func(*testing.T) office {
	return map[string]func(*testing.T) office{
		"the built-in mailbox": func(*testing.T) office {
			box := message.NewInbox(func() time.Time { return noon })
			return office{box, func() (list []read) {
				for _, r := range box.List("") {
					list = append(list, read{r.To, r.Subject, r.Text, r.HTML, r.Language})
				}
				return list
			}}
		},
		"a mail server": func(t *testing.T) office {
			t.Helper()
			s := startServer(t)
			client, err := message.NewSMTP("smtp://bompass:fjord@"+s.address, "Bompass <post@bompass.example>", s.trust)
			if err != nil {
				t.Fatal(err)
			}
			return office{client, s.arrived}
		},
	}
}

func TestSMTPHidesNothingFromTheWorker(t *testing.T) {
	s := startServer(t)
	client, err := message.NewSMTP("smtp://bompass:fjord@"+s.address, "post@bompass.example", s.trust)
	if err != nil {
		t.Fatal(err)
	}
	m := letter()
	m.To = "unknown@bompass.example"
	if err := client.Mail(t.Context(), m); !message.Permanent(err) {
		t.Errorf("a recipient who is unknown: got %v, want a refusal for good", err)
	}
	m.To = "busy@bompass.example"
	if err := client.Mail(t.Context(), m); err == nil || message.Permanent(err) {
		t.Errorf("a full mailbox: got %v, want to try again", err)
	}
	wrong, err := message.NewSMTP("smtp://bompass:wrong@"+s.address, "post@bompass.example", s.trust)
	if err != nil {
		t.Fatal(err)
	}
	if err := wrong.Mail(t.Context(), letter()); err == nil || message.Permanent(err) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("our own wrong password: got %v, want to try again without telling it", err)
	}
	s.Close()
	if err := client.Mail(t.Context(), letter()); err == nil || message.Permanent(err) {
		t.Errorf("a server that is down: got %v, want to try again", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Mail(ctx, letter()); err == nil {
		t.Error("a mail was sent after its time")
	}
}

func TestSMTPWantsAnAddressItUnderstands(t *testing.T) {
	for _, c := range [][2]string{{"mail.bompass.example", "a@b.example"}, {"http://x:1", "a@b.example"}, {"smtp://", "a@b.example"}, {"smtp://x:25", "nobody"}} {
		if _, err := message.NewSMTP(c[0], c[1], nil); err == nil {
			t.Errorf("%q from %q is taken", c[0], c[1])
		}
	}
}

func TestTextMessages(t *testing.T) {
	box := message.NewInbox(func() time.Time { return noon })
	post := message.By{Mailer: box, Texter: box}
	if err := post.Text(t.Context(), message.SMS{ID: "1", To: "+4790000001", Text: "Koden er 123456"}); err != nil {
		t.Fatal(err)
	}
	if got := box.List("+4790000001"); len(got) != 1 || !got[0].SMS || got[0].Text != "Koden er 123456" {
		t.Errorf("got %+v", got)
	}
	for _, m := range []message.SMS{{To: "90000001", Text: "x"}, {To: "+47 900", Text: "x"}, {To: "+4790000001"}, {To: "+4790000001", Text: strings.Repeat("x", 700)}} {
		if err := post.Text(t.Context(), m); !message.Permanent(err) {
			t.Errorf("%+v: got %v, want a refusal for good", m, err)
		}
	}
	err := message.Unset{Variable: "BOMPASS_SMS_URL"}.Text(t.Context(), message.SMS{})
	if !message.Permanent(err) || !strings.Contains(err.Error(), "BOMPASS_SMS_URL") {
		t.Errorf("unset: got %v", err)
	}
}

func TestMailboxForgetsTheOldest(t *testing.T) {
	box := message.NewInbox(func() time.Time { return noon })
	for n := range 600 {
		m := letter()
		m.ID = string(rune(0x4e00 + n))
		if err := box.Mail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if got := box.List(""); len(got) != 500 || got[0].ID != string(rune(0x4e00+599)) {
		t.Errorf("%d kept, newest %q", len(got), got[0].ID)
	}
}

// server is a mail server of another make, in the process.
type server struct {
	*smtp.Server
	address string
	trust   *tls.Config

	mu    sync.Mutex
	mails []read
}

func startServer(t *testing.T) *server {
	t.Helper()
	s := &server{}
	certificate, pool := certificate(t)
	s.trust = &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}
	s.Server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	s.Domain = "localhost"
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// arrived lists the mails, each once: a recipient's program drops a second one with the same id.
func (s *server) arrived() []read {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]read(nil), s.mails...)
}

type session struct {
	s      *server
	opened bool
	to     string
}

func (c *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if name != "bompass" || password != "fjord" {
			return smtp.ErrAuthFailed
		}
		c.opened = true
		return nil
	}), nil
}

func (c *session) Mail(string, *smtp.MailOptions) error {
	if !c.opened {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case strings.HasPrefix(to, "unknown@"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person"}
	case strings.HasPrefix(to, "busy@"):
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "mailbox full"}
	}
	c.to = to
	return nil
}

func (c *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	got := read{To: c.to, Subject: subject, Language: m.Header.Get("Content-Language")}
	if m.Header.Get("Message-Id") != "<0196a000-0000-7000-8000-000000009001@bompass.example>" {
		return errors.New("the mail is not known by its letter")
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return err
		}
		body := strings.ReplaceAll(string(text), "\r\n", "\n")
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			got.HTML = body
		} else {
			got.Text = body
		}
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.mails = append(c.s.mails, got)
	return nil
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }

// certificate is one for localhost that only its holder's pool trusts.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shape := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, shape, shape, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
