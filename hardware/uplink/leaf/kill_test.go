package leaf_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"bompass/hardware/uplink"
)

// killRounds is the number of times the process is killed; more in make faults.
func killRounds() int {
	if os.Getenv("STATION_FIGURES") != "" {
		return 100
	}
	return 6
}

// TestMain lets the test binary act as the station that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LEAF_TEST_SPOOL"); dir != "" {
		if err := runStation(dir, os.Getenv("LEAF_TEST_UPSTREAM")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// runStation appends passages as fast as it can and prints each after it is stored, while a sender drains
// the spool.
func runStation(dir, upstream string) error {
	spool, sender, err := over(dir, upstream)
	if err != nil {
		return err
	}
	go func() { _ = sender.Run(context.Background()) }()
	for {
		o, err := spool.Append(uplink.Observation{Station: "oslo-301", Lane: 1, At: time.Now().UTC(), Plate: "DP45821"})
		if err != nil {
			return err
		}
		fmt.Println(key(o))
	}
}

// kill -9 at any point neither loses nor duplicates a passage that Append has returned, also when answers
// are lost and the server is down for some rounds.
func TestKilledStationLosesNothing(t *testing.T) {
	h, dir := newHub(t), t.TempDir()
	h.loseAnswers(func(batches int) bool { return batches%7 == 0 })
	dice := rand.New(rand.NewPCG(1, 2))
	stored := map[string]bool{}
	rounds := killRounds()
	for round := range rounds {
		if round%3 == 0 {
			h.stop()
		} else if h.server == nil {
			h.start()
		}
		for _, key := range runAndKill(t, dir, h.upstream(), 1+dice.IntN(600)) {
			if stored[key] {
				t.Errorf("%s was given twice", key)
			}
			stored[key] = true
		}
	}
	h.stop()
	h.loseAnswers(nil)
	h.start()
	spool, sender := open(t, dir, h.upstream())
	drain(t, sender)
	arrived := map[string]bool{}
	for _, key := range h.received() {
		arrived[key] = true
	}
	for key := range stored {
		if !arrived[key] {
			t.Errorf("%s was stored and never arrived", key)
		}
	}
	if len(stored) < rounds || spool.Waiting() != 0 {
		t.Errorf("got %d passages stored in %d rounds, %d waiting", len(stored), rounds, spool.Waiting())
	}
	var epoch, sequence int64
	for _, key := range h.received() {
		var e, s int64
		if _, err := fmt.Sscanf(key, "oslo-301/1/%d/%d", &e, &s); err != nil {
			t.Fatal(err)
		}
		if e < epoch || e == epoch && s != sequence+1 {
			t.Errorf("%s came after %d/%d", key, epoch, sequence)
		}
		epoch, sequence = e, s
	}
	t.Logf("killed %d times: %d passages stored, %d arrived, %d came again and were dropped", rounds, len(stored), len(arrived), h.duplicates())
}

// runAndKill runs the station until it has stored n passages, kills it, and returns the printed keys.
func runAndKill(t *testing.T, dir, upstream string, n int) (keys []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LEAF_TEST_SPOOL="+dir, "LEAF_TEST_UPSTREAM="+upstream)
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
