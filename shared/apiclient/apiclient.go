// Package apiclient calls the contract: one typed function for every route over a Transport that the
// caller brings (the browser's fetch, a command line's HTTP client, a test's server).
package apiclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"bompass/shared/api"
	"bompass/shared/fault"
)

// Request is one call as a Transport carries it.
type Request struct {
	Method string
	Path   string // with query
	Body   []byte // JSON; nil for GET
	CSRF   string // value of X-CSRF-Token; empty for GET
}

// Response is what came back. A Transport returns an error only when there was no answer at all.
type Response struct {
	Status int
	Body   []byte
}

// Transport carries requests.
type Transport interface {
	Do(ctx context.Context, r Request) (Response, error)
}

// Client is a Transport with the session's CSRF token.
type Client struct {
	Transport Transport
	CSRF      string // learned from api.Me
}

// Call performs a route. A failure the server explained is a *fault.Error.
func Call[Req, Reply any](ctx context.Context, c *Client, r api.Route[Req, Reply], req Req) (Reply, error) {
	var reply Reply
	out := Request{Method: r.Method, Path: r.Path}
	if r.Method == "GET" {
		query, err := Query(req)
		if err != nil {
			return reply, fmt.Errorf("%s: %w", r.Name, err)
		}
		out.Path += query
	} else {
		body, err := json.Marshal(req)
		if err != nil {
			return reply, fmt.Errorf("%s: %w", r.Name, err)
		}
		out.Body, out.CSRF = body, c.CSRF
	}
	in, err := c.Transport.Do(ctx, out)
	if err != nil {
		return reply, fmt.Errorf("%s: %w", r.Name, err)
	}
	if in.Status/100 != 2 {
		return reply, failure(in)
	}
	if len(in.Body) == 0 {
		return reply, nil
	}
	if err := json.Unmarshal(in.Body, &reply); err != nil {
		return reply, fmt.Errorf("%s: reply: %w", r.Name, err)
	}
	return reply, nil
}

func failure(in Response) error {
	var f fault.Error
	if err := json.Unmarshal(in.Body, &f); err != nil || f.Code == "" {
		return fmt.Errorf("server answered %d without a fault", in.Status)
	}
	return &f
}

// Query writes a GET request as ?name=value&…, empty for a request without fields. Every field's
// JSON form must be a string.
func Query(req any) (string, error) {
	b, err := json.Marshal(req)
	if err != nil {
		return "", err
	}
	var fields map[string]string
	if err := json.Unmarshal(b, &fields); err != nil {
		return "", fmt.Errorf("request has a field that is not a string: %w", err)
	}
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, value)
	}
	if len(values) == 0 {
		return "", nil
	}
	return "?" + strings.ReplaceAll(values.Encode(), "+", "%20"), nil
}
