// Package e2e runs the whole product for tests: the program with its own database and stream, and a browser in front of
// it.
package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

	"bompass/server/internal/proves"
)

// Top is the path from this package to the top of the checkout.
const Top = "../../.."

// Build compiles the server once for a test binary and returns the program's path.
func Build(dir string) (string, error) {
	program := filepath.Join(dir, "bompass")
	build := exec.Command("go", "build", "-o", program, "./server")
	build.Dir = Top
	if text, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, text)
	}
	return program, nil
}

// Product is one running server with its own home directory.
type Product struct {
	Addr string // host:port
	Home string

	program string
	env     []string // in addition to the test's environment
	cmd     *exec.Cmd
	output  *outputBuffer
}

// URL returns the address of the portal.
func (p *Product) URL() string { return "http://" + p.Addr }

// Output returns everything that the program has printed.
func (p *Product) Output() string { return p.output.String() }

// Start starts a product on a free port, sends some of today's passages, and stops it when the test ends. Its home is
// empty when env is given, which is set in addition to the test's environment, and otherwise a copy of a home that has
// been started once, which saves the time of a first start.
func Start(t testing.TB, program string, env ...string) *Product {
	t.Helper()
	proves.Driven(t, proves.HTTP)
	home, err := os.MkdirTemp("", "bompass-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(home, 0o755); err != nil { // PostgreSQL runs as another user and must get through
		t.Fatal(err)
	}
	p := &Product{Addr: FreeAddr(t), Home: home, program: program, env: env, output: &outputBuffer{}}
	if len(env) == 0 {
		copyStartedHome(t, program, home)
	}
	t.Cleanup(func() {
		p.Stop(t)
		if t.Failed() {
			t.Logf("the product printed:\n%s", p.Output())
		}
		_ = os.RemoveAll(home)
	})
	p.Launch(t)
	if !slices.Contains(env, "BOMPASS_MODE=production") { // which has no demo data
		p.sendTodaysPassages(t)
	}
	return p
}

// startedHome guards the making of the home that Start copies. It lies beside the program and goes with it.
var startedHome sync.Mutex

// copyStartedHome copies a home into an empty folder in which the program has been started and stopped once.
func copyStartedHome(t testing.TB, program, to string) {
	t.Helper()
	startedHome.Lock()
	defer startedHome.Unlock()
	from := filepath.Join(filepath.Dir(program), "started-home")
	if _, err := os.Stat(from); err != nil {
		made := from + "-unfinished"
		for _, dir := range []string{filepath.Dir(program), made} {
			if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755)); err != nil { // for PostgreSQL's user
				t.Fatal(err)
			}
		}
		first := &Product{Addr: FreeAddr(t), Home: made, program: program, output: &outputBuffer{}}
		first.Launch(t)
		first.Stop(t)
		if err := os.Rename(made, from); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := exec.Command("cp", "-a", from+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("copy a started home: %v\n%s", err, text)
	}
}

// Launch starts the program, initially or after Kill or Stop, and waits until it is ready.
func (p *Product) Launch(t testing.TB) {
	t.Helper()
	p.cmd = exec.Command(p.program, "serve")
	p.cmd.Dir = Top
	p.cmd.Env = append(append(os.Environ(), "BOMPASS_ADDR="+p.Addr, "BOMPASS_PUBLIC_URL=http://"+p.Addr, "BOMPASS_HOME="+p.Home), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start the product: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if err := p.ready(ctx); err != nil {
		t.Fatalf("%v; it printed:\n%s", err, p.Output())
	}
}

// ready waits until the program reports that it is ready.
func (p *Product) ready(ctx context.Context) error {
	for {
		if status, err := get(ctx, p.URL()+"/readyz"); err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("the product did not become ready")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Kill ends the program at once, like a power cut.
func (p *Product) Kill(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatalf("kill the product: %v", err)
	}
	_ = p.cmd.Wait()
	p.cmd = nil
}

// Stop stops the program in good order.
func (p *Product) Stop(t testing.TB) {
	t.Helper()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("the product did not stop cleanly: %v", err)
		}
	case <-time.After(time.Minute):
		_ = p.cmd.Process.Kill()
		t.Error("the product did not stop within a minute")
	}
	p.cmd = nil
}

// get requests an address and returns the status.
func get(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// FreeAddr returns an address on this machine whose port is free.
func FreeAddr(t testing.TB) string {
	t.Helper()
	for {
		// Ports of outgoing connections are avoided: the system could use the port for one before the program listens
		// on it, or while the program is restarted.
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(20_000+rand.IntN(12_000)))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
}

// outputBuffer stores the output of a program. It is safe for concurrent use.
type outputBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *outputBuffer) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *outputBuffer) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}
