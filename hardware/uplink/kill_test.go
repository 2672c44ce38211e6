package uplink_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"bompass/hardware/uplink"
)

// figures reports whether the full figures are wanted, as in make faults.
func figures() bool { return os.Getenv("STATION_FIGURES") != "" }

// killRounds is the number of times the process is killed.
func killRounds() int {
	if figures() {
		return 500
	}
	return 12
}

// TestMain lets the test binary act as the station that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("UPLINK_TEST_SPOOL"); dir != "" {
		run := runStation
		if os.Getenv("UPLINK_TEST_JOURNAL") != "" {
			run = runJoining
		}
		if err := run(dir, os.Getenv("UPLINK_TEST_SERVER")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// runStation appends passages as fast as it can and prints each after it is stored, while a sender drains
// the spool.
func runStation(dir, address string) error {
	spool, err := uplink.Open(dir, time.Now())
	if err != nil {
		return err
	}
	s := sender(address, spool)
	s.Wait = uplink.Sleep
	go func() { _ = s.Run(context.Background()) }()
	for {
		o, err := spool.Append(uplink.Observation{Station: "oslo-301", Lane: 1, At: time.Now().UTC(), Plate: "DP45821"})
		if err != nil {
			return err
		}
		fmt.Println(key(o))
	}
}

// kill -9 at any point neither loses nor duplicates a passage that Append has returned.
func TestKilledStationLosesNothing(t *testing.T) {
	dir := t.TempDir()
	s := newServer(t, func(post int, _ []uplink.Observation, w http.ResponseWriter) bool {
		if post%5 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	dice := rand.New(rand.NewPCG(1, 2))
	stored := map[string]bool{}
	rounds := killRounds()
	for range rounds {
		for _, key := range runAndKill(t, dir, s.URL, 1+dice.IntN(600)) {
			if stored[key] {
				t.Errorf("%s was given twice", key)
			}
			stored[key] = true
		}
	}
	spool := open(t, dir)
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(stored) < rounds {
		t.Errorf("got %d passages stored, want at least one a round", len(stored))
	}
	arrived := s.passages()
	for key := range stored {
		if _, kept := arrived[key]; !kept {
			t.Errorf("%s was stored and never arrived", key)
		}
	}
	var last uplink.Observation
	for _, key := range s.received() {
		o := arrived[key]
		if o.Epoch < last.Epoch || o.Epoch == last.Epoch && o.Sequence != last.Sequence+1 {
			t.Errorf("%s came after %d/%d", key, last.Epoch, last.Sequence)
		}
		last = o
	}
	t.Logf("killed %d times: %d passages stored, %d arrived in %d posts", rounds, len(stored), len(arrived), s.postCount())
}

// runAndKill runs the station until it has stored n passages, kills it, and returns the printed keys.
func runAndKill(t *testing.T, dir, address string, n int, env ...string) (keys []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "UPLINK_TEST_SPOOL="+dir, "UPLINK_TEST_SERVER="+address), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		if keys = append(keys, scan.Text()); len(keys) == n {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	return keys
}
