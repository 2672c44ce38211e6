package oneapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// renewEarly is the time before its expiry at which a token is no longer used.
const renewEarly = 30 * time.Second

// tokenSource exchanges user and password for a token and keeps it until it expires.
type tokenSource struct {
	config Config
	client *http.Client

	mu    sync.Mutex
	held  string
	until time.Time
}

// token returns a valid token, and requests one if there is none.
func (g *tokenSource) token(ctx context.Context) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held != "" && g.config.Now().Before(g.until) {
		return g.held, nil
	}
	form := strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.config.Token, form)
	if err != nil {
		return "", fmt.Errorf("token of the operator: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.SetBasicAuth(url.QueryEscape(g.config.User), url.QueryEscape(g.config.Password)) // RFC 6749 section 2.3.1
	status, body, err := do(g.client, r)
	if err != nil {
		return "", err
	}
	var answer struct {
		Token string `json:"access_token"`
		Kind  string `json:"token_type"`
		Ends  int64  `json:"expires_in"`
	}
	err = json.Unmarshal(body, &answer)
	if status != http.StatusOK || err != nil || answer.Token == "" || !strings.EqualFold(answer.Kind, "bearer") {
		return "", fmt.Errorf("token of the operator: status %d without a token", status)
	}
	g.held, g.until = answer.Token, g.config.Now().Add(time.Duration(answer.Ends)*time.Second-renewEarly)
	return g.held, nil
}

// discard drops a token that the operator no longer accepts.
func (g *tokenSource) discard() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = ""
}
