package main_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"bompass/server/embedded"
	"bompass/server/internal/natstest"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// disturbed is three servers on one database and one NATS cluster, all of which fail in turn.
type disturbed struct {
	t        *testing.T
	home     *embedded.Home
	postgres *embedded.Postgres
	nats     *natstest.Cluster
	servers  []*crashed
}

func newDisturbed(t *testing.T) *disturbed {
	t.Helper()
	home, err := embedded.OpenHome(emptyHome(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = home.Close() })
	d := &disturbed{t: t, home: home, nats: natstest.Start(t)}
	d.startPostgres()
	t.Cleanup(func() { _ = d.postgres.Stop() })
	extra := []string{
		"DATABASE_URL=" + d.postgres.URL(), "NATS_URL=" + d.nats.URLs(), "BOMPASS_SECRET=8f2b6c1d94e07a35b8c2d1e4f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829",
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
	for n, node := range d.nats.Nodes {
		restart(d.servers[n])
		node.Stop()
		time.Sleep(time.Duration(200+rand.IntN(500)) * time.Millisecond)
		d.nats.Restart(node)
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
	var disturbance sync.WaitGroup
	disturbance.Go(d.disturb)
	sendAll(driven, d.send)
	disturbance.Wait()
	d.servers[0].wantChargesIn(d.postgres.URL(), expectedCharges(t, driven))
}
