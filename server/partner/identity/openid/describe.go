package openid

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// site is what an issuer says of itself.
type site struct {
	Pushed       string   `json:"pushed_authorization_request_endpoint"`
	EndSession   string   `json:"end_session_endpoint"`
	NamesItself  bool     `json:"authorization_response_iss_parameter_supported"`
	FrontSession bool     `json:"frontchannel_logout_session_supported"`
	BackSession  bool     `json:"backchannel_logout_session_supported"`
	KeysAt       string   `json:"jwks_uri"`
	Challenges   []string `json:"code_challenge_methods_supported"`
	provider     *oidc.Provider
	keys         *keys
	since        time.Time
}

// described returns the issuer's description. It is asked for once an hour, and while that fails at
// most every ten seconds; an old description serves on meanwhile.
func (i *Issuer) described(ctx context.Context) (*site, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.Now()
	if i.site != nil && now.Sub(i.site.since) < describedBy {
		return i.site, nil
	}
	if i.told != nil && now.Sub(i.last) < askAgain && now.Sub(i.last) >= 0 {
		return i.site, i.standing()
	}
	fresh, err := i.describe(ctx)
	i.last, i.told = now, err
	if err == nil {
		if i.site != nil && i.site.KeysAt == fresh.KeysAt {
			fresh.keys = i.site.keys
		}
		fresh.since = now
		i.site = fresh
	}
	return i.site, i.standing()
}

// standing is the fault of having no description at all.
func (i *Issuer) standing() error {
	if i.site != nil {
		return nil
	}
	return i.down(i.told)
}

// describe asks under the configured identifier and nowhere else; an answer for another is refused.
func (i *Issuer) describe(ctx context.Context) (*site, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeMax) // others wait for it too
	defer cancel()
	provider, err := oidc.NewProvider(i.library(ctx), i.Issuer)
	if err != nil {
		return nil, fmt.Errorf("describe issuer: %w", err)
	}
	s := &site{provider: provider}
	if err := provider.Claims(s); err != nil {
		return nil, fmt.Errorf("describe issuer: %w", err)
	}
	needed := []string{provider.Endpoint().AuthURL, provider.Endpoint().TokenURL, s.KeysAt}
	for _, address := range []string{s.Pushed, s.EndSession} {
		if address != "" {
			needed = append(needed, address)
		}
	}
	for _, address := range needed {
		if err := safeAddress(address); err != nil {
			return nil, fmt.Errorf("describe issuer: %w", err)
		}
	}
	s.keys = &keys{at: s.KeysAt, http: i.http, now: i.Now}
	return s, nil
}

// client follows no redirect and reads no endless answer.
func client(under http.RoundTripper) *http.Client {
	if under == nil {
		under = http.DefaultTransport
	}
	return &http.Client{
		Timeout: timeMax, Transport: bounded{under},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type bounded struct{ under http.RoundTripper }

// RoundTrip cuts answers that are too long.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.under.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &cut{resp.Body, bytesMax}
	return resp, nil
}

type cut struct {
	io.ReadCloser
	left int
}

var errLong = errors.New("the answer is too long")

// Read fails once the limit is passed.
func (c *cut) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.left -= n; c.left < 0 {
		return n, errLong
	}
	return n, err
}
