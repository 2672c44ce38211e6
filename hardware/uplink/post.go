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

// postMax bounds one request, replyMax the answer that is read.
const (
	postMax  = 30 * time.Second
	replyMax = 1 << 20
)

// errFaulty says that the server will never take the batch as it is.
var errFaulty = errors.New("batch refused")

// awayError says that the server may take the same batch later.
type awayError struct {
	why   string
	after time.Duration // as the server asks, or 0
}

func (e *awayError) Error() string { return e.why }

// reply is the server's answer to a batch that it has taken in.
type reply struct {
	Accepted    int       `json:"accepted"`
	Quarantined int       `json:"quarantined"`
	Refused     []refusal `json:"refused"`
	RefusedN    int       `json:"refused_count"`
}

type refusal struct {
	Line int `json:"line"` // counted from 1
}

// of returns the refused lines. When the server has not named them all, every line counts as refused,
// because none of them may be lost.
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

// Answer is what the server says to a batch, in the terms of HTTP.
type Answer struct {
	Status int
	After  time.Duration // before the same is sent again, or 0
	Body   []byte
}

// post sends one batch. The error is errFaulty or says why the server is away.
func (s *Sender) post(ctx context.Context, lines [][]byte) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, postMax)
	defer cancel()
	way := s.Way
	if way == nil {
		way = s.http
	}
	a, err := way(ctx, body(lines))
	if err != nil {
		return reply{}, fmt.Errorf("send passages: %w", err)
	}
	return understand(a, len(lines))
}

func (s *Sender) http(ctx context.Context, batch []byte) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Server+Route, bytes.NewReader(batch))
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	req.Header.Set("Content-Type", "application/x-ndjson")
	res, err := s.Client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = res.Body.Close() }() // what matters of it is read below
	text, err := io.ReadAll(io.LimitReader(res.Body, replyMax))
	if err != nil {
		return Answer{}, fmt.Errorf("read answer: %w", err)
	}
	seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
	return Answer{Status: res.StatusCode, After: time.Duration(seconds) * time.Second, Body: text}, nil
}

// understand turns an answer into what it means for a batch of n. Only a body that counts every
// passage lets the spool forget them: a proxy's friendly page does not.
func understand(a Answer, n int) (reply, error) {
	switch code := a.Status; {
	case code >= 200 && code < 300:
		var r reply
		if err := json.Unmarshal(a.Body, &r); err != nil {
			return reply{}, &awayError{why: "answer is not the server's: " + err.Error()}
		}
		if counted := r.Accepted + r.Quarantined + r.RefusedN; counted < n {
			return reply{}, &awayError{why: fmt.Sprintf("answer counts %d of %d passages", counted, n)}
		}
		return r, nil
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return reply{}, fmt.Errorf("%w: %d %.200s", errFaulty, a.Status, a.Body)
	}
	return reply{}, &awayError{why: fmt.Sprintf("%d %s %.200s", a.Status, http.StatusText(a.Status), a.Body), after: a.After}
}
