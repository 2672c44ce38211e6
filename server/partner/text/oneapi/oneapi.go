// Package oneapi sends text messages through an operator that offers the GSMA's OneAPI 1.0 for outbound messages over
// REST, as operators and aggregators do under addresses of their own.
package oneapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bompass/server/partner/permanent"
	"bompass/server/partner/text"
)

// Limits of a conversation with the operator.
const (
	timeout       = 15 * time.Second
	replyMax      = 64 << 10
	senderNameMax = 11 // characters that a telephone shows in place of a number
)

// Config is the operator and our account with it.
type Config struct {
	Address  string      // including the version: https://api.operator.example/smsmessaging/v1
	Sender   string      // our number, +4759440000
	Name     string      // shown in its place where the operator allows it; may be empty
	User     string      // at the operator
	Password string      // of that user
	Token    string      // where user and password are exchanged for a token (RFC 6749 section 4.4); empty sends them with each message
	Trust    *tls.Config // nil except in tests
	Now      func() time.Time
}

// Client sends text messages through one operator. The id of the message is its correlator: an operator does not
// accept a second message with it. A Client is safe for concurrent use.
type Client struct {
	config Config
	client *http.Client
	tokens *tokenSource // nil if user and password are sent with each message
}

// New returns a Client. Without TLS it speaks only to an operator on the same machine.
func New(o Config) (*Client, error) {
	for _, address := range []string{o.Address, o.Token} {
		u, err := url.Parse(address)
		switch {
		case address == "" && o.Address != "":
			continue
		case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
			return nil, errors.New("the operator's address is not like https://api.operator.example/smsmessaging/v1")
		}
	}
	if err := text.CheckNumber(o.Sender); err != nil {
		return nil, errors.New("the sender is not a number such as +4759440000")
	}
	if len(o.Name) > senderNameMax {
		return nil, fmt.Errorf("the sender's name has more than %d characters", senderNameMax)
	}
	if o.User == "" || o.Password == "" {
		return nil, errors.New("user and password at the operator are missing")
	}
	client := &http.Client{
		Timeout: timeout,
		// A redirect would carry the credentials to another address.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{TLSClientConfig: tlsConfig(o.Trust), MaxIdleConnsPerHost: 2, IdleConnTimeout: timeout},
	}
	a := &Client{config: o, client: client}
	if o.Token != "" {
		a.tokens = &tokenSource{config: o, client: client}
	}
	return a, nil
}

// tlsConfig returns a configuration that needs TLS 1.2 or later.
func tlsConfig(trust *tls.Config) *tls.Config {
	if trust == nil {
		trust = &tls.Config{}
	}
	trust = trust.Clone()
	trust.MinVersion = tls.VersionTLS12
	return trust
}

// outbound is the body of a request.
type outbound struct {
	Request outboundRequest `json:"outboundSMSMessageRequest"`
}

// outboundRequest is the body of a request of OneAPI 4.0 (SMS messaging). The client correlator lets the operator
// detect a message that is sent twice.
type outboundRequest struct {
	Address    []string     `json:"address"`
	Sender     string       `json:"senderAddress"`
	Message    outboundText `json:"outboundSMSTextMessage"`
	Correlator string       `json:"clientCorrelator"`
	Name       string       `json:"senderName,omitempty"`
}

type outboundText struct {
	Message string `json:"message"`
}

// Text hands a message to the operator.
func (a *Client) Text(ctx context.Context, m text.SMS) error {
	if err := m.Check(); err != nil {
		return err
	}
	sender := "tel:" + a.config.Sender
	body, err := json.Marshal(outbound{outboundRequest{
		Address: []string{"tel:" + m.To}, Sender: sender, Message: outboundText{m.Text}, Correlator: m.ID, Name: a.config.Name,
	}})
	if err != nil {
		return permanent.Errorf("text message: %w", err)
	}
	address := strings.TrimRight(a.config.Address, "/") + "/outbound/" + url.PathEscape(sender) + "/requests"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("text message operator: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if err := a.authorize(ctx, r); err != nil {
		return err
	}
	status, reply, err := do(a.client, r)
	if err != nil {
		return err
	}
	// The token may have been revoked before its end; the next attempt gets a new one.
	if status == http.StatusUnauthorized && a.tokens != nil {
		a.tokens.discard()
	}
	return classify(status, reply)
}

// authorize adds the credentials to a request: a bearer token if the operator issues tokens, otherwise user and
// password.
func (a *Client) authorize(ctx context.Context, r *http.Request) error {
	if a.tokens == nil {
		r.SetBasicAuth(a.config.User, a.config.Password)
		return nil
	}
	token, err := a.tokens.token(ctx)
	if err == nil {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return err
}

// do makes a request and returns the status and the body of the reply.
func do(client *http.Client, r *http.Request) (status int, body []byte, err error) {
	reply, err := client.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("text message operator: %w", err)
	}
	defer func() { _ = reply.Body.Close() }()
	if body, err = io.ReadAll(io.LimitReader(reply.Body, replyMax)); err != nil {
		return 0, nil, fmt.Errorf("text message operator: %w", err)
	}
	return reply.StatusCode, body, nil
}

// refusal is the body of a reply with an error.
type refusal struct {
	Error struct {
		Service reason `json:"serviceException"`
		Policy  reason `json:"policyException"`
	} `json:"requestError"`
}

type reason struct {
	ID string `json:"messageId"`
}

// classify returns the error that a reply means. It is permanent only if it concerns this message: another attempt
// may succeed after a wrong password, a used-up quota or an outage.
func classify(status int, body []byte) error {
	if status >= 200 && status <= 299 {
		return nil
	}
	var r refusal
	_ = json.Unmarshal(body, &r) // a body of another kind has no id
	id := r.Error.Service.ID
	if id == "" {
		id = r.Error.Policy.ID
	}
	err := fmt.Errorf("text message operator: %d %s", status, codeForLog(id))
	switch {
	case id == "SVC0005": // the correlator is known: the message was accepted before
		return nil
	case id == "SVC0002" || id == "SVC0003" || id == "SVC0004": // a value, or the address, is invalid
		return permanent.Mark(err)
	case id == "" && (status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge || status == http.StatusUnprocessableEntity):
		return permanent.Mark(err)
	}
	return err
}

// codeForLog returns the operator's code. Any other text may hold the recipient's number and is kept out of the log.
func codeForLog(id string) string {
	if len(id) != 7 || !strings.HasPrefix(id, "SVC") && !strings.HasPrefix(id, "POL") {
		return "without a known code"
	}
	return id
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }
