// Package suite is the conformance suite of the role text: every Texter passes it, the simulator and the real ones.
package suite

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/partner/permanent"
	"bompass/server/partner/text"
)

// The numbers whose messages the partner of a Setup refuses.
const (
	Unknown = "+4790000404" // for good
	Busy    = "+4790000429" // for now
	Slow    = "+4790000408" // no reply
)

// Received is a message on a telephone.
type Received struct{ To, Text string }

// Setup is a Texter with the partner behind it. WrongPassword and Stop are nil for a partner without credentials or
// connection.
type Setup struct {
	Texter        text.Texter
	Received      func() []Received // what arrived, once for each message id
	WrongPassword text.Texter       // the same with the password "wrong"
	Stop          func()            // ends the partner
}

// Sample is a text message.
func Sample() text.SMS {
	return text.SMS{ID: "0196a000-0000-7000-8000-000000009002", To: "+4790000001", Text: "Koden er 123456 – på Sørlandet"}
}

// Run runs the suite. open returns a new Setup.
func Run(t *testing.T, open func(t *testing.T) Setup) {
	t.Helper()
	t.Run("a message arrives once", func(t *testing.T) { arrives(t, open(t)) })
	t.Run("an invalid message is refused for good", func(t *testing.T) { refusesInvalid(t, open(t)) })
	t.Run("failures are classified", func(t *testing.T) { classifies(t, open(t)) })
	t.Run("a slow partner ends with the context", func(t *testing.T) { endsWithContext(t, open(t)) })
	t.Run("wrong credentials may be put right", func(t *testing.T) { refusesCredentials(t, open(t)) })
	t.Run("a partner that is down may come back", func(t *testing.T) { survivesOutage(t, open(t)) })
}

// arrives checks that a message arrives once, although it is handed over twice.
func arrives(t *testing.T, s Setup) {
	t.Helper()
	m := Sample()
	for range 2 { // another attempt sends the same message, not a second one
		if err := s.Texter.Text(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]Received{{m.To, m.Text}}, s.Received()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// refusesInvalid checks that invalid messages are refused with a permanent error.
func refusesInvalid(t *testing.T, s Setup) {
	t.Helper()
	for what, change := range map[string]func(*text.SMS){
		"a number without a country": func(m *text.SMS) { m.To = "90000001" },
		"a number with a blank":      func(m *text.SMS) { m.To = "+47 900" },
		"a number that is short":     func(m *text.SMS) { m.To = "+4790" },
		"a number that is long":      func(m *text.SMS) { m.To = "+4790000001234567" },
		"no text":                    func(m *text.SMS) { m.Text = "" },
		"a long text":                func(m *text.SMS) { m.Text = strings.Repeat("x", 613) },
		"a text that is not UTF-8":   func(m *text.SMS) { m.Text = "\xff" },
	} {
		m := Sample()
		change(&m)
		if err := s.Texter.Text(t.Context(), m); !permanent.Is(err) {
			t.Errorf("%s: got %v, want a permanent error", what, err)
		}
	}
	if got := s.Received(); len(got) != 0 {
		t.Errorf("%d messages arrived", len(got))
	}
}

// classifies checks which refusals are permanent. Errors are logged, so they do not contain the number.
func classifies(t *testing.T, s Setup) {
	t.Helper()
	m := Sample()
	m.To = Unknown
	if err := s.Texter.Text(t.Context(), m); !permanent.Is(err) || strings.Contains(err.Error(), m.To[1:]) {
		t.Errorf("an unknown number: got %v, want a permanent error without the number", err)
	}
	m.To = Busy
	if err := s.Texter.Text(t.Context(), m); err == nil || permanent.Is(err) {
		t.Errorf("too many messages: got %v, want an error that may pass", err)
	}
	if got := s.Received(); len(got) != 0 {
		t.Errorf("%d messages arrived", len(got))
	}
}

// endsWithContext checks that sending ends with its context.
func endsWithContext(t *testing.T, s Setup) {
	t.Helper()
	m := Sample()
	m.To = Slow
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := s.Texter.Text(ctx, m); err == nil || permanent.Is(err) {
		t.Errorf("got %v, want an error that may pass", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if err := s.Texter.Text(ctx, Sample()); err == nil || len(s.Received()) != 0 {
		t.Errorf("after the context had ended: %v, %d messages arrived", err, len(s.Received()))
	}
}

// refusesCredentials checks that wrong credentials are no permanent error: the message can be sent once they are
// corrected. The password is not in the error.
func refusesCredentials(t *testing.T, s Setup) {
	t.Helper()
	if s.WrongPassword == nil {
		t.Skip("the partner has no credentials")
	}
	if err := s.WrongPassword.Text(t.Context(), Sample()); err == nil || permanent.Is(err) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("got %v, want an error that may pass and does not hold the password", err)
	}
}

// survivesOutage checks that an outage of the partner is no permanent error.
func survivesOutage(t *testing.T, s Setup) {
	t.Helper()
	if s.Stop == nil {
		t.Skip("the partner has no connection")
	}
	s.Stop()
	if err := s.Texter.Text(t.Context(), Sample()); err == nil || permanent.Is(err) {
		t.Errorf("got %v, want an error that may pass", err)
	}
}
