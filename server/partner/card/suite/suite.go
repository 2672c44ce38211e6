// Package suite is the conformance suite of providers of payments by card: the same tests for every adapter, over a real
// connection to a simulator or to a maker's test environment.
package suite

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"bompass/server/partner/card"
	"bompass/shared/fault"
)

// Provider is one provider behind its adapter.
type Provider struct {
	Provider card.Provider
	WrongKey card.Provider // the adapter with a key that the provider does not know
	Now      func() time.Time
	// Pay pays a session as a person does on the provider's page, with a card that is accepted or declined.
	Pay func(id string, accepted bool)
	// Sign returns a message about a session as it is, with its signature made at an instant and the secret, or with another.
	Sign func(id string, at time.Time, forged bool) (signature string, body []byte)
	// Break answers every request with a handler; nil repairs the provider.
	Break func(http.HandlerFunc)
}

// Run tests a provider; open returns a fresh one.
func Run(t *testing.T, open func(t *testing.T) Provider) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Provider){
		"a session is begun once": once, "an approved card": approved, "a declined card": declined, "a cancelled session": cancelled,
		"a session that was paid meanwhile": paidMeanwhile, "signed messages": messages, "wrong key": wrongKey, "faulty answers": faulty,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// order returns an order with an id.
func (p Provider) order(id string) card.Order {
	return card.Order{
		ID: id, Amount: 123_45, Text: "Faktura 100001", Language: "nb", Paid: "https://bompass.example/paid", Cancelled: "https://bompass.example/left",
		Until: p.Now().Add(31 * time.Minute),
	}
}

// begin begins a session.
func (p Provider) begin(t *testing.T, id string) card.Session {
	t.Helper()
	s, err := p.Provider.Begin(t.Context(), p.order(id))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// again asks for a session.
func (p Provider) again(t *testing.T, id string) card.Session {
	t.Helper()
	s, err := p.Provider.Session(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func once(t *testing.T, p Provider) {
	t.Helper()
	s := p.begin(t, "order-1")
	if !s.Open || s.Done || s.Paid || s.Order != "order-1" || s.Amount != 123_45 || s.Currency != card.NOK || s.Address == "" || s.ID == "" {
		t.Errorf("%+v", s)
	}
	if same := p.begin(t, "order-1"); same.ID != s.ID {
		t.Errorf("the same order is begun as %s and %s", s.ID, same.ID)
	}
	if other := p.begin(t, "order-2"); other.ID == s.ID {
		t.Errorf("another order has the session %s", s.ID)
	}
	if _, err := p.Provider.Session(t.Context(), "cs_nobody"); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("an unknown session: %v", err)
	}
	large := p.order("order-3")
	large.Amount = 1 << 50
	if _, err := p.Provider.Begin(t.Context(), large); !errors.Is(err, card.ErrAmount) {
		t.Errorf("too large an amount: %v", err)
	}
}

func approved(t *testing.T, p Provider) {
	t.Helper()
	s := p.begin(t, "order-1")
	p.Pay(s.ID, true)
	if got := p.again(t, s.ID); !got.Paid || got.Open || !got.Done || got.Reference == "" || got.Brand != "visa" || len(got.LastFour) != 4 || got.Amount != 123_45 {
		t.Errorf("%+v", got)
	}
}

func declined(t *testing.T, p Provider) {
	t.Helper()
	s := p.begin(t, "order-1")
	p.Pay(s.ID, false)
	if got := p.again(t, s.ID); got.Paid || !got.Open || got.Declined == "" {
		t.Errorf("%+v", got)
	}
	if got, err := p.Provider.Cancel(t.Context(), s.ID); err != nil || got.Open || got.Paid || got.Declined == "" {
		t.Errorf("ended: %+v, %v", got, err)
	}
}

func cancelled(t *testing.T, p Provider) {
	t.Helper()
	s := p.begin(t, "order-1")
	for range 2 { // the second time it is ended already
		if got, err := p.Provider.Cancel(t.Context(), s.ID); err != nil || got.Open || got.Done || got.Paid || got.Declined != "" {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func paidMeanwhile(t *testing.T, p Provider) {
	t.Helper()
	s := p.begin(t, "order-1")
	p.Pay(s.ID, true)
	if got, err := p.Provider.Cancel(t.Context(), s.ID); err != nil || !got.Paid {
		t.Errorf("%+v, %v", got, err)
	}
}

func messages(t *testing.T, p Provider) {
	t.Helper()
	s := p.begin(t, "order-1")
	p.Pay(s.ID, true)
	signature, body := p.Sign(s.ID, p.Now(), false)
	if got, err := p.Provider.Read(signature, body); err != nil || got.ID != s.ID || got.Order != "order-1" || !got.Paid || got.Amount != 123_45 || got.Reference == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := p.Provider.Read(signature, append(body, ' ')); !errors.Is(err, card.ErrForged) {
		t.Errorf("a changed body: %v", err)
	}
	for _, wrong := range []string{"", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=" + signature} {
		if _, err := p.Provider.Read(wrong, body); !errors.Is(err, card.ErrForged) {
			t.Errorf("the signature %q: %v", wrong, err)
		}
	}
	for _, old := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
		signature, body := p.Sign(s.ID, p.Now().Add(old), false)
		if _, err := p.Provider.Read(signature, body); !errors.Is(err, card.ErrStale) {
			t.Errorf("signed %s from now: %v", old, err)
		}
	}
	signature, body = p.Sign(s.ID, p.Now(), true)
	if _, err := p.Provider.Read(signature, body); !errors.Is(err, card.ErrForged) {
		t.Errorf("another secret: %v", err)
	}
}

func wrongKey(t *testing.T, p Provider) {
	t.Helper()
	if _, err := p.WrongKey.Begin(t.Context(), p.order("order-1")); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("got %v", err)
	}
}

// faulty checks that answers which are no sessions are never taken for one.
func faulty(t *testing.T, p Provider) {
	t.Helper()
	s := p.begin(t, "order-1")
	for name, answer := range map[string]string{
		"empty": "", "no JSON": "<html>", "another object": `{"id":"x","object":"charge","payment_status":"paid"}`, "no id": `{"object":"checkout.session","payment_status":"paid"}`, "cut off": `{"id":"cs_1","object":"che`,
	} {
		p.Break(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) })
		if got, err := p.Provider.Session(t.Context(), s.ID); fault.CodeOf(err) != fault.PartnerDown || got.Paid {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	p.Break(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	if _, err := p.Provider.Begin(t.Context(), p.order("order-2")); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("a broken provider: %v", err)
	}
	p.Break(nil)
	if got := p.again(t, s.ID); !got.Open {
		t.Errorf("repaired: %+v", got)
	}
}
