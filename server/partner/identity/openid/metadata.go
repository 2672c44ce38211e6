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

// metadata is the issuer's metadata (OpenID Connect Discovery).
type metadata struct {
	PushedEndpoint     string   `json:"pushed_authorization_request_endpoint"`
	EndSessionEndpoint string   `json:"end_session_endpoint"`
	SendsIssuer        bool     `json:"authorization_response_iss_parameter_supported"`
	FrontSession       bool     `json:"frontchannel_logout_session_supported"`
	BackSession        bool     `json:"backchannel_logout_session_supported"`
	KeysURL            string   `json:"jwks_uri"`
	Challenges         []string `json:"code_challenge_methods_supported"`
	provider           *oidc.Provider
	keys               *keys
	since              time.Time
}

// metadata returns the issuer's metadata. It is fetched once an hour, and after a failure at most every ten seconds;
// until then the last metadata is used.
func (i *Issuer) metadata(ctx context.Context) (*metadata, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.Now()
	if i.cached != nil && now.Sub(i.cached.since) < metadataMax {
		return i.cached, nil
	}
	// A negative time means that the clock was set back; the wait ends then.
	if i.metadataErr != nil && now.Sub(i.metadataTried) < retryInterval && now.Sub(i.metadataTried) >= 0 {
		return i.cached, i.metadataError()
	}
	fresh, err := i.fetchMetadata(ctx)
	i.metadataTried, i.metadataErr = now, err
	if err == nil {
		// Keys have their own lifetime, so they survive the renewal of the metadata.
		if i.cached != nil && i.cached.KeysURL == fresh.KeysURL {
			fresh.keys = i.cached.keys
		}
		fresh.since = now
		i.cached = fresh
	}
	return i.cached, i.metadataError()
}

// metadataError returns the fault for an issuer without metadata.
func (i *Issuer) metadataError() error {
	if i.cached != nil {
		return nil
	}
	return i.down(i.metadataErr)
}

// fetchMetadata fetches the metadata of the configured identifier, and refuses those of another issuer.
func (i *Issuer) fetchMetadata(ctx context.Context) (*metadata, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeMax) // other requests wait for it too
	defer cancel()
	provider, err := oidc.NewProvider(i.library(ctx), i.Issuer)
	if err != nil {
		return nil, fmt.Errorf("describe issuer: %w", err)
	}
	s := &metadata{provider: provider}
	if err := provider.Claims(s); err != nil {
		return nil, fmt.Errorf("describe issuer: %w", err)
	}
	needed := []string{provider.Endpoint().AuthURL, provider.Endpoint().TokenURL, s.KeysURL}
	for _, address := range []string{s.PushedEndpoint, s.EndSessionEndpoint} {
		if address != "" {
			needed = append(needed, address)
		}
	}
	for _, address := range needed {
		if err := checkURL(address); err != nil {
			return nil, fmt.Errorf("describe issuer: %w", err)
		}
	}
	s.keys = &keys{at: s.KeysURL, http: i.http, now: i.Now}
	return s, nil
}

// client returns a client that follows no redirects and limits the size of answers.
func client(under http.RoundTripper) *http.Client {
	if under == nil {
		under = http.DefaultTransport
	}
	return &http.Client{
		Timeout: timeMax, Transport: limitedTransport{under},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// limitedTransport limits the size of every answer.
type limitedTransport struct{ under http.RoundTripper }

// RoundTrip limits the size of the answer.
func (b limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.under.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &limitedBody{resp.Body, bytesMax}
	return resp, nil
}

// limitedBody returns an error once more than left bytes have been read.
type limitedBody struct {
	io.ReadCloser
	left int
}

var errTooLong = errors.New("the answer is too long")

// Read returns an error after the limit.
func (c *limitedBody) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.left -= n; c.left < 0 {
		return n, errTooLong
	}
	return n, err
}
