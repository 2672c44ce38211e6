package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/hardware/uplink"
	"bompass/hardware/uplink/leaf"
	"bompass/server/internal/e2e"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// openLeafSpool opens a station's spool and its sender over a leaf node of the server.
func openLeafSpool(t *testing.T, dir, address, key string) (*uplink.Spool, *uplink.Sender) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	node, err := leaf.New(leaf.Options{Dir: dir, Upstream: "nats-leaf://" + address, Key: key, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	spool, err := uplink.OpenWithLog(dir, time.Now(), node.Open)
	if err != nil {
		t.Fatal(err)
	}
	return spool, &uplink.Sender{
		Transport: node.Send, Spool: spool, Wait: uplink.Sleep, Jitter: func() float64 { return 0 }, Log: log,
	}
}

// Kari's car passes a station that is a leaf node of the server, while the server is killed and restarted, twice. Every
// passage is in her list, and none twice.
func TestLeafPassagesSurviveServerRestarts(t *testing.T) {
	address := e2e.FreeAddr(t)
	product := e2e.Start(t, program, "BOMPASS_LEAF="+address)
	vehicle := fixture.Vehicles()[0]
	spool, sender := openLeafSpool(t, t.TempDir(), address, fixture.StationKey)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var sending sync.WaitGroup
	var sent error
	sending.Go(func() { sent = sender.Run(ctx) })
	want := map[toll.PassageID]bool{}
	see := func(n int) {
		for range n {
			o, err := spool.Append(uplink.Observation{
				Station: "oslo-301", Lane: 7, At: time.Now().UTC().Truncate(time.Millisecond), Direction: "in",
				Country: vehicle.Plate.Country, Plate: vehicle.Plate.Text,
			})
			if err != nil {
				t.Fatal(err)
			}
			want[toll.Observation{
				Station: toll.StationID(o.Station), Lane: o.Lane, Epoch: o.Epoch, Sequence: o.Sequence,
			}.ID()] = true
			time.Sleep(5 * time.Millisecond)
		}
	}
	for range 2 {
		see(10)
		product.Kill(t)
		see(10)
		product.Launch(t)
	}
	for spool.Waiting() > 0 && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	kari := signInHTTP(t, product, account(t, "kari@bompass.example"))
	got := map[toll.PassageID]int{}
	for end := time.Now().Add(30 * time.Second); len(got) < len(want) &&
		time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		clear(got)
		for _, line := range kari.passages(t).Lines {
			if want[line.ID] {
				got[line.ID]++
			}
		}
	}
	cancel()
	sending.Wait()
	if err := errors.Join(sent, spool.Close()); err != nil {
		t.Fatal(err)
	}
	for id, n := range got {
		if n != 1 {
			t.Errorf("%s is on the reply %d times", id, n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d passages of %d", len(got), len(want))
	}
}

// The station's agent runs over a leaf node, and an unknown key is refused.
func TestStationAgentRunsOverLeafNode(t *testing.T) {
	address := e2e.FreeAddr(t)
	product := e2e.Start(t, program, "BOMPASS_LEAF="+address)
	dir := t.TempDir()
	station := filepath.Join(dir, "station")
	build := exec.Command("go", "build", "-o", station, "./hardware/cmd/station")
	build.Dir = e2e.Top
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the station: %v\n%s", err, text)
	}
	mount := fixture.Mounts()[0]
	cast := filepath.Join(dir, "cast")
	if err := os.WriteFile(cast, fmt.Appendf(nil, "NO XX99999 %s\n", mount.Tag), 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	drive := func(key string) string {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // a station that does not stop fails the test
		defer cancel()
		cmd := exec.CommandContext(ctx, station, "--upstream", "nats-leaf://"+address, "--station", "oslo-301",
			"--spool", filepath.Join(dir, key),
			"--vehicles", cast, "--rate", "3600", "--lanes", "1", "--duration", "6s", "--live", "off")
		cmd.Env = append(os.Environ(), "BOMPASS_STATION_KEY="+key)
		text, err := cmd.CombinedOutput()
		if err != nil && key == fixture.StationKey {
			t.Fatalf("drive: %v\n%s", err, text)
		}
		return string(text)
	}
	if output := drive("unknown-key"); !strings.Contains(output, "the station's key is unknown there") {
		t.Errorf("with an unknown key the station printed:\n%s", output)
	}
	output := drive(fixture.StationKey)
	if !strings.Contains(output, "waiting=0") {
		t.Errorf("passages were not sent:\n%s", output)
	}
	kari := signInHTTP(t, product, account(t, "kari@bompass.example"))
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		for _, line := range kari.passages(t).Lines {
			if line.At.After(began) && line.Station == "oslo-301" && line.Tag == mount.Tag && line.Priced {
				return
			}
		}
	}
	t.Errorf("no passage of the tag is on the reply; the station printed:\n%s", output)
}
