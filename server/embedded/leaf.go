package embedded

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Limits of connections to stations.
const (
	leafAuth    = 5 * time.Second // maximum time until a station has sent its key
	leafPing    = 5 * time.Second // interval; a connection that misses three answers is closed
	leafPayload = 1 << 20         // bytes of a batch
)

// Leaf is a NATS server inside this process that stations connect to as leaf nodes. It stores nothing and is not
// connected to the passage stream: a station can publish to its own intake subject and subscribe to its own
// answers.
type Leaf struct {
	server *server.Server
}

// StartLeaf listens on an address for stations with a known API key. With certificates it requires TLS.
func StartLeaf(addr string, certificates *tls.Config, known func(key string) bool) (*Leaf, error) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("leaf listener: %w", err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("leaf listener: %w", err)
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	opts := &server.Options{
		// There is no client listener: the server itself connects in memory, and stations connect as leaf nodes.
		ServerName: "bompass-leaf", DontListen: true, NoSigs: true, NoLog: true, NoSystemAccount: true, MaxPayload: leafPayload,
		PingInterval: leafPing, MaxPingsOut: 2, CustomClientAuthentication: authenticator{known},
		LeafNode: server.LeafNodeOpts{
			Host: host, Port: port, NoAdvertise: true, AuthTimeout: leafAuth.Seconds(), IsolateLeafnodeInterest: true,
			TLSConfig: certificates, TLSHandshakeFirst: certificates != nil, TLSTimeout: leafAuth.Seconds(),
		},
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("leaf listener: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(streamWait) {
		s.Shutdown()
		return nil, fmt.Errorf("cannot listen for stations on %s; is it in use by another program?", addr)
	}
	return &Leaf{server: s}, nil
}

// Address returns the address it listens on.
func (l *Leaf) Address() string {
	varz, err := l.server.Varz(nil)
	if err != nil {
		return ""
	}
	return net.JoinHostPort(varz.LeafNode.Host, strconv.Itoa(varz.LeafNode.Port))
}

// Connect opens a connection inside the process, on which stations are answered.
func (l *Leaf) Connect() (*nats.Conn, error) {
	conn, err := nats.Connect("", nats.InProcessServer(l.server), nats.Name("bompass"), nats.MaxReconnects(-1))
	if err != nil {
		return nil, errors.Join(errors.New("connect to the leaf listener"), err)
	}
	return conn, nil
}

// Stop stops the server. Stations keep the batches that were not answered.
func (l *Leaf) Stop() {
	l.server.Shutdown()
	l.server.WaitForShutdown()
}

// authenticator authenticates stations by their API key. Only this process can be a client: nothing else listens.
type authenticator struct{ known func(key string) bool }

// Check reports whether a connection is accepted, and sets its permissions.
func (d authenticator) Check(c server.ClientAuthentication) bool {
	if c.Kind() == server.CLIENT {
		return true
	}
	key := c.GetOpts().Password
	if c.Kind() != server.LEAF || key == "" || !d.known(key) {
		return false
	}
	sum := sha256.Sum256([]byte(key))
	id := hex.EncodeToString(sum[:])
	c.RegisterUser(&server.User{Username: "station-" + id[:8], Permissions: &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{"intake." + id}},
		Subscribe: &server.SubjectPermission{Allow: []string{"answer." + id + ".>"}},
	}})
	return true
}
