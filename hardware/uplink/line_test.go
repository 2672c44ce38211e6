package uplink_test

import (
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"bompass/hardware/uplink"
)

// badLine is a proxy to the server that closes connections after a random number of octets in either
// direction.
type badLine struct {
	net.Listener
	to string

	mu   sync.Mutex
	dice *rand.Rand
	cuts int
}

func (b *badLine) octets() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dice.IntN(4) == 0 {
		return 1 << 40 // this connection is not cut
	}
	b.cuts++
	return b.dice.Int64N(60_000)
}

func (b *badLine) cutCount() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cuts
}

func (b *badLine) serve() {
	for {
		near, err := b.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", b.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		cut := func() { _, _ = near.Close(), far.Close() }
		go func() { _, _ = io.CopyN(far, near, b.octets()); cut() }()
		go func() { _, _ = io.CopyN(near, far, b.octets()%300); cut() }()
	}
}

// A connection cut at any octet of a batch or its answer loses and duplicates nothing and keeps every lane's
// order.
func TestConnectionCutAtAnyOctetLosesNothing(t *testing.T) {
	s := newServer(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	bad := &badLine{Listener: l, to: address.Host, dice: rand.New(rand.NewPCG(3, 4))}
	go bad.serve()
	defer l.Close()
	spool := open(t, t.TempDir())
	want := fill(t, spool, 20*uplink.BatchMax)
	sender := sender("http://"+l.Addr().String(), spool)
	sender.Client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	if err := sender.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, s.received(), want)
	t.Logf("%d passages through a line that was cut %d times, in %d posts", len(want), bad.cutCount(), s.postCount())
}

// A server that accepts a batch and never answers, like a half-open connection, times out and is asked
// again.
func TestHalfOpenConnectionTimesOut(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := newServer(t, nil)
	address, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for n := 0; ; n++ {
			near, err := l.Accept()
			if err != nil {
				return
			}
			if n < 3 {
				defer near.Close() // it stays open and silent
				continue
			}
			far, err := net.Dial("tcp", address.Host)
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(far, near) }()
			go func() { _, _ = io.Copy(near, far) }()
		}
	}()
	spool := open(t, t.TempDir())
	want := fill(t, spool, 30)
	sender := sender("http://"+l.Addr().String(), spool)
	sender.Client = &http.Client{Timeout: 200 * time.Millisecond}
	if err := sender.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, s.received(), want)
}
