package passage

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

// The words between a station's leaf node and the server: a key's id is its SHA-256 in hexadecimal.
const (
	subjectIntake = "intake." // + id
	subjectAnswer = "answer." // + id + "." and more
	headerStatus  = "Status-Code"
	headerAfter   = "Retry-After"
	intakeGroup   = "intake"
	intakeHands   = 4 // batches taken in at a time
	intakeAfter   = "1"
)

// AcceptsKey tells whether an API key may report at all.
func (p *Pipeline) AcceptsKey(ctx context.Context, key string) bool {
	d, err := p.directories.Fresh(ctx, p.now())
	if err != nil {
		p.log.Warn("a station's key cannot be checked", "error", err)
		return false
	}
	sum := sha256.Sum256([]byte(key))
	_, known := d.StationsOf(sum)
	if !known {
		p.unknownKeys.record(sum, p.now())
	}
	return known
}

// AnswerLeaves takes in what stations send as leaf nodes, by the same rules as what comes over HTTP, until
// stop is called. A batch is answered when all of it is on disk in the stream or refused; the station sends
// what is not answered again.
func (p *Pipeline) AnswerLeaves(ctx context.Context, conn *nats.Conn) (stop func(), err error) {
	var hands []*nats.Subscription
	stop = func() {
		for _, s := range hands {
			_ = s.Unsubscribe() // what it has in hand is answered; the rest is sent again
		}
	}
	for range intakeHands {
		s, err := conn.QueueSubscribe(subjectIntake+"*", intakeGroup, func(msg *nats.Msg) { p.answerLeaf(ctx, msg) })
		if err != nil {
			stop()
			return nil, fmt.Errorf("answer stations: %w", err)
		}
		hands = append(hands, s)
	}
	return stop, nil
}

// answerLeaf takes in one batch. The subject says whose it is: a station may publish on no other. Its
// answer goes to nobody else.
func (p *Pipeline) answerLeaf(ctx context.Context, msg *nats.Msg) {
	id := strings.TrimPrefix(msg.Subject, subjectIntake)
	key, err := hex.DecodeString(id)
	if err != nil || len(key) != sha256.Size || !strings.HasPrefix(msg.Reply, subjectAnswer+id+".") {
		p.log.Warn("a leaf's message is not a batch", "subject", msg.Subject)
		return
	}
	answer := nats.NewMsg(msg.Reply)
	reply, err := p.takeIn(ctx, [sha256.Size]byte(key), msg.Data, p.now())
	status, said := http.StatusOK, any(reply)
	if err != nil {
		f, ok := errors.AsType[*fault.Error](err)
		if !ok {
			p.log.Error("batch is not taken in", "error", err)
			f = fault.New(fault.Internal)
		}
		status, said = fault.Status(f.Code), f
		answer.Header.Set(headerAfter, intakeAfter)
	}
	answer.Header.Set(headerStatus, strconv.Itoa(status))
	if answer.Data, err = json.Marshal(said); err == nil {
		err = msg.RespondMsg(answer)
	}
	if err != nil {
		p.log.Warn("answer a station", "error", err)
	}
}
