package webtest

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"bompass/server/partner/card/sim"
	"bompass/server/partner/card/stripe"
	"bompass/server/payment"
	"bompass/server/store/paymentdb"
	"bompass/server/web"
	"bompass/server/web/hook"
)

// Times of the simulated provider of payments by card, short so that tests are.
const (
	cardLateBy = 200 * time.Millisecond
	cardRetry  = 50 * time.Millisecond
)

// Till is a Server that takes payments by card, connected over HTTP to the simulated provider.
type Till struct {
	*Server
	Cards    *sim.Provider
	Payments *payment.Service
	Mute     atomic.Bool // the provider's messages do not arrive, and are not sent again
}

// CardSecret is the secret that messages of the simulated provider are signed with.
const CardSecret = "whsec_of_the_tests"

// NewTill returns a Till with the demo data. Options are applied after its own.
func NewTill(t *testing.T, options ...option) *Till {
	t.Helper()
	till := &Till{}
	var late atomic.Pointer[sim.Provider]
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == hook.CardPath { // the way of the messages
			till.relay(w, r)
			return
		}
		late.Load().ServeHTTP(w, r)
	}))
	t.Cleanup(outside.Close)
	own := func(d *web.Deps) {
		h, ok := d.Overview.(*Server)
		if !ok {
			t.Fatal("the overview is not this server's")
		}
		till.Cards = sim.New(sim.Config{
			Address: outside.URL, Key: "sk_of_the_tests", Hook: CardSecret, Webhook: outside.URL + hook.CardPath, LateBy: cardLateBy, Retry: cardRetry, Now: h.Now,
		})
		late.Store(till.Cards)
		provider, err := stripe.New(stripe.Config{Address: outside.URL, Origin: outside.URL, Key: "sk_of_the_tests", Hook: CardSecret, Now: h.Now})
		if err != nil {
			t.Fatal(err)
		}
		till.Payments = payment.NewService(paymentdb.New(h.DB), provider, d.PublicURL, h.Now, d.Log)
		d.Payments = till.Payments
	}
	till.Server = New(t, append([]option{own}, options...)...)
	return till
}

// relay passes a message on to the server, unless it is mute.
func (t *Till) relay(w http.ResponseWriter, r *http.Request) {
	if t.Mute.Load() {
		return
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, t.URL+hook.CardPath, r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	req.Header = r.Header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
}
