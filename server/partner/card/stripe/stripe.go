// Package stripe fills the role of a provider of payments by card with Stripe: Checkout Sessions over its HTTP interface, and
// its signed webhooks.
package stripe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bompass/server/partner/card"
	"bompass/shared/fault"
	"bompass/shared/money"
)

// Address and Page are where Stripe's interface and its page are.
const (
	Address = "https://api.stripe.com"
	Page    = "https://checkout.stripe.com"
)

// version is the version of Stripe's interface that the adapter is written for.
const version = "2025-03-31.basil"

// Limits of one request.
const (
	timeout  = 15 * time.Second
	bytesMax = 1 << 20
)

// Config is how Stripe is reached.
type Config struct {
	Address string // without a slash at its end
	Origin  string // of the page that people pay on
	Key     string // secret key of the interface
	Hook    string // secret that messages are signed with
	Now     func() time.Time
}

// Provider is Stripe. It is safe for concurrent use.
type Provider struct {
	Config

	client *http.Client
}

// New returns a Provider. It returns an error for an incomplete configuration.
func New(c Config) (*Provider, error) {
	if c.Key == "" || c.Hook == "" || c.Now == nil {
		return nil, errors.New("card: key, webhook secret and clock are needed")
	}
	u, err := url.Parse(c.Address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("card: %q is no address", c.Address)
	}
	return &Provider{Config: c, client: &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Page returns the origin of the page that people pay on.
func (p *Provider) Page() string { return p.Origin }

const sessions = "/v1/checkout/sessions"

// Begin creates a session. Stripe returns the first one for the same key of idempotency.
func (p *Provider) Begin(ctx context.Context, o card.Order) (card.Session, error) {
	form := url.Values{
		"mode": {"payment"}, "payment_method_types[0]": {"card"}, "client_reference_id": {o.ID}, "locale": {o.Language},
		"success_url": {o.Paid}, "cancel_url": {o.Cancelled}, "expires_at": {strconv.FormatInt(o.Until.Unix(), 10)},
		"line_items[0][quantity]": {"1"}, "line_items[0][price_data][currency]": {card.NOK},
		"line_items[0][price_data][unit_amount]":        {strconv.FormatInt(int64(o.Amount), 10)},
		"line_items[0][price_data][product_data][name]": {o.Text},
	}
	return p.ask(ctx, http.MethodPost, sessions, form, o.ID)
}

// expand makes Stripe add the attempt to pay and its card.
const expand = "payment_intent.latest_charge"

// Session asks for a session.
func (p *Provider) Session(ctx context.Context, id string) (card.Session, error) {
	return p.ask(ctx, http.MethodGet, sessions+"/"+url.PathEscape(id)+"?"+url.Values{"expand[0]": {expand}}.Encode(), nil, "")
}

// Cancel expires a session. Stripe refuses that for one that is not open: what has become of it is returned.
func (p *Provider) Cancel(ctx context.Context, id string) (card.Session, error) {
	s, err := p.ask(ctx, http.MethodPost, sessions+"/"+url.PathEscape(id)+"/expire", url.Values{"expand[0]": {expand}}, "")
	if refused, ok := errors.AsType[*refusal](err); ok && refused.status == http.StatusBadRequest {
		return p.Session(ctx, id)
	}
	return s, err
}

// refusal is an answer of Stripe that is not a session.
type refusal struct {
	status int
	Code   string `json:"code"`
	Text   string `json:"message"`
}

// Error returns what Stripe says.
func (r *refusal) Error() string { return fmt.Sprintf("status %d %s: %s", r.status, r.Code, r.Text) }

// down returns the fault for a provider that does not answer as it should, with the cause for the log.
func down(err error) error {
	return errors.Join(fault.New(fault.PartnerDown, "partner", "card"), err)
}

// ask sends a request and reads the session that answers it. key is the request's key of idempotency; empty for none.
func (p *Provider) ask(ctx context.Context, method, path string, form url.Values, key string) (card.Session, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.Address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return card.Session{}, fmt.Errorf("card: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+p.Key)
	req.Header.Set("Stripe-Version", version)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return card.Session{}, down(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, bytesMax))
	if err != nil {
		return card.Session{}, down(err)
	}
	if resp.StatusCode != http.StatusOK {
		refused := struct{ Error refusal }{refusal{Text: string(body[:min(len(body), 200)])}}
		_ = json.Unmarshal(body, &refused)
		refused.Error.status = resp.StatusCode
		if strings.HasPrefix(refused.Error.Code, "amount_too_") {
			return card.Session{}, card.ErrAmount
		}
		return card.Session{}, down(&refused.Error)
	}
	return parse(body)
}

// attempt is Stripe's PaymentIntent: an attempt to pay, of which a webhook has the id alone.
type attempt struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Last   *struct {
		Code    string `json:"code"`
		Decline string `json:"decline_code"`
	} `json:"last_payment_error"`
	Charge json.RawMessage `json:"latest_charge"`
}

// parse reads a session.
func parse(body []byte) (s card.Session, err error) {
	var wire struct {
		ID       string          `json:"id"`
		Object   string          `json:"object"`
		Order    string          `json:"client_reference_id"`
		URL      string          `json:"url"`
		Status   string          `json:"status"`
		Payment  string          `json:"payment_status"`
		Amount   int64           `json:"amount_total"`
		Currency string          `json:"currency"`
		Attempt  json.RawMessage `json:"payment_intent"`
	}
	if err := json.Unmarshal(body, &wire); err != nil || wire.Object != "checkout.session" || wire.ID == "" {
		return s, down(errors.Join(err, errors.New("the answer is no session")))
	}
	s = card.Session{
		ID: wire.ID, Order: wire.Order, Address: wire.URL, Open: wire.Status == "open", Done: wire.Status == "complete",
		Paid: wire.Payment == "paid", Amount: money.Ore(wire.Amount), Currency: wire.Currency,
	}
	if isObject(wire.Attempt) {
		var a attempt
		if err := json.Unmarshal(wire.Attempt, &a); err != nil {
			return s, down(err)
		}
		s.Reference, s.Action = a.ID, a.Status == "requires_action"
		s.Failed = s.Done && !s.Paid && (a.Status == "requires_payment_method" || a.Status == "canceled")
		if a.Last != nil {
			if s.Declined = a.Last.Decline; s.Declined == "" {
				s.Declined = a.Last.Code
			}
		}
		s.Brand, s.LastFour = cardOf(a.Charge)
	} else {
		_ = json.Unmarshal(wire.Attempt, &s.Reference) // the id alone, or null
	}
	return s, nil
}

// cardOf returns the brand and the last four digits of a charge's card.
func cardOf(charge json.RawMessage) (brand, lastFour string) {
	var wire struct {
		Details struct {
			Card struct {
				Brand string `json:"brand"`
				Last4 string `json:"last4"`
			} `json:"card"`
		} `json:"payment_method_details"`
	}
	if isObject(charge) {
		_ = json.Unmarshal(charge, &wire)
	}
	return wire.Details.Card.Brand, wire.Details.Card.Last4
}

func isObject(value json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(value), []byte("{"))
}
