package message

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

// renewEarly is how long before its end a token is no longer used.
const renewEarly = 30 * time.Second

// grant exchanges user and password for a token and keeps it for as long as it is good.
type grant struct {
	operator Operator
	client   *http.Client

	mu    sync.Mutex
	held  string
	until time.Time
}

// token returns one that is good, asking for it when there is none.
func (g *grant) token(ctx context.Context) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held != "" && g.operator.Now().Before(g.until) {
		return g.held, nil
	}
	form := strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.operator.Token, form)
	if err != nil {
		return "", fmt.Errorf("operator's token: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.SetBasicAuth(url.QueryEscape(g.operator.User), url.QueryEscape(g.operator.Password)) // RFC 6749 section 2.3.1
	status, body, err := ask(g.client, r)
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
		return "", fmt.Errorf("operator's token: %d, and no token", status)
	}
	g.held, g.until = answer.Token, g.operator.Now().Add(time.Duration(answer.Ends)*time.Second-renewEarly)
	return g.held, nil
}

// forget throws away a token that the operator no longer takes.
func (g *grant) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = ""
}
