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

// Limits of the line to stations.
const (
	leafAuth    = 5 * time.Second // a station must have said who it is
	leafPing    = 5 * time.Second // a line that is silent three times is dead
	leafPayload = 1 << 20         // bytes of a batch
)

// Leaf is a NATS server inside this process that stations connect to as leaf nodes. It keeps nothing and
// knows nothing of the passage stream: a station can publish on its own intake and hear its own answers.
type Leaf struct {
	server *server.Server
}

// StartLeaf listens on an address for stations whose API key is known. With certificates a connection
// begins with TLS.
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
		ServerName: "bompass-leaf", DontListen: true, NoSigs: true, NoLog: true, NoSystemAccount: true, MaxPayload: leafPayload,
		PingInterval: leafPing, MaxPingsOut: 2, CustomClientAuthentication: door{known},
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
		return nil, fmt.Errorf("cannot listen for stations on %s; is it taken by another program?", addr)
	}
	return &Leaf{server: s}, nil
}

// Address is where it listens.
func (l *Leaf) Address() string {
	varz, err := l.server.Varz(nil)
	if err != nil {
		return ""
	}
	return net.JoinHostPort(varz.LeafNode.Host, strconv.Itoa(varz.LeafNode.Port))
}

// Connect opens a connection inside the process, to answer stations on.
func (l *Leaf) Connect() (*nats.Conn, error) {
	conn, err := nats.Connect("", nats.InProcessServer(l.server), nats.Name("bompass"), nats.MaxReconnects(-1))
	if err != nil {
		return nil, errors.Join(errors.New("connect to the leaf listener"), err)
	}
	return conn, nil
}

// Stop ends it; stations keep what was not answered.
func (l *Leaf) Stop() {
	l.server.Shutdown()
	l.server.WaitForShutdown()
}

// door lets stations in by their API key. Only this process itself can be a client: nothing else listens.
type door struct{ known func(key string) bool }

// Check admits a connection and says what it may do.
func (d door) Check(c server.ClientAuthentication) bool {
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
