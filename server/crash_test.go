package main_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/embedded"
	"bompass/server/internal/oracle"
	"bompass/server/store"
	"bompass/server/store/passagedb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

const (
	crashPassages = 10_000
	crashBatch    = 100
	crashKills    = 5
	publicHost    = "bompass.example"
)

// crashed is a server program that is killed at random.
type crashed struct {
	t      *testing.T
	binary string
	home   string
	addr   string
	scrape string   // address of the metrics
	extra  []string // settings beside those of env
	cmd    *exec.Cmd
}

func (c *crashed) env() []string {
	secret := sha256.Sum256([]byte(c.home))
	common := append(os.Environ(), "BOMPASS_HOME="+c.home, "BOMPASS_ADDR="+c.addr, "BOMPASS_MODE=production", "BOMPASS_PUBLIC_URL=https://"+publicHost,
		"BOMPASS_SECRET="+hex.EncodeToString(secret[:]), "BOMPASS_ASSETS="+filepath.Join(c.home, "web"), "DATABASE_URL=", "NATS_URL=",
		"BOMPASS_SMTP_URL=smtp://127.0.0.1:1", // no mail is sent
		"BOMPASS_METRICS_ADDR="+c.scrape)
	return append(common, c.extra...)
}

func (c *crashed) run(args ...string) *exec.Cmd {
	cmd := exec.Command(c.binary, args...)
	cmd.Env = c.env()
	cmd.Stdout, cmd.Stderr = c.t.Output(), c.t.Output()
	return cmd
}

func (c *crashed) start() {
	c.t.Helper()
	c.cmd = c.run("serve")
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
}

// awaitReady waits until the server answers.
func (c *crashed) awaitReady() {
	c.t.Helper()
	for range 1200 {
		if reply, err := c.request(http.MethodGet, "/readyz", nil); err == nil {
			_ = reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatal("the server is never ready")
}

func (c *crashed) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func (c *crashed) request(method, path string, body []byte) (*http.Response, error) {
	req, err := http.NewRequest(method, "http://"+c.addr+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Host = publicHost
	req.Header.Set("Authorization", "Bearer "+fixture.StationKey)
	req.Header.Set("Content-Type", "application/x-ndjson")
	return http.DefaultClient.Do(req)
}

// send sends a batch until it is answered.
func (c *crashed) send(body []byte) {
	for range 2000 {
		reply, err := c.request(http.MethodPost, api.PassageBatch.Path, body)
		if err != nil {
			time.Sleep(30 * time.Millisecond)
			continue
		}
		var got api.BatchReply
		err = json.NewDecoder(reply.Body).Decode(&got)
		_ = reply.Body.Close()
		if reply.StatusCode == http.StatusOK && err == nil {
			if got.Accepted != crashBatch {
				c.t.Errorf("got %+v, want %d accepted", got, crashBatch)
			}
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	c.t.Error("a batch is never answered")
}

// A server killed while it processes 10,000 passages in any order loses none and charges none twice.
func TestKilledServerNeitherLosesNorDuplicates(t *testing.T) {
	c := newCrashed(t)
	driven := recentPassages()
	rand.Shuffle(len(driven), func(i, j int) { driven[i], driven[j] = driven[j], driven[i] })
	var killer sync.WaitGroup
	done := make(chan struct{})
	c.start()
	c.awaitReady()
	killer.Go(func() { c.killAtRandom(done) })
	sendAll(driven, c.send)
	close(done)
	killer.Wait()
	c.wantCharges(expectedCharges(t, driven))
	c.wantMetrics()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the server did not stop cleanly: %v", err)
	}
}

// sendAll sends passages in batches, some at a time, slowly enough that disturbances fall among them.
func sendAll(driven []toll.Observation, send func(body []byte)) {
	queue := make(chan []byte)
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for body := range queue {
				send(body)
			}
		})
	}
	for part := range slices.Chunk(driven, crashBatch) {
		var body bytes.Buffer
		for _, o := range part {
			_ = json.NewEncoder(&body).Encode(o)
		}
		queue <- body.Bytes()
		time.Sleep(40 * time.Millisecond)
	}
	close(queue)
	senders.Wait()
}

// expectedCharges returns the charges of passages as the rating core alone computes them.
func expectedCharges(t *testing.T, driven []toll.Observation) map[toll.PassageID]money.Ore {
	t.Helper()
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
	return want
}

func (c *crashed) killAtRandom(done <-chan struct{}) {
	for n := range crashKills {
		select {
		case <-done:
			return
		case <-time.After(time.Duration(50+rand.IntN(700)) * time.Millisecond):
		}
		c.kill()
		c.start()
		if n%2 == 1 { // also while it is starting
			time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
			c.kill()
			c.start()
		}
		c.awaitReady()
	}
}

// recentPassages returns demo passages until yesterday, in a sequence epoch of their own.
func recentPassages() []toll.Observation {
	yesterday := oslo.DayOf(time.Now()) - 1
	driven := fixture.Passages(yesterday-120, yesterday)
	driven = driven[len(driven)-crashPassages:]
	for i := range driven {
		driven[i].Epoch = 77
	}
	return driven
}

// emptyHome returns a new directory that PostgreSQL's own user can enter.
func emptyHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "bompass-crash-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	if err := os.Chmod(home, 0o755); err != nil {
		t.Fatal(err)
	}
	return home
}

func newCrashed(t *testing.T) *crashed {
	t.Helper()
	home := emptyHome(t)
	c := &crashed{t: t, home: home, binary: program(t), addr: freeAddr(t), scrape: freeAddr(t)}
	bundle(t, filepath.Join(home, "web"))
	if err := c.run("seed").Run(); err != nil {
		t.Fatalf("seed: %v", err)
	}
	t.Cleanup(func() {
		if c.cmd != nil && c.cmd.ProcessState == nil {
			c.kill()
		}
	})
	return c
}

func freeAddr(t *testing.T) string {
	t.Helper()
	for {
		// Below the ports that the system gives to outgoing connections: such a one could take it before the
		// program has it, or while the program is restarted.
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(20_000+rand.IntN(12_000)))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
}

// bundle writes the minimal files of the browser program.
func bundle(t *testing.T, dir string) {
	t.Helper()
	names := map[string]string{}
	for _, name := range []string{
		"app.wasm", "bompass.css", "wasm_exec.js", "companion.js", "program.js", "icon/bompass.svg", "icon/bompass-maskable.svg", "font/inter-latin.woff2",
	} {
		names[name] = name
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := json.Marshal(names)
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantMetrics waits until the program serves the metrics of its jobs: after a kill, the next server leads the periodic
// ones once the lease of the killed one has ended.
func (c *crashed) wantMetrics() {
	c.t.Helper()
	var body []byte
	for range 300 {
		reply, err := http.Get("http://" + c.scrape + "/metrics")
		if err != nil {
			c.t.Fatal(err)
		}
		body, err = io.ReadAll(reply.Body)
		_ = reply.Body.Close()
		if err != nil {
			c.t.Fatal(err)
		}
		if bytes.Contains(body, []byte(`bompass_jobs{kind="privacy.prune",state="completed"}`)) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.t.Errorf("the metrics are %s", body)
}

// wantCharges waits until every passage is charged, then compares the charges with a rating in memory.
func (c *crashed) wantCharges(want map[toll.PassageID]money.Ore) {
	c.t.Helper()
	url, err := embedded.Running(c.home)
	if err != nil {
		c.t.Fatal(err)
	}
	c.wantChargesIn(url, want)
}

// wantChargesIn is wantCharges on the database of a URL.
func (c *crashed) wantChargesIn(url string, want map[toll.PassageID]money.Ore) {
	c.t.Helper()
	db, err := store.Open(context.Background(), url)
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	var got map[toll.PassageID]money.Ore
	for range 3000 {
		list, err := passagedb.New(db).Audit(context.Background())
		if err != nil {
			c.t.Fatal(err)
		}
		got = map[toll.PassageID]money.Ore{}
		for _, a := range list {
			if a.Posted != a.Net || a.Revisions == 0 {
				c.t.Errorf("postings of %s sum to %v, but the charge is %v after %d revisions", a.ID, a.Posted, a.Net, a.Revisions)
			}
			got[a.ID] = a.Net
		}
		if len(got) >= len(want) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(got) != len(want) {
		c.t.Errorf("got %d passages, want %d", len(got), len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("charges (-want +got):\n%s", diff)
	}
}
