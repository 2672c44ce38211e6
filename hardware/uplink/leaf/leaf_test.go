package leaf_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"bompass/hardware/uplink"
	"bompass/hardware/uplink/leaf"
)

// waitMax is the limit of every wait for a condition. It is generous, because a batch whose answer is lost
// with its connection is sent again only after the request's timeout, and the machine may be busy.
const waitMax = 10 * time.Minute

// hub is the server's side: a NATS server on a real port, and an intake that stores the passages it answers
// for.
type hub struct {
	t      *testing.T
	port   int
	server *server.Server
	conn   *nats.Conn

	mu     sync.Mutex
	kept   map[string]bool
	order  []string
	twice  int
	refuse string                 // lines that contain this are refused
	drop   func(batches int) bool // reports whether the answer to a batch is lost
	seen   int
}

func newHub(t *testing.T) *hub {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	h := &hub{t: t, port: port, kept: map[string]bool{}}
	t.Cleanup(h.stop)
	return h
}

func (h *hub) upstream() string { return "nats-leaf://127.0.0.1:" + strconv.Itoa(h.port) }

func (h *hub) start() {
	h.t.Helper()
	var err error
	h.server, err = server.NewServer(&server.Options{
		DontListen: true, NoSigs: true, NoLog: true, LeafNode: server.LeafNodeOpts{Host: "127.0.0.1", Port: h.port},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.server.Start()
	if !h.server.ReadyForConnections(waitMax) {
		h.t.Fatal("the hub does not start")
	}
	if h.conn, err = nats.Connect("", nats.InProcessServer(h.server)); err != nil {
		h.t.Fatal(err)
	}
	if _, err = h.conn.Subscribe("intake."+id("key"), h.take); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) stop() {
	if h.server != nil {
		h.conn.Close()
		h.server.Shutdown()
		h.server.WaitForShutdown()
		h.server = nil
	}
}

func id(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

func key(o uplink.Observation) string {
	return fmt.Sprintf("%s/%d/%d/%d", o.Station, o.Lane, o.Epoch, o.Sequence)
}

func (h *hub) take(msg *nats.Msg) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen++
	accepted := 0
	var refused []string
	for n, line := range strings.Split(strings.TrimSpace(string(msg.Data)), "\n") {
		var o uplink.Observation
		if json.Unmarshal([]byte(line), &o) != nil || h.refuse != "" && strings.Contains(line, h.refuse) {
			refused = append(refused, fmt.Sprintf(`{"line":%d}`, n+1))
			continue
		}
		accepted++
		if h.kept[key(o)] {
			h.twice++
			continue
		}
		h.kept[key(o)] = true
		h.order = append(h.order, key(o))
	}
	if h.drop != nil && h.drop(h.seen) {
		return
	}
	answer := nats.NewMsg(msg.Reply)
	answer.Header.Set("Status-Code", "200")
	answer.Data = fmt.Appendf(nil, `{"accepted":%d,"refused_count":%d,"refused":[%s]}`, accepted, len(refused), strings.Join(refused, ","))
	_ = msg.RespondMsg(answer)
}

// received returns the keys of the passages in the order of their first arrival.
func (h *hub) received() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.order)
}

func (h *hub) duplicates() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.twice
}

// loseAnswers sets which answers are lost.
func (h *hub) loseAnswers(drop func(batches int) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop = drop
}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.kept)
}

func open(t *testing.T, dir, upstream string) (*uplink.Spool, *uplink.Sender) {
	t.Helper()
	spool, sender, err := over(dir, upstream)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = spool.Close() })
	return spool, sender
}

func over(dir, upstream string) (*uplink.Spool, *uplink.Sender, error) {
	log := slog.New(slog.DiscardHandler)
	node, err := leaf.New(leaf.Options{Dir: dir, Upstream: upstream, Key: "key", Log: log})
	if err != nil {
		return nil, nil, err
	}
	spool, err := uplink.OpenWithLog(dir, time.Unix(1_780_000_000, 0), node.Open)
	if err != nil {
		return nil, nil, err
	}
	return spool, &uplink.Sender{
		Transport: node.Send, Spool: spool, Jitter: func() float64 { return 0 }, Log: log,
		Wait: func(ctx context.Context, d time.Duration) error {
			return uplink.Sleep(ctx, min(d, 50*time.Millisecond))
		},
	}, nil
}

func fill(t *testing.T, spool *uplink.Spool, n int) (keys []string) {
	t.Helper()
	for i := range n {
		o, err := spool.Append(uplink.Observation{Station: "oslo-301", Lane: 1 + i%2, At: time.Unix(1_780_000_000+int64(i), 0).UTC(), Tag: "9578010000000000018"})
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key(o))
	}
	return keys
}

func drain(t *testing.T, sender *uplink.Sender) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitMax)
	defer cancel()
	if err := sender.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Fatalf("got %d passages, want %d, the same in the same order", len(got), len(want))
	}
}

// Passages stored without a server arrive once and in order after it starts, also across a reopening.
func TestPassagesWaitForTheServer(t *testing.T) {
	h, dir := newHub(t), t.TempDir()
	spool, _ := open(t, dir, h.upstream())
	want := fill(t, spool, 700)
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	spool, sender := open(t, dir, h.upstream())
	if spool.Waiting() != len(want) {
		t.Errorf("got %d waiting, want %d", spool.Waiting(), len(want))
	}
	want = append(want, fill(t, spool, 600)...)
	h.start()
	drain(t, sender)
	same(t, h.received(), want)
	if n := h.duplicates(); spool.Waiting() != 0 || n != 0 {
		t.Errorf("got %d waiting and %d duplicates", spool.Waiting(), n)
	}
}

// The server stops and restarts several times, and some of its answers are lost.
func TestPassagesOutliveServerRestarts(t *testing.T) {
	h := newHub(t)
	h.start()
	spool, sender := open(t, t.TempDir(), h.upstream())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- sender.Run(ctx) }()
	var want []string
	for range 3 {
		want = append(want, fill(t, spool, 150)...)
		h.stop()
		want = append(want, fill(t, spool, 150)...)
		h.start()
	}
	for end := time.Now().Add(waitMax); h.count() < len(want) && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	same(t, h.received(), want)
}

// A refused line is kept in the file, as over HTTP.
func TestRefusedPassagesAreKeptInFile(t *testing.T) {
	h, dir := newHub(t), t.TempDir()
	h.refuse = `"sequence":3,`
	h.start()
	spool, sender := open(t, dir, h.upstream())
	fill(t, spool, 10)
	drain(t, sender)
	text, err := os.ReadFile(filepath.Join(dir, "refused.ndjson"))
	if err != nil || bytes.Count(text, []byte{'\n'}) != 2 || h.count() != 8 {
		t.Errorf("got %s %v and %d kept, want sequence 3 of both lanes refused and 8 kept", text, err, h.count())
	}
}

// Done records stay available for the journal for a while and are purged then.
func TestStreamPurgesDoneRecords(t *testing.T) {
	h, dir := newHub(t), t.TempDir()
	h.start()
	spool, sender := open(t, dir, h.upstream())
	began := time.Now()
	want := fill(t, spool, 6000)
	kept := time.Since(began)
	drain(t, sender)
	t.Logf("6,000 passages kept in %v and drained in %v", kept.Round(time.Millisecond), (time.Since(began) - kept).Round(time.Millisecond))
	same(t, h.received(), want)
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	spool, sender = open(t, dir, h.upstream())
	if spool.Waiting() != 0 {
		t.Errorf("got %d waiting, want 0", spool.Waiting())
	}
	want = append(want, fill(t, spool, 10)...)
	drain(t, sender)
	same(t, h.received(), want)
}

func TestParseUpstream(t *testing.T) {
	for text, want := range map[string]bool{
		"nats-leaf://portal.example:7422": true, "nats-leaf+tls://portal.example:7422": true, "nats-leaf://portal.example": false,
		"nats-leaf://key@portal.example:7422": false, "https://portal.example": false, "nats-leaf://h:1/x": false,
	} {
		if _, _, err := leaf.ParseUpstream(text); (err == nil) != want {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// Passages in the segments of an HTTP spool are moved to the leaf. The reverse is refused, because passages
// would be left in the stream.
func TestSpoolMovesFromHTTPToLeaf(t *testing.T) {
	h, dir := newHub(t), t.TempDir()
	h.start()
	spool, err := uplink.Open(dir, time.Unix(1_780_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := fill(t, spool, 1100)
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	spool, sender := open(t, dir, h.upstream())
	if spool.Waiting() != len(want) {
		t.Errorf("got %d waiting, want %d", spool.Waiting(), len(want))
	}
	want = append(want, fill(t, spool, 10)...)
	drain(t, sender)
	same(t, h.received(), want)
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := uplink.Open(dir, time.Unix(1_780_000_000, 0)); err == nil || !strings.Contains(err.Error(), "upstream") {
		t.Errorf("got %v, want the spool refused", err)
	}
}
