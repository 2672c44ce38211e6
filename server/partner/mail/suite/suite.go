// Package suite is the conformance suite of the role mail: every Mailer passes it, the simulator and the real ones.
package suite

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/partner/mail"
	"bompass/server/partner/permanent"
)

// The addresses whose mail the partner of a Setup refuses.
const (
	Unknown = "unknown@bompass.example" // for good
	Busy    = "busy@bompass.example"    // for now
	Slow    = "slow@bompass.example"    // no reply
)

// Received is a mail as the recipient's program shows it.
type Received struct {
	To, Subject, Text, HTML, Language string
	Files                             []mail.File
}

// Setup is a Mailer with the partner behind it. WrongPassword and Stop are nil for a partner without credentials or
// connection.
type Setup struct {
	Mailer        mail.Mailer
	Received      func() []Received // what arrived, once for each message id
	WrongPassword mail.Mailer       // the same with the password "wrong"
	Stop          func()            // ends the partner
}

// Sample is a mail with every field set.
func Sample() mail.Mail {
	return mail.Mail{
		ID: "0196a000-0000-7000-8000-000000009001", To: "kari@bompass.example", Subject: "Bekreft e-postadressen – på Sørlandet",
		Text: "Hei Kari\n\nTrykk på lenken: https://bompass.example/link?token=" + strings.Repeat("æ", 90) + "\n",
		HTML: "<p>Hei <b>Kari</b></p>\n", Language: "nb", At: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC),
		Files: []mail.File{{Name: "faktura-100001.pdf", Type: "application/pdf", Body: []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n.\n" + strings.Repeat("\x00\r\n", 900))}},
	}
}

// Run runs the suite. open returns a new Setup.
func Run(t *testing.T, open func(t *testing.T) Setup) {
	t.Helper()
	t.Run("mail arrives whole", func(t *testing.T) { arrives(t, open(t)) })
	t.Run("invalid mail is refused for good", func(t *testing.T) { refusesInvalid(t, open(t)) })
	t.Run("failures are classified", func(t *testing.T) { classifies(t, open(t)) })
	t.Run("a slow partner ends with the context", func(t *testing.T) { endsWithContext(t, open(t)) })
	t.Run("wrong credentials may be put right", func(t *testing.T) { refusesCredentials(t, open(t)) })
	t.Run("a partner that is down may come back", func(t *testing.T) { survivesOutage(t, open(t)) })
}

func arrives(t *testing.T, s Setup) {
	t.Helper()
	m := Sample()
	for range 2 { // another attempt sends the same mail, not a second one
		if err := s.Mailer.Mail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	want := []Received{{m.To, m.Subject, m.Text, m.HTML, m.Language, m.Files}}
	if diff := cmp.Diff(want, s.Received()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ASVS V1.3.11: nothing that a person wrote becomes a header or another recipient.
func refusesInvalid(t *testing.T, s Setup) {
	t.Helper()
	for what, change := range map[string]func(*mail.Mail){
		"a header in the subject":   func(m *mail.Mail) { m.Subject = "Hei\r\nBcc: thief@bompass.example" },
		"a header in the address":   func(m *mail.Mail) { m.To = "kari@bompass.example\r\nBcc: thief@bompass.example" },
		"two addresses":             func(m *mail.Mail) { m.To = "kari@bompass.example,thief@bompass.example" },
		"no address":                func(m *mail.Mail) { m.To = "" },
		"an address without an at":  func(m *mail.Mail) { m.To = "kari" },
		"an address that is long":   func(m *mail.Mail) { m.To = strings.Repeat("k", 250) + "@bompass.example" },
		"no subject":                func(m *mail.Mail) { m.Subject = "" },
		"a long subject":            func(m *mail.Mail) { m.Subject = strings.Repeat("x", 201) },
		"no text":                   func(m *mail.Mail) { m.Text = "" },
		"a long text":               func(m *mail.Mail) { m.Text = strings.Repeat("x", 70<<10) },
		"a text that is not UTF-8":  func(m *mail.Mail) { m.Text = "\xff" },
		"a form that is not UTF-8":  func(m *mail.Mail) { m.HTML = "\xff" },
		"a control in the address":  func(m *mail.Mail) { m.To = "ka\x00ri@bompass.example" },
		"a file without a name":     func(m *mail.Mail) { m.Files[0].Name = "" },
		"a header in a file's name": func(m *mail.Mail) { m.Files[0].Name = "a.pdf\r\nBcc: thief@bompass.example" },
		"a header in a file's type": func(m *mail.Mail) { m.Files[0].Type = "text/plain\r\nBcc: thief@bompass.example" },
		"a path as a file's name":   func(m *mail.Mail) { m.Files[0].Name = "../a.pdf" },
		"files that are large":      func(m *mail.Mail) { m.Files[0].Body = make([]byte, 16<<20) },
		"a blank inside an address": func(m *mail.Mail) { m.To = "ka ri@bompass.example" },
	} {
		m := Sample()
		change(&m)
		if err := s.Mailer.Mail(t.Context(), m); !permanent.Is(err) {
			t.Errorf("%s: got %v, want a permanent error", what, err)
		}
	}
	if got := s.Received(); len(got) != 0 {
		t.Errorf("%d mails arrived", len(got))
	}
}

func classifies(t *testing.T, s Setup) {
	t.Helper()
	m := Sample()
	m.To = Unknown
	if err := s.Mailer.Mail(t.Context(), m); !permanent.Is(err) {
		t.Errorf("an unknown recipient: got %v, want a permanent error", err)
	}
	m.To = Busy
	if err := s.Mailer.Mail(t.Context(), m); err == nil || permanent.Is(err) {
		t.Errorf("a full mailbox: got %v, want an error that may pass", err)
	}
	if got := s.Received(); len(got) != 0 {
		t.Errorf("%d mails arrived", len(got))
	}
}

func endsWithContext(t *testing.T, s Setup) {
	t.Helper()
	m := Sample()
	m.To = Slow
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := s.Mailer.Mail(ctx, m); err == nil || permanent.Is(err) {
		t.Errorf("got %v, want an error that may pass", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if err := s.Mailer.Mail(ctx, Sample()); err == nil || len(s.Received()) != 0 {
		t.Errorf("after the context had ended: %v, %d mails arrived", err, len(s.Received()))
	}
}

func refusesCredentials(t *testing.T, s Setup) {
	t.Helper()
	if s.WrongPassword == nil {
		t.Skip("the partner has no credentials")
	}
	if err := s.WrongPassword.Mail(t.Context(), Sample()); err == nil || permanent.Is(err) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("got %v, want an error that may pass and does not hold the password", err)
	}
}

func survivesOutage(t *testing.T, s Setup) {
	t.Helper()
	if s.Stop == nil {
		t.Skip("the partner has no connection")
	}
	s.Stop()
	if err := s.Mailer.Mail(t.Context(), Sample()); err == nil || permanent.Is(err) {
		t.Errorf("got %v, want an error that may pass", err)
	}
}
