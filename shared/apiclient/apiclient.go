// Package apiclient is a client of the server's API: one typed method for each route, over a Transport that the caller
// supplies, such as the browser's fetch, an HTTP client or the server of a test.
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

// Request is one HTTP request.
type Request struct {
	Method string
	Path   string // including the query
	Body   []byte // JSON; nil for GET
	CSRF   string // value of X-CSRF-Token; empty for GET
}

// Response is an answer with any status. A Transport returns an error only if there was no answer.
type Response struct {
	Status int
	Body   []byte
	Actor  string // value of ActorHeader; empty if the answer has none
}

// Transport sends requests.
type Transport interface {
	Do(ctx context.Context, r Request) (Response, error)
}

// Client is a Transport with the session's CSRF token.
type Client struct {
	Transport Transport
	CSRF      string // set by Me
}

// Call sends a request to a route and returns its reply. An error that the server explains is a *fault.Error.
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

// failure returns the error of an answer that is not 2xx. It is not a fault if a proxy, for example, has answered.
func failure(in Response) error {
	var f fault.Error
	if err := json.Unmarshal(in.Body, &f); err != nil || f.Code == "" {
		return fmt.Errorf("server answered %d without a fault", in.Status)
	}
	return &f
}

// Query encodes a GET request as ?name=value&…, or as an empty text if it has no fields. The JSON form of every
// field must be a string. A space is encoded as %20, which servers decode everywhere in an address, and not as a
// plus sign.
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
