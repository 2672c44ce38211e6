package message_test

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/partner/message"
)

// operator takes text messages as OneAPI 1.0 says, over TLS, and forgets none that it has taken.
type operator struct {
	*httptest.Server
	trust *tls.Config

	mu      sync.Mutex
	taken   map[string]string // correlator → number and text
	asked   int
	tokens  int
	refuses func(number string) (status int, id string)
	dropped bool // the next answer is lost on the way
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
	o := &operator{taken: map[string]string{}, refuses: func(string) (int, string) { return 0, "" }}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /smsmessaging/v1/outbound/{sender}/requests", o.outbound)
	mux.HandleFunc("POST /oauth/v1/token", o.token)
	o.Server = httptest.NewUnstartedServer(mux)
	held, pool := certificate(t)
	o.TLS = &tls.Config{Certificates: []tls.Certificate{held}, MinVersion: tls.VersionTLS12}
	o.StartTLS()
	t.Cleanup(o.Close)
	o.trust = &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}
	return o
}

func (o *operator) settings() message.Operator {
	return message.Operator{
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
	o.asked++
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
	if status, id := o.refuses(b.Address[0]); status != 0 {
		refuseAs(w, status, id)
		return
	}
	if _, again := o.taken[b.Correlator]; again {
		refuseAs(w, http.StatusConflict, "SVC0005")
		return
	}
	o.taken[b.Correlator] = b.Address[0] + " " + b.Text.Message
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

func (o *operator) has() map[string]string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.taken
}

func text() message.SMS {
	return message.SMS{ID: "0196a000-0000-7000-8000-000000009002", To: "+4790000001", Text: "Koden er 123456 – på Sørlandet"}
}

// S4.25: a text message leaves through an operator's public interface, with or without a token of its own.
func TestAnOperatorIsHandedATextOnce(t *testing.T) {
	for name, change := range map[string]func(*operator, *message.Operator){
		"user and password": func(*operator, *message.Operator) {},
		"a token":           func(o *operator, s *message.Operator) { s.Token = o.URL + "/oauth/v1/token" },
	} {
		t.Run(name, func(t *testing.T) {
			o := startOperator(t)
			settings := o.settings()
			change(o, &settings)
			texter, err := message.NewOneAPI(settings)
			if err != nil {
				t.Fatal(err)
			}
			o.dropped = true // taken, and the answer lost: nobody can tell, so it is handed over again
			if err := texter.Text(t.Context(), text()); err == nil || message.Permanent(err) {
				t.Errorf("an answer that is lost: got %v, want to try again", err)
			}
			for range 2 {
				if err := texter.Text(t.Context(), text()); err != nil {
					t.Errorf("handed over again: %v", err)
				}
			}
			if got := o.has(); len(got) != 1 || got[text().ID] != "tel:+4790000001 Koden er 123456 – på Sørlandet" {
				t.Errorf("the operator has %v", got)
			}
			if o.tokens > 1 {
				t.Errorf("%d tokens were asked for", o.tokens)
			}
		})
	}
}

func TestAnOperatorsRefusalsAreToldApart(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		id     string
		good   bool // for good
	}{
		{"the number is none", 400, "SVC0004", true},
		{"the text is none", 400, "SVC0002", true},
		{"a request that cannot be read", 400, "", true},
		{"a quota that is used up", 403, "POL0001", false},
		{"too many at once", 429, "", false},
		{"our own password", 401, "", false},
		{"a service that is down", 503, "SVC0001", false},
		{"another address", 302, "", false},
	} {
		o := startOperator(t)
		o.refuses = func(string) (int, string) { return c.status, c.id }
		texter, err := message.NewOneAPI(o.settings())
		if err != nil {
			t.Fatal(err)
		}
		err = texter.Text(t.Context(), text())
		if err == nil || message.Permanent(err) != c.good || strings.Contains(err.Error(), "4790000001") {
			t.Errorf("%s: got %v, for good %v, want %v and no number", c.name, err, message.Permanent(err), c.good)
		}
	}
	o := startOperator(t)
	texter, err := message.NewOneAPI(o.settings())
	if err != nil {
		t.Fatal(err)
	}
	if err := texter.Text(t.Context(), message.SMS{ID: "1", To: "90000001", Text: "x"}); !message.Permanent(err) || o.asked != 0 {
		t.Errorf("no number: got %v after %d questions", err, o.asked)
	}
	o.Close()
	if err := texter.Text(t.Context(), text()); err == nil || message.Permanent(err) {
		t.Errorf("an operator who is gone: got %v, want to try again", err)
	}
	stranger := startOperator(t)
	settings := stranger.settings()
	settings.Trust = nil
	if texter, err = message.NewOneAPI(settings); err != nil {
		t.Fatal(err)
	}
	if err := texter.Text(t.Context(), text()); err == nil || stranger.asked != 0 {
		t.Errorf("a certificate that nobody vouches for: got %v after %d questions", err, stranger.asked)
	}
}

func TestAnOperatorIsReachedSafelyOrNotAtAll(t *testing.T) {
	good := message.Operator{Address: "https://api.operator.example/v1", Sender: "+4759440000", User: "u", Password: "p"}
	if _, err := message.NewOneAPI(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*message.Operator){
		"in the open":               func(o *message.Operator) { o.Address = "http://api.operator.example/v1" },
		"no address":                func(o *message.Operator) { o.Address = "" },
		"a token in the open":       func(o *message.Operator) { o.Token = "http://api.operator.example/token" },
		"a sender that is no one":   func(o *message.Operator) { o.Sender = "Bompass" },
		"a name nobody could see":   func(o *message.Operator) { o.Name = "Bompass AS Norge" },
		"nobody":                    func(o *message.Operator) { o.User = "" },
		"somebody without password": func(o *message.Operator) { o.Password = "" },
	} {
		settings := good
		change(&settings)
		if _, err := message.NewOneAPI(settings); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// A letter on paper lies in the folder once, whole, and for nobody else.
func TestALetterLiesInTheFolderOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "letters")
	folder, err := message.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	sheet := message.Sheet{ID: "0196a000-0000-7000-8000-000000009003", To: "Kari Lund\nStorgata 1\n0155 Oslo", Subject: "Kode", HTML: "<p>Kode</p>", Language: "nb"}
	for range 2 {
		if err := folder.Print(t.Context(), sheet); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != "letter-"+sheet.ID+".html" {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	about, err := os.Stat(files[0])
	if err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the letter's mode: %v, %v", about.Mode(), err)
	}
	for name, change := range map[string]func(*message.Sheet){
		"an id that is a path": func(s *message.Sheet) { s.ID = "../x" },
		"no address":           func(s *message.Sheet) { s.To = " " },
		"no text":              func(s *message.Sheet) { s.HTML = "" },
	} {
		broken := sheet
		change(&broken)
		if err := folder.Print(t.Context(), broken); !message.Permanent(err) {
			t.Errorf("%s: got %v, want a refusal for good", name, err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := message.NewFolder(dir); err == nil {
		t.Error("a folder that everybody may look into is taken")
	}
}
