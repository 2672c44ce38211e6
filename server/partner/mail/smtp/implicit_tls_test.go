package smtp_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"bompass/server/partner/mail/smtp"
	"bompass/server/partner/mail/suite"
	"bompass/server/partner/permanent"
)

// implicitTLS makes a server whose connections begin with TLS (RFC 8314).
func implicitTLS(s *server) { s.scheme, s.implicit = "smtps", true }

// A server whose certificate the client cannot verify gets neither mail nor password. Another attempt may succeed,
// because certificates are renewed.
func TestImplicitTLSRefusesWrongCertificate(t *testing.T) {
	for name, trust := range map[string]func(trusted *tls.Config) *tls.Config{
		"an authority that the system does not have": func(*tls.Config) *tls.Config { return nil },
		"another host's name": func(trusted *tls.Config) *tls.Config {
			trusted.ServerName = "mail.bompass.example"
			return trusted
		},
		"a certificate that has expired": func(trusted *tls.Config) *tls.Config {
			trusted.Time = func() time.Time { return time.Now().AddDate(1, 0, 0) }
			return trusted
		},
	} {
		s := startServer(t, implicitTLS, func(s *server) { s.trust = trust(s.trust) })
		err := client(t, s, "fjord").Mail(t.Context(), suite.Sample())
		unverified, ok := errors.AsType[*tls.CertificateVerificationError](err)
		if !ok || len(unverified.UnverifiedCertificates) != 1 || permanent.Is(err) {
			t.Errorf("%s: got %v", name, err)
		}
		if s.logins() != 0 || len(s.received()) != 0 {
			t.Errorf("%s: %d logins, %d mails", name, s.logins(), len(s.received()))
		}
	}
}

// An address that begins with smtps is never spoken to in the clear, even on the same machine.
func TestImplicitTLSIsNotLeftOut(t *testing.T) {
	s := startServer(t, func(s *server) { s.scheme, s.TLSConfig, s.AllowInsecureAuth = "smtps", nil, true })
	for name, trust := range map[string]*tls.Config{"trusted": s.trust, "the system's authorities": nil} {
		s.trust = trust
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := client(t, s, "fjord").Mail(ctx, suite.Sample())
		if _, ok := errors.AsType[tls.RecordHeaderError](err); !ok || permanent.Is(err) {
			t.Errorf("%s: got %v, want an answer that is not TLS", name, err)
		}
		if s.logins() != 0 || len(s.received()) != 0 {
			t.Errorf("%s: %d logins, %d mails", name, s.logins(), len(s.received()))
		}
	}
}

// A client that expects STARTTLS does not wait for the greeting of a server that waits for TLS, once the context ends.
func TestStartTLSClientLeavesServerOfImplicitTLS(t *testing.T) {
	s := startServer(t, implicitTLS, func(s *server) { s.scheme = "smtp" })
	wantTimeout(t, client(t, s, "fjord"))
}

// A server that accepts the connection and then says nothing, or stops in the middle of the handshake, holds the
// sender until the context ends and no longer.
func TestImplicitTLSHandshakeEndsWithContext(t *testing.T) {
	for name, reply := range map[string][]byte{"silence": nil, "half a record": {0x16, 0x03, 0x03, 0x40, 0x00, 0x02}} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		closed := make(chan error, 1)
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()
			_, _ = conn.Write(reply)
			for b := make([]byte, 4096); err == nil; { // until the client closes the connection
				_, err = conn.Read(b)
			}
			closed <- err
		}()
		c, err := smtp.New("smtps://bompass:fjord@"+listener.Addr().String(), "post@bompass.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		wantTimeout(t, c)
		select {
		case <-closed:
		case <-time.After(10 * time.Second):
			t.Errorf("%s: the connection stays open", name)
		}
		_ = listener.Close()
	}
}

// wantTimeout requires that an attempt ends with its context, after 200 ms, with an error that may pass.
func wantTimeout(t *testing.T, c *smtp.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- c.Mail(ctx, suite.Sample()) }()
	select {
	case err := <-ended:
		if err == nil || permanent.Is(err) || ctx.Err() == nil {
			t.Errorf("got %v, want an error that may pass, after the context", err)
		}
	case <-time.After(15 * time.Second): // the client's own limit is 30
		t.Error("the attempt outlives its context")
	}
}

// Without a port, mail over implicit TLS goes to the port of that service (RFC 8314 section 3.3).
func TestImplicitTLSHasItsOwnPort(t *testing.T) {
	c, err := smtp.New("smtps://127.0.0.1", "post@bompass.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := c.Mail(ctx, suite.Sample()); err == nil || !strings.Contains(err.Error(), "127.0.0.1:465") {
		t.Errorf("got %v, want a failure to connect to port 465", err)
	}
}
