package uplink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// postMax is the timeout of one request, replyMax the maximum length of its answer.
const (
	postMax  = 30 * time.Second
	replyMax = 1 << 20
)

// errBatchInvalid means that the server will never accept the batch as it is.
var errBatchInvalid = errors.New("batch invalid")

// unavailableError means that the server may accept the same batch later.
type unavailableError struct {
	why   string
	after time.Duration // requested by the server, or 0
}

func (e *unavailableError) Error() string { return e.why }

// reply is the server's answer to a batch that it has processed.
type reply struct {
	Accepted    int       `json:"accepted"`
	Quarantined int       `json:"quarantined"`
	Refused     []refusal `json:"refused"`
	RefusedN    int       `json:"refused_count"`
}

// refusal is a line of a batch that the server has refused.
type refusal struct {
	Line int `json:"line"` // counted from 1
}

// of returns the refused lines. When the server has not listed them all, every line counts as refused, so
// that none is lost.
func (r reply) of(lines [][]byte) [][]byte {
	if r.RefusedN > len(r.Refused) {
		return lines
	}
	var refused [][]byte
	for _, f := range r.Refused {
		if f.Line >= 1 && f.Line <= len(lines) {
			refused = append(refused, lines[f.Line-1])
		}
	}
	return refused
}

// Response is the server's response to a batch, in HTTP's terms.
type Response struct {
	Status     int
	RetryAfter time.Duration // wait before the next attempt, or 0
	Body       []byte
}

// post sends one batch. The error is errBatchInvalid or says why the server is unavailable.
func (s *Sender) post(ctx context.Context, lines [][]byte) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, postMax)
	defer cancel()
	way := s.Transport
	if way == nil {
		way = s.http
	}
	a, err := way(ctx, ndjson(lines))
	if err != nil {
		return reply{}, fmt.Errorf("send passages: %w", err)
	}
	return parseResponse(a, len(lines))
}

// http posts a batch. Like any Transport, it returns answers of every status; errors are failures of the
// connection.
func (s *Sender) http(ctx context.Context, batch []byte) (Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Server+Route, bytes.NewReader(batch))
	if err != nil {
		return Response{}, err
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	req.Header.Set("Content-Type", "application/x-ndjson")
	res, err := s.Client.Do(req)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = res.Body.Close() }() // the part that matters has been read
	text, err := io.ReadAll(io.LimitReader(res.Body, replyMax))
	if err != nil {
		return Response{}, fmt.Errorf("read answer: %w", err)
	}
	seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
	return Response{Status: res.StatusCode, RetryAfter: time.Duration(seconds) * time.Second, Body: text}, nil
}

// parseResponse interprets the response to a batch of n lines. The spool drops passages only for a body that
// counts every one of them, because a proxy may answer with a page of its own.
func parseResponse(a Response, n int) (reply, error) {
	switch code := a.Status; {
	case code >= 200 && code < 300:
		var r reply
		if err := json.Unmarshal(a.Body, &r); err != nil {
			return reply{}, &unavailableError{why: "parse response: " + err.Error()}
		}
		if counted := r.Accepted + r.Quarantined + r.RefusedN; counted < n {
			return reply{}, &unavailableError{why: fmt.Sprintf("response counts %d of %d passages", counted, n)}
		}
		return r, nil
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return reply{}, fmt.Errorf("%w: %d %.200s", errBatchInvalid, a.Status, a.Body)
	}
	return reply{}, &unavailableError{why: fmt.Sprintf("%d %s %.200s", a.Status, http.StatusText(a.Status), a.Body), after: a.RetryAfter}
}
