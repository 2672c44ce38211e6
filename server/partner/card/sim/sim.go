// Package sim is a simulated provider of payments by card for development and tests: Stripe's Checkout Sessions over HTTP with
// a page of its own. What becomes of a payment follows from the number of the card; no bank is asked and no money moves.
package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bompass/server/partner/card/stripe"
	"bompass/shared/money"
)

// The numbers of cards. Those of Stripe are the same as in its test mode.
const (
	Approved = "4242424242424242"
	Declined = "4000000000000002"
	NoFunds  = "4000000000009995"
	Secure   = "4000002760003184" // needs 3-D Secure
	Late     = "4000000000000010" // the answer comes later
	Twice    = "4000000000000028" // the message is sent twice
	Disorder = "4000000000000036" // of two messages, the later one comes first
	Unheard  = "4000000000000044" // no message is sent
)

// Config is how the simulator is reached and what it calls.
type Config struct {
	Address string // of the handler, without a slash at its end
	Key     string // that clients show
	Hook    string // secret that messages are signed with
	Webhook string // address that messages are sent to; empty sends none
	LateBy  time.Duration
	Retry   time.Duration // until a message that was not accepted is sent again; doubled each time
	Now     func() time.Time
}

// tries is how often a message is sent until it is accepted.
const tries = 12

// Session is a Checkout Session with the attempt to pay it.
type Session struct {
	ID, Order, Text, Language string
	Success, Cancel           string // addresses
	Status, Payment           string // in Stripe's words
	Amount                    int64
	Currency                  string
	Until                     time.Time
	Attempt, AttemptState     string // the PaymentIntent
	Decline                   string
	Number                    string // of the card that is paid with
}

// Provider is the simulator. It is safe for concurrent use.
type Provider struct {
	Config

	mux      *http.ServeMux
	client   *http.Client
	mu       sync.Mutex
	sessions map[string]*Session
	orders   map[string]string // ids of sessions by key of idempotency
	charges  []Session         // as they were paid
	broken   http.HandlerFunc  // answers the client's requests; nil works
}

// New returns a simulator.
func New(c Config) *Provider {
	p := &Provider{Config: c, mux: http.NewServeMux(), client: &http.Client{Timeout: 10 * time.Second}, sessions: map[string]*Session{}, orders: map[string]string{}}
	p.mux.HandleFunc("POST /v1/checkout/sessions", p.admit(p.begin))
	p.mux.HandleFunc("GET /v1/checkout/sessions/{id}", p.admit(p.show))
	p.mux.HandleFunc("POST /v1/checkout/sessions/{id}/expire", p.admit(p.expire))
	p.mux.HandleFunc("GET /pay/{id}", p.payPage)
	p.mux.HandleFunc("POST /pay/{id}", p.payForm)
	p.mux.HandleFunc("POST /pay/{id}/bank", p.bankForm)
	return p
}

// ServeHTTP serves the interface and the pages.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// Break answers every request of the client with a handler; nil repairs the simulator.
func (p *Provider) Break(h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = h
}

// Charges returns the sessions that were paid, in the order in which they were.
func (p *Provider) Charges() []Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.charges)
}

// Sessions returns all sessions by the order that they are for.
func (p *Provider) Sessions() map[string]Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string]Session{}
	for _, s := range p.sessions {
		all[s.Order] = *s
	}
	return all
}

// admit admits requests with the key.
func (p *Provider) admit(answer func(w http.ResponseWriter, r *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		broken := p.broken
		p.mu.Unlock()
		switch {
		case broken != nil:
			broken(w, r)
		case r.Header.Get("Authorization") != "Bearer "+p.Key:
			refuse(w, http.StatusUnauthorized, "", "Invalid API Key provided")
		default:
			answer(w, r)
		}
	}
}

// refuse answers with an error as Stripe writes it.
func refuse(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"type": "invalid_request_error", "code": code, "message": text}})
}

// begin creates a session, or returns the one that was created with the same key.
func (p *Provider) begin(w http.ResponseWriter, r *http.Request) {
	amount, err := strconv.ParseInt(r.FormValue("line_items[0][price_data][unit_amount]"), 10, 64)
	until, err2 := strconv.ParseInt(r.FormValue("expires_at"), 10, 64)
	if errors.Join(err, err2) != nil || amount < 1 || r.FormValue("mode") != "payment" || r.FormValue("success_url") == "" {
		refuse(w, http.StatusBadRequest, "parameter_missing", "the session is not complete")
		return
	}
	if amount > 999_999_99 {
		refuse(w, http.StatusBadRequest, "amount_too_large", "Amount must be no more than kr999,999.99")
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := r.Header.Get("Idempotency-Key")
	s := p.sessions[p.orders[key]]
	if s == nil {
		n := len(p.sessions) + 1
		s = &Session{
			ID: fmt.Sprintf("cs_test_%x_%06d", p.Now().UnixNano(), n), Order: r.FormValue("client_reference_id"), Text: r.FormValue("line_items[0][price_data][product_data][name]"),
			Language: r.FormValue("locale"), Success: r.FormValue("success_url"), Cancel: r.FormValue("cancel_url"), Status: "open", Payment: "unpaid",
			Amount: amount, Currency: r.FormValue("line_items[0][price_data][currency]"), Until: time.Unix(until, 0),
		}
		p.sessions[s.ID], p.orders[key] = s, s.ID
	}
	p.send(w, s, false)
}

// session returns a session. It expires when its time is over.
func (p *Provider) session(id string) *Session {
	s := p.sessions[id]
	if s != nil && s.Status == "open" && p.Now().After(s.Until) {
		s.Status = "expired"
		p.tell("checkout.session.expired", s, 1)
	}
	return s
}

func (p *Provider) show(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.session(r.PathValue("id"))
	if s == nil {
		refuse(w, http.StatusNotFound, "resource_missing", "No such checkout.session")
		return
	}
	p.send(w, s, strings.HasPrefix(r.FormValue("expand[0]"), "payment_intent"))
}

func (p *Provider) expire(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.session(r.PathValue("id"))
	if s == nil || s.Status != "open" {
		refuse(w, http.StatusBadRequest, "", "Only Checkout Sessions with a status in [\"open\"] can be expired")
		return
	}
	s.Status = "expired"
	p.tell("checkout.session.expired", s, 1)
	p.send(w, s, r.FormValue("expand[0]") != "")
}

func (p *Provider) send(w http.ResponseWriter, s *Session, expanded bool) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(p.object(s, expanded))
}

// object returns a session as Stripe writes it.
func (p *Provider) object(s *Session, expanded bool) map[string]any {
	o := map[string]any{
		"id": s.ID, "object": "checkout.session", "client_reference_id": s.Order, "status": s.Status, "payment_status": s.Payment,
		"amount_total": s.Amount, "currency": s.Currency, "mode": "payment", "payment_intent": nil, "url": nil,
	}
	if s.Status == "open" {
		o["url"] = p.Address + "/pay/" + s.ID
	}
	if s.Attempt == "" {
		return o
	}
	if !expanded {
		o["payment_intent"] = s.Attempt
		return o
	}
	attempt := map[string]any{"id": s.Attempt, "object": "payment_intent", "status": s.AttemptState, "last_payment_error": nil, "latest_charge": nil}
	if s.Decline != "" {
		attempt["last_payment_error"] = map[string]any{"code": "card_declined", "decline_code": s.Decline}
	}
	if s.Payment == "paid" {
		attempt["latest_charge"] = map[string]any{"id": "ch_" + s.Attempt, "object": "charge", "payment_method_details": map[string]any{
			"type": "card", "card": map[string]any{"brand": "visa", "last4": s.Number[len(s.Number)-4:]},
		}}
	}
	o["payment_intent"] = attempt
	return o
}

// Message returns a message about a session as it would be sent.
func (p *Provider) Message(kind string, s *Session) []byte {
	body, err := json.Marshal(map[string]any{
		"id": "evt_" + s.ID + "_" + kind, "object": "event", "type": kind, "created": p.Now().Unix(), "data": map[string]any{"object": p.object(s, false)},
	})
	if err != nil {
		panic(err) // texts and numbers
	}
	return body
}

// tell sends a message about a session as it is now, several times if it is to be doubled.
func (p *Provider) tell(kind string, s *Session, times int) {
	if p.Webhook == "" || s.Number == Unheard {
		return
	}
	body := p.Message(kind, s)
	for range times {
		go p.deliver(body)
	}
}

// deliver sends a message until it is accepted.
func (p *Provider) deliver(body []byte) {
	wait := p.Retry
	for range tries {
		if p.deliverOnce(body) {
			return
		}
		time.Sleep(wait)
		wait = min(2*wait, time.Minute)
	}
}

func (p *Provider) deliverOnce(body []byte) bool {
	req, err := http.NewRequest(http.MethodPost, p.Webhook, strings.NewReader(string(body))) //nolint:noctx // the client has a timeout
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(stripe.SignatureHeader, stripe.Sign(p.Hook, body, p.Now()))
	resp, err := p.client.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode/100 == 2
}

// Kroner returns the amount of a session.
func (s Session) Kroner() money.Ore { return money.Ore(s.Amount) }
