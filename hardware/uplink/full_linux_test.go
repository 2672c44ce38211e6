package uplink_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/uplink"
)

// smallDisk returns a small file system. Mounting it takes root; without root it returns an ordinary folder
// and false.
func smallDisk(t *testing.T, size string) (dir string, small bool) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Logf("NOT ON A SMALL DISK: mounting one takes root: %v", err)
		return dir, false
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir, true
}

// fillUp writes until the disk is full.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}

// While the disk is full a lane holds its passage; with room again, everything arrives once and in order.
// The server is down while the disk fills.
func TestFullDiskLosesNothing(t *testing.T) {
	dir, small := smallDisk(t, "512k")
	spool := open(t, filepath.Join(dir, "spool"))
	s := newServer(t, nil)
	sender := sender(s.URL, spool)
	sender.Wait = func(ctx context.Context, _ time.Duration) error { return uplink.Sleep(ctx, 5*time.Millisecond) }
	const cars = 400
	room := make(chan struct{})
	var full sync.Once
	if small {
		fillUp(t, filepath.Join(dir, "ballast"))
		go func() {
			<-room
			_ = os.Remove(filepath.Join(dir, "ballast"))
		}()
	}
	var want []string
	agent := uplink.Agent{
		Sites:  []uplink.Site{{Station: "oslo-301", Reader: burst{cars, func() { full.Do(func() { close(room) }) }}}},
		Sender: sender, OnKept: func(o uplink.Observation, _ hardware.Sighting) { want = append(want, key(o)) },
	}
	if err := agent.Run(t.Context()); !errors.Is(err, errBroken) {
		t.Fatalf("got %v, want the reader's own end", err)
	}
	if len(want) != cars {
		t.Errorf("got %d passages kept of %d", len(want), cars)
	}
	same(t, s.received(), want)
}

// burst emits n vehicles as fast as they are stored and calls began once it is under way.
type burst struct {
	n     int
	began func()
}

func (b burst) Run(_ context.Context, emit func(hardware.Sighting) error) error {
	time.AfterFunc(200*time.Millisecond, b.began)
	for i := range b.n {
		if err := emit(hardware.Sighting{Lane: 1, At: time.Unix(1_780_000_000+int64(i), 0), Plate: hardware.PlateRead{Country: "NO", Text: "DP45821"}}); err != nil {
			return err
		}
	}
	return errBroken
}

func (burst) Health() hardware.Health { return hardware.Health{} }

// A spool that filled the disk by itself, segment by segment, is drained and continues.
func TestSpoolThatFilledTheDiskDrains(t *testing.T) {
	dir, small := smallDisk(t, "6m")
	spool := open(t, filepath.Join(dir, "spool"))
	var want []string
	for i := range 60_000 {
		o, err := spool.Append(uplink.Observation{Station: "oslo-301", Lane: 1, At: time.Unix(1_780_000_000+int64(i), 0).UTC(), Plate: "DP45821"})
		if err != nil {
			break
		}
		want = append(want, key(o))
	}
	if small && len(want) == 60_000 {
		t.Fatal("the disk did not fill")
	}
	s := newServer(t, nil)
	sender := sender(s.URL, spool)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- sender.Run(ctx) }()
	for spool.Waiting() > 0 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	o, err := spool.Append(uplink.Observation{Station: "oslo-301", Lane: 1, At: time.Unix(1_790_000_000, 0).UTC(), Plate: "DP45821"})
	if err != nil {
		t.Fatalf("no room after everything was sent: %v", err)
	}
	want = append(want, key(o))
	for spool.Waiting() > 0 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	same(t, s.received(), want)
}
