package leaf

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"bompass/hardware/uplink"
)

// Headers of a response, with HTTP's meanings.
const (
	headerStatus = "Status-Code"
	headerAfter  = "Retry-After"
)

// Send sends a batch to the server over the leaf connection and waits for the response. It is a Transport of
// an uplink.Sender.
func (n *Node) Send(ctx context.Context, batch []byte) (uplink.Response, error) {
	n.mu.Lock()
	up := n.up
	n.mu.Unlock()
	if up == nil {
		return uplink.Response{}, errors.New("leaf node is not running")
	}
	msg, err := up.RequestWithContext(ctx, intakePrefix+n.id, batch)
	if errors.Is(err, nats.ErrNoResponders) {
		return uplink.Response{}, fmt.Errorf("%s is not connected, or the station's key is unknown there", n.remote.Host)
	}
	if err != nil {
		return uplink.Response{}, fmt.Errorf("request over the leaf: %w", err)
	}
	status, err := strconv.Atoi(msg.Header.Get(headerStatus))
	if err != nil {
		return uplink.Response{}, fmt.Errorf("parse response status: %w", err)
	}
	seconds, _ := strconv.Atoi(msg.Header.Get(headerAfter))
	return uplink.Response{Status: status, RetryAfter: time.Duration(seconds) * time.Second, Body: msg.Data}, nil
}
