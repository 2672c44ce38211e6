package message

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
)

// Limits of a conversation with the operator of text messages.
const (
	operatorMax      = 15 * time.Second
	operatorBytesMax = 64 << 10
	senderNameMax    = 11 // letters that a telephone shows in place of a number
)

// Operator is how an operator of text messages is reached, in the shape of the GSMA's OneAPI 1.0 for
// outbound messages over REST, which operators and aggregators offer under their own addresses.
type Operator struct {
	Address  string      // up to and with the version: https://api.operator.example/smsmessaging/v1
	Sender   string      // our number, +4759440000
	Name     string      // shown in its place where the operator allows it; may be empty
	User     string      // at the operator
	Password string      // of that user
	Token    string      // where user and password are exchanged for a token, RFC 6749 section 4.4; empty sends them along
	Trust    *tls.Config // nil except in tests
	Now      func() time.Time
}

// OneAPI sends text messages through an operator. The letter's id goes along as the correlator: an
// operator that has taken a message under it does not take it again.
type OneAPI struct {
	operator Operator
	client   *http.Client
	grant    *grant // nil where user and password go along
}

// NewOneAPI returns a OneAPI. Plain http is spoken only to this very machine.
func NewOneAPI(o Operator) (*OneAPI, error) {
	for _, address := range []string{o.Address, o.Token} {
		u, err := url.Parse(address)
		switch {
		case address == "" && o.Address != "":
			continue
		case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
			return nil, errors.New("the operator's address is not like https://api.operator.example/smsmessaging/v1")
		}
	}
	if err := (SMS{To: o.Sender, Text: "x"}).check(); err != nil {
		return nil, errors.New("the sender is not a number such as +4759440000")
	}
	if len(o.Name) > senderNameMax {
		return nil, fmt.Errorf("the sender's name has more than %d letters", senderNameMax)
	}
	if o.User == "" || o.Password == "" {
		return nil, errors.New("user and password at the operator are missing")
	}
	client := &http.Client{
		Timeout:       operatorMax,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{TLSClientConfig: trusting(o.Trust), MaxIdleConnsPerHost: 2, IdleConnTimeout: operatorMax},
	}
	a := &OneAPI{operator: o, client: client}
	if o.Token != "" {
		a.grant = &grant{operator: o, client: client}
	}
	return a, nil
}

func trusting(trust *tls.Config) *tls.Config {
	if trust == nil {
		trust = &tls.Config{}
	}
	trust = trust.Clone()
	trust.MinVersion = tls.VersionTLS12
	return trust
}

// outbound is the request of OneAPI.
type outbound struct {
	Request outboundRequest `json:"outboundSMSMessageRequest"`
}

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
func (a *OneAPI) Text(ctx context.Context, m SMS) error {
	if err := m.check(); err != nil {
		return err
	}
	sender := "tel:" + a.operator.Sender
	body, err := json.Marshal(outbound{outboundRequest{
		Address: []string{"tel:" + m.To}, Sender: sender, Message: outboundText{m.Text}, Correlator: m.ID, Name: a.operator.Name,
	}})
	if err != nil {
		return refuse("text message: %w", err)
	}
	address := strings.TrimRight(a.operator.Address, "/") + "/outbound/" + url.PathEscape(sender) + "/requests"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("operator of text messages: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if err := a.sign(ctx, r); err != nil {
		return err
	}
	status, reply, err := ask(a.client, r)
	if err != nil {
		return err
	}
	if status == http.StatusUnauthorized && a.grant != nil {
		a.grant.forget()
	}
	return judge(status, reply)
}

func (a *OneAPI) sign(ctx context.Context, r *http.Request) error {
	if a.grant == nil {
		r.SetBasicAuth(a.operator.User, a.operator.Password)
		return nil
	}
	token, err := a.grant.token(ctx)
	if err == nil {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return err
}

// ask makes a request and reads the answer, as far as anybody has to.
func ask(client *http.Client, r *http.Request) (status int, body []byte, err error) {
	reply, err := client.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("operator of text messages: %w", err)
	}
	defer func() { _ = reply.Body.Close() }()
	if body, err = io.ReadAll(io.LimitReader(reply.Body, operatorBytesMax)); err != nil {
		return 0, nil, fmt.Errorf("operator of text messages: %w", err)
	}
	return reply.StatusCode, body, nil
}

// refusal is how OneAPI says no.
type refusal struct {
	Error struct {
		Service reason `json:"serviceException"`
		Policy  reason `json:"policyException"`
	} `json:"requestError"`
}

type reason struct {
	ID string `json:"messageId"`
}

// judge tells what an answer means. Only what concerns this message is for good: a password that is
// wrong, a quota that is used up and an operator that is down are the next try's.
func judge(status int, body []byte) error {
	if status >= 200 && status <= 299 {
		return nil
	}
	var r refusal
	_ = json.Unmarshal(body, &r) // what is no refusal of OneAPI's has no id
	id := r.Error.Service.ID
	if id == "" {
		id = r.Error.Policy.ID
	}
	err := fmt.Errorf("operator of text messages: %d %s", status, plainID(id))
	switch {
	case id == "SVC0005": // the correlator is known: this message was taken before
		return nil
	case id == "SVC0002" || id == "SVC0003" || id == "SVC0004": // a value, or the address, is none
		return permanent{err}
	case id == "" && (status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge || status == http.StatusUnprocessableEntity):
		return permanent{err}
	}
	return err
}

// plainID keeps what an operator writes out of our log, but for its own codes.
func plainID(id string) string {
	if len(id) != 7 || !strings.HasPrefix(id, "SVC") && !strings.HasPrefix(id, "POL") {
		return "without a reason that is known"
	}
	return id
}
