// Package leaf stores a station's passages in a local NATS stream and sends them to the server as a leaf
// node of the server's NATS. It provides a Log for uplink.Spool and a Transport for uplink.Sender.
//
// The JetStream server runs inside this process and syncs every record to disk before it counts as stored. A
// batch is sent as a request; the response is the intake's own, so refusals arrive as they do over HTTP.
// Numbering, order and refused lines are handled by package uplink.
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

// Subjects between a station and the server. The id of a key is its SHA-256 in hexadecimal; a station may
// publish on its own intake subject and subscribe to its own answers.
const (
	intakePrefix = "intake."
	answerPrefix = "answer."
)

// Limits of a node.
const (
	startTimeout  = 2 * time.Minute // the stream is read back at the start
	streamTimeout = 3 * time.Second // of one operation on the local stream
	pingEvery     = 5 * time.Second // a connection that misses two pings is dead
	redialEvery   = time.Second
	dialTimeout   = 5 * time.Second
)

// Options are the options of a Node.
type Options struct {
	Dir      string      // the spool's folder
	Upstream string      // a URL that ParseUpstream accepts
	Key      string      // the station's API key
	TLS      *tls.Config // for nats-leaf+tls; nil trusts the system's certificates
	Log      *slog.Logger
}

// Node is an in-process NATS server with its stream. It does not listen on the network.
type Node struct {
	options Options
	remote  *url.URL
	tls     bool
	id      string

	mu      sync.Mutex // guards the fields below, which are replaced after a disk error
	server  *server.Server
	conn    *nats.Conn // to the local stream
	up      *nats.Conn // to the upstream server, with an inbox prefix of its own
	js      jetstream.JetStream
	kept    jetstream.Stream
	marks   jetstream.Stream
	sent    uint64 // the last record that is done
	batch   uint64 // the last record that Next returned
	missing uint64 // the last record found missing
	damage  uplink.Damage
	failed  bool // the last operation failed
}

// ParseUpstream parses nats-leaf://host:port or nats-leaf+tls://host:port. The latter begins the connection
// with TLS.
func ParseUpstream(text string) (remote *url.URL, secure bool, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "nats-leaf" && u.Scheme != "nats-leaf+tls" || u.Hostname() == "" || u.Port() == "" || u.User != nil || u.Path != "" {
		return nil, false, errors.New("want nats-leaf://host:port or nats-leaf+tls://host:port, without the key")
	}
	return &url.URL{Scheme: "nats-leaf", Host: u.Host}, u.Scheme == "nats-leaf+tls", nil
}

// New returns a node with checked options. It starts when a spool is opened over it.
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

// serverOptions returns the options of the embedded NATS server. It does not listen, writes every message to disk
// before it is acknowledged, and exchanges neither its streams nor its inboxes with the upstream server.
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

// start starts the server and opens its streams. The caller holds the mutex.
func (n *Node) start() (err error) {
	if n.server, err = server.NewServer(n.serverOptions()); err != nil {
		return fmt.Errorf("leaf: %w", err)
	}
	n.server.SetLoggerV2(logger{n.options.Log}, false, false, false)
	n.server.Start()
	if !n.server.ReadyForConnections(startTimeout) || !n.server.JetStreamEnabled() {
		return errors.Join(errors.New("stream did not start in "+n.dir()+": disk full or not writable?"), n.stop())
	}
	if err := n.connect(); err != nil {
		return errors.Join(fmt.Errorf("leaf: %w", err), n.stop())
	}
	return nil
}

// connect opens the connections to the embedded server, without a network, and its streams.
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

// stop stops the server. Acknowledged records are on disk. The caller holds the mutex.
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

// Close stops the node.
func (n *Node) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.stop()
}

// ensureRunning restarts the node after a failure, because a stream does not recover by itself from a full
// disk.
func (n *Node) ensureRunning() error {
	if n.server != nil && !n.failed && n.server.JetStreamEnabled() {
		return nil
	}
	err := errors.Join(n.stop(), n.start())
	n.failed = err != nil
	return err
}

// logger writes the server's warnings to the station's log.
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
