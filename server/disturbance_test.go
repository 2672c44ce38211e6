package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"bompass/server/embedded"
	"bompass/server/internal/oracle"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// natsNode is a server of a NATS cluster that a test stops and starts again on its files.
type natsNode struct {
	*server.Server
	opts server.Options
}

// startNodes starts three NATS servers that form a cluster, and returns when JetStream has a leader.
func startNodes(t *testing.T) []*natsNode {
	t.Helper()
	nodes := make([]*natsNode, 3)
	var routes []*url.URL
	for n := range nodes {
		_, port, _ := strings.Cut(freeAddr(t), ":")
		number, _ := strconv.Atoi(port)
		_, client, _ := strings.Cut(freeAddr(t), ":")
		clients, _ := strconv.Atoi(client)
		routes = append(routes, &url.URL{Scheme: "nats", Host: net.JoinHostPort("127.0.0.1", port)})
		nodes[n] = &natsNode{opts: server.Options{
			ServerName: fmt.Sprintf("n%d", n), Host: "127.0.0.1", Port: clients, JetStream: true, StoreDir: filepath.Join(t.TempDir(), "js"),
			NoSigs: true, NoLog: true, SyncAlways: true, MaxPayload: 8 << 20, Cluster: server.ClusterOpts{Name: "tolls", Host: "127.0.0.1", Port: number},
		}}
	}
	for _, n := range nodes {
		n.opts.Routes = routes
		n.start(t)
		t.Cleanup(n.stop)
	}
	awaitLeader(t, nodes)
	return nodes
}

func (n *natsNode) start(t *testing.T) {
	t.Helper()
	opts := n.opts // the server changes them
	started, err := server.NewServer(&opts)
	if err != nil {
		t.Error(err)
		return
	}
	started.Start()
	n.Server = started
}

func (n *natsNode) stop() {
	n.Shutdown()
	n.WaitForShutdown()
}

// awaitLeader waits until all nodes belong to the cluster and JetStream has a leader.
func awaitLeader(t *testing.T, nodes []*natsNode) {
	t.Helper()
	for range 1200 {
		for _, n := range nodes {
			if n.JetStreamIsLeader() && len(n.JetStreamClusterPeers()) == len(nodes) {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the NATS cluster has no leader")
}

// disturbed is three servers on one database and one NATS cluster, all of which fail in turn.
type disturbed struct {
	t        *testing.T
	home     *embedded.Home
	postgres *embedded.Postgres
	nodes    []*natsNode
	servers  []*crashed
}

func newDisturbed(t *testing.T) *disturbed {
	t.Helper()
	home, err := embedded.OpenHome(emptyHome(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = home.Close() })
	d := &disturbed{t: t, home: home, nodes: startNodes(t)}
	d.startPostgres()
	t.Cleanup(func() { _ = d.postgres.Stop() })
	var urls []string
	for _, n := range d.nodes {
		urls = append(urls, n.ClientURL())
	}
	extra := []string{
		"DATABASE_URL=" + d.postgres.URL(), "NATS_URL=" + strings.Join(urls, ","), "BOMPASS_SECRET=8f2b6c1d94e07a35b8c2d1e4f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829",
		"BOMPASS_STREAM_MAX_MB=256",
	}
	for range 3 {
		c := &crashed{t: t, home: emptyHome(t), binary: program(t), addr: freeAddr(t), scrape: freeAddr(t), extra: extra}
		bundle(t, filepath.Join(c.home, "web"))
		d.servers = append(d.servers, c)
	}
	if err := d.servers[0].run("seed").Run(); err != nil {
		t.Fatalf("seed: %v", err)
	}
	for _, c := range d.servers {
		c.start()
		t.Cleanup(c.kill)
	}
	for _, c := range d.servers {
		d.awaitReady(c)
	}
	return d
}

func (d *disturbed) startPostgres() {
	d.t.Helper()
	var err error
	if d.postgres, err = embedded.Start(context.WithoutCancel(d.t.Context()), d.home); err != nil {
		d.t.Error(err)
	}
}

// disturb kills each server twice, stops each NATS server and PostgreSQL once, and starts them again.
func (d *disturbed) disturb() {
	restart := func(c *crashed) {
		c.kill()
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		c.start()
	}
	for n, node := range d.nodes {
		restart(d.servers[n])
		node.stop()
		time.Sleep(time.Duration(200+rand.IntN(500)) * time.Millisecond)
		node.start(d.t)
		awaitLeader(d.t, d.nodes)
		if n == 1 {
			if err := d.postgres.Stop(); err != nil {
				d.t.Error(err)
			}
			time.Sleep(time.Duration(rand.IntN(1000)) * time.Millisecond)
			d.startPostgres()
		}
		restart(d.servers[(n+1)%len(d.servers)])
		for _, c := range d.servers {
			d.awaitReady(c)
		}
	}
}

// awaitReady waits until a server is ready. One that has ended, because it was starting while PostgreSQL was away, is
// started again, as a service manager does.
func (d *disturbed) awaitReady(c *crashed) {
	for range 2400 {
		reply, err := c.request(http.MethodGet, "/readyz", nil)
		if errors.Is(err, syscall.ECONNREFUSED) {
			c.kill()
			c.start()
		}
		if err == nil {
			_ = reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	d.t.Error("a server is never ready")
}

// send sends a batch to one server after the other until one acknowledges it.
func (d *disturbed) send(body []byte) {
	for range 5000 {
		c := d.servers[rand.IntN(len(d.servers))]
		reply, err := c.request(http.MethodPost, api.PassageBatch.Path, body)
		if err == nil {
			_ = reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(30 * time.Millisecond)
	}
	d.t.Error("a batch is never acknowledged")
}

// disturbedPassages is the number of passages; DISTURBED_PASSAGES is another.
func disturbedPassages(t *testing.T) int {
	t.Helper()
	text := os.Getenv("DISTURBED_PASSAGES")
	if text == "" {
		return 10_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("DISTURBED_PASSAGES: %v", err)
	}
	return n
}

// manyPassages returns n demo passages of some months until the day before yesterday, shuffled. More than there are come
// again in other epochs, each some minutes later.
func manyPassages(n int) (list []toll.Observation) {
	last := oslo.DayOf(time.Now()) - 2
	driven := fixture.Passages(last-120, last)
	driven = driven[len(driven)-crashPassages:]
	for epoch := int64(0); len(list) < n; epoch++ {
		for _, o := range driven[:min(len(driven), n-len(list))] {
			o.Epoch, o.At = 77+epoch, o.At.Add(time.Duration(epoch)*37*time.Minute)
			list = append(list, o)
		}
	}
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// Passages that are acknowledged in any order, by three servers of which each is killed twice, while each NATS server and
// PostgreSQL are stopped once, are each charged once, and as if they had come in order to one server.
func TestDisturbancesNeitherLoseNorDuplicate(t *testing.T) {
	d := newDisturbed(t)
	driven := manyPassages(disturbedPassages(t))
	queue := make(chan []byte)
	var senders, disturbance sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for body := range queue {
				d.send(body)
			}
		})
	}
	disturbance.Go(d.disturb)
	for part := range slices.Chunk(driven, crashBatch) {
		var body bytes.Buffer
		for _, o := range part {
			_ = json.NewEncoder(&body).Encode(o)
		}
		queue <- body.Bytes()
		time.Sleep(50 * time.Millisecond) // so that the disturbances fall among the batches
	}
	close(queue)
	senders.Wait()
	disturbance.Wait()
	plan, err := oracle.Plan()
	if err != nil {
		t.Fatal(err)
	}
	want, err := oracle.Charges(plan, driven)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != len(driven) {
		t.Fatalf("%d of %d passages have an expected charge", len(want), len(driven))
	}
	d.servers[0].wantChargesIn(d.postgres.URL(), want)
}
