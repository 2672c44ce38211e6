package leaf_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"bompass/hardware/uplink"
)

// While the disk is full, Append returns an error; with room again the stream continues, and what arrives is
// what was stored, once and in order.
func TestFullDiskLosesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Logf("NOT ON A SMALL DISK: mounting one takes root: %v", err)
	} else {
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	}
	h := newHub(t)
	spool, sender := open(t, filepath.Join(dir, "spool"), h.upstream())
	want := fill(t, spool, 200)
	ballast := filepath.Join(dir, "ballast")
	fillUp(t, ballast)
	var refused int
	for range 40 {
		o, err := spool.Append(uplink.Observation{Station: "oslo-301", Lane: 1, At: time.Unix(1_780_001_000, 0).UTC()})
		if err != nil {
			refused++
			break
		}
		want = append(want, key(o))
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	var err error
	for end := time.Now().Add(waitMax); time.Now().Before(end); { // like a lane that holds its passage
		var o uplink.Observation
		if o, err = spool.Append(uplink.Observation{Station: "oslo-301", Lane: 1, At: time.Unix(1_780_001_000, 0).UTC()}); err == nil {
			want = append(want, key(o))
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("with room again: %v", err)
	}
	want = append(want, fill(t, spool, 200)...)
	h.start()
	drain(t, sender)
	same(t, h.received(), want)
	t.Logf("%d passages, %d refused by the full disk", len(want), refused)
}

// fillUp writes until the disk is full, at most the size of the small disk.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	block := make([]byte, 4096)
	for range 16 << 20 / len(block) {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}
