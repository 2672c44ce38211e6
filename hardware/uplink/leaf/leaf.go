// Package leaf keeps a station's passages in a NATS stream of its own and brings them to the server as a
// leaf node of the server's NATS: another memory of an uplink.Spool, and another way of an uplink.Sender.
//
// The stream is JetStream's, in this process, with every record on disk before it counts as kept. A batch
// goes up as a request; the answer is the intake's own, so what the server refuses is known here as it is
// over HTTP. Numbering, order and what is refused are package uplink's.
package leaf

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bompass/hardware/uplink"
)

// The words between a station and the server: a key's id, the SHA-256 of it in hexadecimal, may publish on
// its intake and hear its answers.
const (
	intakePrefix = "intake."
	answerPrefix = "answer."
)

// Bounds of a node.
const (
	startTimeout  = 2 * time.Minute // the stream reads back what it keeps
	streamTimeout    = 3 * time.Second // the stream in this process is asked
	pingEvery = 5 * time.Second // a line that is silent three times is dead
	redialEvery    = time.Second
	dialTimeout   = 5 * time.Second
)

// Options is what a node is made of.
type Options struct {
	Dir      string      // the spool's
	Upstream string      // as ParseUpstream takes it
	Key      string      // the station's API key
	TLS      *tls.Config // for nats-leaf+tls; nil trusts the machine's certificates
	Log      *slog.Logger
}

// Node is a NATS server inside the process and its stream. Nothing listens on the network.
type Node struct {
	options Options
	remote  *url.URL
	tls     bool
	id      string

	mu     sync.Mutex // of what follows, which a full disk makes anew
	server *server.Server
	conn   *nats.Conn // to the stream
	up     *nats.Conn // to the server above, with answers under its own name
	js     jetstream.JetStream
	kept   jetstream.Stream
	marks  jetstream.Stream
	sent   uint64 // the last record that is done
	batch  uint64 // the last record that Next returned
	failed   bool   // the last errand failed
}

// ParseUpstream reads nats-leaf://host:port or nats-leaf+tls://host:port, where the connection begins with
// TLS.
func ParseUpstream(text string) (remote *url.URL, secure bool, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "nats-leaf" && u.Scheme != "nats-leaf+tls" || u.Hostname() == "" || u.Port() == "" || u.User != nil || u.Path != "" {
		return nil, false, errors.New("nats-leaf://host:port or nats-leaf+tls://host:port wanted, without the key")
	}
	return &url.URL{Scheme: "nats-leaf", Host: u.Host}, u.Scheme == "nats-leaf+tls", nil
}

// New checks the options. The node starts when a spool is opened over it.
func New(o Options) (*Node, error) {
	remote, secure, err := ParseUpstream(o.Upstream)
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256([]byte(o.Key))
	remote.User = url.UserPassword("station", o.Key)
	return &Node{options: o, remote: remote, tls: secure, id: hex.EncodeToString(id[:])}, nil
}

func (n *Node) dir() string { return filepath.Join(n.options.Dir, uplink.StreamFolder) }

func (n *Node) serverOptions() *server.Options {
	upper := &server.RemoteLeafOpts{
		URLs: []*url.URL{n.remote}, DialTimeout: dialTimeout,
		DenyImports: []string{"$JS.>", subjectKept, subjectSent, "_INBOX.>"},
		DenyExports: []string{"$JS.>", subjectKept, subjectSent, "_INBOX.>"},
	}
	if n.tls {
		upper.TLS, upper.TLSHandshakeFirst, upper.TLSConfig = true, true, n.options.TLS
		if upper.TLSConfig == nil {
			upper.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: n.remote.Hostname()}
		}
	}
	return &server.Options{
		ServerName: "station-" + n.id[:8], DontListen: true, NoSigs: true, NoSystemAccount: true,
		JetStream: true, JetStreamDomain: "station", StoreDir: n.dir(), SyncAlways: true,
		PingInterval: pingEvery, MaxPingsOut: 2,
		LeafNode: server.LeafNodeOpts{Remotes: []*server.RemoteLeafOpts{upper}, ReconnectInterval: redialEvery},
	}
}

// start brings up the server and its stream. The mutex is held.
func (n *Node) start() (err error) {
	if n.server, err = server.NewServer(n.serverOptions()); err != nil {
		return fmt.Errorf("leaf: %w", err)
	}
	n.server.SetLoggerV2(logger{n.options.Log}, false, false, false)
	n.server.Start()
	if !n.server.ReadyForConnections(startTimeout) || !n.server.JetStreamEnabled() {
		return errors.Join(errors.New("the stream does not start in "+n.dir()+": is its disk full or not to be written to?"), n.stop())
	}
	if err := n.connect(); err != nil {
		return errors.Join(fmt.Errorf("leaf: %w", err), n.stop())
	}
	return nil
}

func (n *Node) connect() (err error) {
	if n.conn, err = nats.Connect("", nats.InProcessServer(n.server), nats.NoReconnect()); err != nil {
		return err
	}
	if n.up, err = nats.Connect("", nats.InProcessServer(n.server), nats.NoReconnect(), nats.CustomInboxPrefix(answerPrefix+n.id)); err != nil {
		return err
	}
	if n.js, err = jetstream.New(n.conn); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), streamTimeout)
	defer cancel()
	return n.openStreams(ctx)
}

// stop ends the server; what it has acknowledged is on disk. The mutex is held.
func (n *Node) stop() error {
	for _, conn := range []*nats.Conn{n.conn, n.up} {
		if conn != nil {
			conn.Close()
		}
	}
	if n.server != nil {
		n.server.Shutdown()
		n.server.WaitForShutdown()
	}
	n.conn, n.up, n.server = nil, nil, nil
	return nil
}

// Close ends the node.
func (n *Node) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.stop()
}

// ensureRunning starts the node anew after a failure: a stream that the disk has once refused does not go on by
// itself when there is room again.
func (n *Node) ensureRunning() error {
	if n.server != nil && !n.failed && n.server.JetStreamEnabled() {
		return nil
	}
	err := errors.Join(n.stop(), n.start())
	n.failed = err != nil
	return err
}

// logger lets the server's warnings into the station's log.
type logger struct{ log *slog.Logger }

func (l logger) Noticef(string, ...any) {}
func (l logger) Debugf(string, ...any)  {}
func (l logger) Tracef(string, ...any)  {}

func (l logger) Warnf(format string, args ...any) {
	l.log.Warn("leaf: " + fmt.Sprintf(format, args...))
}

func (l logger) Errorf(format string, args ...any) {
	l.log.Warn("leaf: " + fmt.Sprintf(format, args...))
}

func (l logger) Fatalf(format string, args ...any) {
	l.log.Error("leaf: " + fmt.Sprintf(format, args...))
}
