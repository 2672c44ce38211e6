// Package natstest starts clusters of NATS servers for tests, in the process, with files of their own.
package natstest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startMax is the maximum time for a cluster to have a leader.
const startMax = 2 * time.Minute

// Node is a server of a cluster.
type Node struct {
	*server.Server
	opts server.Options
}

// Cluster is three servers with JetStream. Each message is on disk before it is acknowledged.
type Cluster struct {
	tb    testing.TB
	Nodes []*Node
}

// Start starts a cluster and returns when it has a leader. Its servers are stopped at the end of the test.
func Start(tb testing.TB) *Cluster {
	tb.Helper()
	c := &Cluster{tb: tb}
	var routes []*url.URL
	ports := freePorts(tb, 6)
	for n := range 3 {
		routes = append(routes, &url.URL{Scheme: "nats", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[n]))})
		c.Nodes = append(c.Nodes, &Node{opts: server.Options{
			ServerName: fmt.Sprintf("n%d", n), Host: "127.0.0.1", Port: ports[3+n], JetStream: true, StoreDir: filepath.Join(tb.TempDir(), "js"),
			NoSigs: true, NoLog: true, SyncAlways: true, MaxPayload: 8 << 20, Cluster: server.ClusterOpts{Name: "tolls", Host: "127.0.0.1", Port: ports[n]},
		}})
	}
	for _, n := range c.Nodes {
		n.opts.Routes = routes
		c.start(n)
		tb.Cleanup(n.Stop)
	}
	c.AwaitLeader()
	return c
}

// freePorts returns ports that nothing listens on.
func freePorts(tb testing.TB, n int) (ports []int) {
	tb.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		addr, _ := l.Addr().(*net.TCPAddr)
		ports = append(ports, addr.Port)
	}
	return ports
}

// URLs returns the addresses of all servers for a client.
func (c *Cluster) URLs() string {
	urls := make([]string, len(c.Nodes))
	for i, n := range c.Nodes {
		urls[i] = n.ClientURL()
	}
	return strings.Join(urls, ",")
}

func (c *Cluster) start(n *Node) {
	opts := n.opts // the server changes them
	started, err := server.NewServer(&opts)
	if err != nil {
		c.tb.Errorf("start a NATS server: %v", err)
		return
	}
	started.Start()
	n.Server = started
}

// Restart starts a server that was stopped again, on its files, and returns when the cluster is complete.
func (c *Cluster) Restart(n *Node) {
	c.start(n)
	c.AwaitLeader()
}

// AwaitLeader waits until all servers belong to the cluster and it has a leader.
func (c *Cluster) AwaitLeader() {
	c.tb.Helper()
	for began := time.Now(); time.Since(began) < startMax; time.Sleep(50 * time.Millisecond) {
		for _, n := range c.Nodes {
			if n.JetStreamIsLeader() && len(n.JetStreamClusterPeers()) == len(c.Nodes) {
				return
			}
		}
	}
	c.tb.Errorf("the NATS cluster has no leader after %v", startMax)
}

// Stop stops the server in good order.
func (n *Node) Stop() {
	n.Shutdown()
	n.WaitForShutdown()
}

// LoseDisk stops the server and deletes its files.
func (n *Node) LoseDisk() error {
	n.Stop()
	return os.RemoveAll(n.opts.StoreDir)
}
