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

// post sends one batch. The error is errFaulty or says why the server is away.
func (s *Sender) post(ctx context.Context, lines [][]byte) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, postMax)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Server+Route, bytes.NewReader(body(lines)))
	if err != nil {
		return reply{}, fmt.Errorf("post passages: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	req.Header.Set("Content-Type", "application/x-ndjson")
	res, err := s.Client.Do(req)
	if err != nil {
		return reply{}, fmt.Errorf("post passages: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // what matters of it is read below
	text, err := io.ReadAll(io.LimitReader(res.Body, replyMax))
	if err != nil {
		return reply{}, fmt.Errorf("read answer: %w", err)
	}
	return understand(res, text, len(lines))
}

// understand turns an HTTP answer into what it means for a batch of n. Only a body that counts every
// passage lets the spool forget them: a proxy's friendly page does not.
func understand(res *http.Response, text []byte, n int) (reply, error) {
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		var r reply
		if err := json.Unmarshal(text, &r); err != nil {
			return reply{}, &awayError{why: "answer is not the server's: " + err.Error()}
		}
		if counted := r.Accepted + r.Quarantined + r.RefusedN; counted < n {
			return reply{}, &awayError{why: fmt.Sprintf("answer counts %d of %d passages", counted, n)}
		}
		return r, nil
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return reply{}, fmt.Errorf("%w: %s %.200s", errFaulty, res.Status, text)
	}
	seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
	return reply{}, &awayError{why: fmt.Sprintf("%s %.200s", res.Status, text), after: time.Duration(seconds) * time.Second}
}
