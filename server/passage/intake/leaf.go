package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"

	"bompass/shared/fault"
)

// Subjects and headers between a station's leaf node and the server. The id of a key is its SHA-256 in hexadecimal.
const (
	subjectIntake = "intake." // + id
	subjectAnswer = "answer." // + id + "." and more
	headerStatus  = "Status-Code"
	headerAfter   = "Retry-After"
	intakeGroup   = "intake"
	leafWorkers   = 4   // batches accepted at a time
	retryAfter    = "1" // seconds
)

// AcceptsKey reports whether an API key is known.
func (in *Intake) AcceptsKey(ctx context.Context, key string) bool {
	sum := sha256.Sum256([]byte(key))
	_, known, err := in.register.StationsOf(ctx, sum)
	if err != nil {
		in.log.Warn("check station key", "error", err)
		return false
	}
	if !known {
		in.unknownKeys.record(sum, in.now())
	}
	return known
}

// AnswerLeaves accepts batches that stations send as leaf nodes, by the same rules as over HTTP, until stop is
// called. A batch is answered when all of it is on disk in the stream or refused; the station sends it again if it
// gets no answer.
func (in *Intake) AnswerLeaves(ctx context.Context, conn *nats.Conn) (stop func(), err error) {
	var subscriptions []*nats.Subscription
	stop = func() {
		for _, s := range subscriptions {
			_ = s.Unsubscribe() // a batch in progress is answered; the rest is sent again
		}
	}
	for range leafWorkers {
		s, err := conn.QueueSubscribe(subjectIntake+"*", intakeGroup, func(msg *nats.Msg) { in.answerLeaf(ctx, msg) })
		if err != nil {
			stop()
			return nil, fmt.Errorf("subscribe to batches of leaf nodes: %w", err)
		}
		subscriptions = append(subscriptions, s)
	}
	return stop, nil
}

// answerLeaf accepts one batch. The subject identifies the station, which may publish on no other. The answer goes
// to a subject that no other station may subscribe to.
func (in *Intake) answerLeaf(ctx context.Context, msg *nats.Msg) {
	id := strings.TrimPrefix(msg.Subject, subjectIntake)
	key, err := hex.DecodeString(id)
	if err != nil || len(key) != sha256.Size || !strings.HasPrefix(msg.Reply, subjectAnswer+id+".") {
		in.log.Warn("message of a leaf node is not a batch", "subject", msg.Subject)
		return
	}
	answer := nats.NewMsg(msg.Reply)
	reply, err := in.takeIn(ctx, [sha256.Size]byte(key), msg.Data, in.now())
	status, body := http.StatusOK, any(reply)
	if err != nil {
		f, ok := errors.AsType[*fault.Error](err)
		if !ok {
			in.log.Error("accept batch of a leaf node", "error", err)
			f = fault.New(fault.Internal)
		}
		status, body = fault.Status(f.Code), f
		answer.Header.Set(headerAfter, retryAfter)
	}
	answer.Header.Set(headerStatus, strconv.Itoa(status))
	if answer.Data, err = json.Marshal(body); err == nil {
		err = msg.RespondMsg(answer)
	}
	if err != nil {
		in.log.Warn("answer leaf node", "error", err)
	}
}
