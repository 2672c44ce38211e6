package embedded_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bompass/server/embedded"
)

// smallDisk mounts a file system of 200 MB in memory. Only root can do so, and not in every container.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=200m"); err != nil {
		t.Skipf("SKIPPED: a full disk is not tested, since no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// publish publishes until the stream has stored a message, or returns the last error.
func publish(t *testing.T, js jetstream.JetStream, tries int) (err error) {
	t.Helper()
	for range tries {
		if _, err = js.Publish(t.Context(), "a", make([]byte, 1000)); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// A stream whose disk has been full refuses everything from then on. It works again by itself once there is space, and
// holds what it has acknowledged.
func TestStreamRecoversFromFullDisk(t *testing.T) {
	dir := smallDisk(t)
	s, err := embedded.StartStream(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	go s.Watch(t.Context(), 10*time.Millisecond, slog.New(slog.DiscardHandler))
	conn, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "a", MaxBytes: 1 << 30})
	if err != nil {
		t.Fatalf("a stream that may become larger than the disk: %v", err)
	}
	if err := publish(t, js, 1); err != nil {
		t.Fatal(err)
	}
	fill := filepath.Join(dir, "fill")
	if err := os.WriteFile(fill, make([]byte, 200<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v, want a full disk", err)
	}
	for err := publish(t, js, 1); err == nil; err = publish(t, js, 1) {
		continue // until the stream has met the full disk
	}
	for s.Ready() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	before, err := kept.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	for s.Ready() != nil {
		time.Sleep(10 * time.Millisecond)
	}
	if err := publish(t, js, 500); err != nil {
		t.Fatalf("after there is space again: %v", err)
	}
	after, err := kept.Info(t.Context())
	if err != nil || after.State.Msgs < before.State.Msgs || after.State.Msgs < 2 {
		t.Errorf("got %+v, %v, want the %d messages from before and another", after, err, before.State.Msgs)
	}
}
