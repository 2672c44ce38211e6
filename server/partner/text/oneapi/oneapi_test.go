package oneapi_test

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/partner/internal/certificate"
	"bompass/server/partner/permanent"
	"bompass/server/partner/text/oneapi"
	"bompass/server/partner/text/suite"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestOneAPIPassesTheSuite(t *testing.T) {
	for name, withToken := range map[string]bool{"user and password": false, "a token": true} {
		t.Run(name, func(t *testing.T) {
			suite.Run(t, func(t *testing.T) suite.Setup {
				t.Helper()
				o := startOperator(t)
				client := func(password string) *oneapi.Client {
					c := o.config()
					c.Password = password
					if withToken {
						c.Token = o.URL + "/oauth/v1/token"
					}
					return newClient(t, c)
				}
				return suite.Setup{Texter: client("fjord & fjell"), WrongPassword: client("wrong"), Received: o.received, Stop: o.Close}
			})
		})
	}
}

func newClient(t *testing.T, c oneapi.Config) *oneapi.Client {
	t.Helper()
	client, err := oneapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// operator is a server that accepts text messages as OneAPI 1.0 specifies, over TLS.
type operator struct {
	*httptest.Server
	trust *tls.Config

	mu       sync.Mutex
	stopped  chan struct{}
	taken    map[string]suite.Received // by correlator
	requests int
	tokens   int
	refuses  func(number string) (status int, id string)
	dropped  bool // the next reply is lost
}

type requestBody struct {
	Outbound struct {
		Address       []string                 `json:"address"`
		SenderAddress string                   `json:"senderAddress"`
		SenderName    string                   `json:"senderName"`
		Correlator    string                   `json:"clientCorrelator"`
		Text          struct{ Message string } `json:"outboundSMSTextMessage"`
	} `json:"outboundSMSMessageRequest"`
}

func startOperator(t *testing.T) *operator {
	t.Helper()
	o := &operator{taken: map[string]suite.Received{}, refuses: func(string) (int, string) { return 0, "" }}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /smsmessaging/v1/outbound/{sender}/requests", o.outbound)
	mux.HandleFunc("POST /oauth/v1/token", o.token)
	o.Server = httptest.NewUnstartedServer(mux)
	o.TLS, o.trust = certificate.New(t)
	o.stopped = make(chan struct{})
	o.StartTLS()
	t.Cleanup(func() { close(o.stopped); o.Close() })
	return o
}

func (o *operator) config() oneapi.Config {
	return oneapi.Config{
		Address: o.URL + "/smsmessaging/v1", Sender: "+4759440000", Name: "Bompass", User: "bompass", Password: "fjord & fjell", Trust: o.trust,
		Now: func() time.Time { return noon },
	}
}

func (o *operator) token(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	if r.FormValue("grant_type") != "client_credentials" || user != "bompass" || password != "fjord+%26+fjell" {
		http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tokens++
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "granted", "token_type": "Bearer", "expires_in": 3600})
}

func (o *operator) outbound(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.requests++
	user, password, _ := r.BasicAuth()
	if (user != "bompass" || password != "fjord & fjell") && r.Header.Get("Authorization") != "Bearer granted" {
		refuseAs(w, http.StatusUnauthorized, "")
		return
	}
	var body requestBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Content-Type") != "application/json" {
		refuseAs(w, http.StatusBadRequest, "SVC0002")
		return
	}
	b := body.Outbound
	if len(b.Address) != 1 || b.SenderAddress != r.PathValue("sender") || b.SenderAddress != "tel:+4759440000" || b.Correlator == "" || b.SenderName != "Bompass" {
		refuseAs(w, http.StatusBadRequest, "SVC0002")
		return
	}
	switch b.Address[0] {
	case "tel:" + suite.Unknown:
		refuseAs(w, http.StatusBadRequest, "SVC0004")
		return
	case "tel:" + suite.Busy:
		refuseAs(w, http.StatusTooManyRequests, "")
		return
	case "tel:" + suite.Slow:
		o.mu.Unlock()
		<-o.stopped
		o.mu.Lock()
	}
	if status, id := o.refuses(b.Address[0]); status != 0 {
		refuseAs(w, status, id)
		return
	}
	if _, again := o.taken[b.Correlator]; again {
		refuseAs(w, http.StatusConflict, "SVC0005")
		return
	}
	o.taken[b.Correlator] = suite.Received{To: strings.TrimPrefix(b.Address[0], "tel:"), Text: b.Text.Message}
	if o.dropped {
		o.dropped = false
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{"resourceReference": map[string]string{"resourceURL": r.URL.Path + "/1"}})
}

func refuseAs(w http.ResponseWriter, status int, id string) {
	w.WriteHeader(status)
	if id != "" {
		kind := "serviceException"
		if strings.HasPrefix(id, "POL") {
			kind = "policyException"
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"requestError": map[string]any{kind: map[string]any{"messageId": id, "text": "+4790000001 is not allowed", "variables": []string{}}}})
	}
}

func (o *operator) received() (list []suite.Received) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.taken {
		list = append(list, m)
	}
	return list
}

// S4.25: a message whose reply was lost is sent again with the same correlator, and the operator accepts it once.
// One token serves several messages.
func TestLostReplyDoesNotSendTwice(t *testing.T) {
	for name, change := range map[string]func(*operator, *oneapi.Config){
		"user and password": func(*operator, *oneapi.Config) {},
		"a token":           func(o *operator, c *oneapi.Config) { c.Token = o.URL + "/oauth/v1/token" },
	} {
		t.Run(name, func(t *testing.T) {
			o := startOperator(t)
			config := o.config()
			change(o, &config)
			client := newClient(t, config)
			o.dropped = true
			if err := client.Text(t.Context(), suite.Sample()); err == nil || permanent.Is(err) {
				t.Errorf("the lost reply: got %v, want an error that may pass", err)
			}
			for range 2 {
				if err := client.Text(t.Context(), suite.Sample()); err != nil {
					t.Errorf("the next attempt: %v", err)
				}
			}
			if got := o.received(); len(got) != 1 || o.tokens > 1 {
				t.Errorf("%d messages, %d tokens", len(got), o.tokens)
			}
		})
	}
}

// Only errors about this message are permanent.
func TestRepliesAreClassified(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		id     string
		final  bool
	}{
		{"an invalid number", 400, "SVC0004", true},
		{"an invalid text", 400, "SVC0002", true},
		{"a request that cannot be read", 400, "", true},
		{"a request that is too large", 413, "", true},
		{"a used-up quota", 403, "POL0001", false},
		{"too many messages", 429, "", false},
		{"our own password", 401, "", false},
		{"a service that is down", 503, "SVC0001", false},
		{"a redirection", 302, "", false},
	} {
		o := startOperator(t)
		o.refuses = func(string) (int, string) { return c.status, c.id }
		err := newClient(t, o.config()).Text(t.Context(), suite.Sample())
		if err == nil || permanent.Is(err) != c.final || strings.Contains(err.Error(), "4790000001") {
			t.Errorf("%s: got %v, permanent %v, want %v and no number", c.name, err, permanent.Is(err), c.final)
		}
	}
}

// An operator without a trusted certificate receives neither message nor password.
func TestOperatorWithoutTrustedCertificateIsRefused(t *testing.T) {
	o := startOperator(t)
	config := o.config()
	config.Trust = nil
	if err := newClient(t, config).Text(t.Context(), suite.Sample()); err == nil || permanent.Is(err) || o.requests != 0 {
		t.Errorf("got %v after %d requests", err, o.requests)
	}
}

func TestUnsafeOrIncompleteConfigIsRefused(t *testing.T) {
	good := oneapi.Config{Address: "https://api.operator.example/v1", Sender: "+4759440000", User: "u", Password: "p"}
	if _, err := oneapi.New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*oneapi.Config){
		"without TLS":                   func(o *oneapi.Config) { o.Address = "http://api.operator.example/v1" },
		"no address":                    func(o *oneapi.Config) { o.Address = "" },
		"a token without TLS":           func(o *oneapi.Config) { o.Token = "http://api.operator.example/token" },
		"a sender that is not a number": func(o *oneapi.Config) { o.Sender = "Bompass" },
		"a long name":                   func(o *oneapi.Config) { o.Name = "Bompass AS Norge" },
		"no user":                       func(o *oneapi.Config) { o.User = "" },
		"no password":                   func(o *oneapi.Config) { o.Password = "" },
	} {
		settings := good
		change(&settings)
		if _, err := oneapi.New(settings); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
