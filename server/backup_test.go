package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/internal/pgtest"
)

// A copy that is made while the server runs holds its customers, and a new home gets them back from it.
func TestBackupOfRunningServerIsRestored(t *testing.T) {
	c := newCrashed(t)
	c.start()
	c.awaitReady()
	file := filepath.Join(t.TempDir(), "bompass.backup")
	out, said, err := perform(t, c.binary, c.env(), "backup", file)
	c.kill()
	if err != nil || !strings.Contains(out, "Keep ") {
		t.Fatalf("got %q, %v\n%s", out, err, said)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want a file for its owner alone", info, err)
	}
	if _, said, err := perform(t, c.binary, c.env(), "backup", file); err == nil || !strings.Contains(said, "exists") {
		t.Errorf("a file that exists: got %v %q", err, said)
	}
	if _, said, err := perform(t, c.binary, c.env(), "restore", file); err == nil || !strings.Contains(said, "has data") {
		t.Errorf("a home with data: got %v %q", err, said)
	}
	restored := []string{"BOMPASS_HOME=" + emptyHome(t)}
	if out, said, err := perform(t, c.binary, restored, "restore", file); err != nil || !strings.Contains(out, "is restored") {
		t.Fatalf("got %q, %v\n%s", out, err, said)
	}
	out, said, err = perform(t, c.binary, restored, "station", "key", "list")
	if err != nil || !strings.Contains(out, "demo") {
		t.Errorf("got %q, %v\n%s", out, err, said)
	}
}

func TestDamagedBackupIsRefusedWhole(t *testing.T) {
	server, home := program(t), emptyHome(t)
	file := filepath.Join(t.TempDir(), "damaged")
	if err := os.WriteFile(file, []byte("PGDMP and nothing more"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env  []string
		args []string
		want string
	}{
		{[]string{"BOMPASS_HOME=" + home}, []string{"restore", file}, "pg_restore:"},
		{[]string{"BOMPASS_HOME=" + home}, []string{"backup", file + ".new"}, "there is no data"},
		{[]string{"BOMPASS_HOME=" + home}, []string{"restore", file + ".none"}, "no such file"},
		{[]string{"BOMPASS_HOME=" + home}, []string{"restore"}, "write: server restore FILE"},
		{[]string{"DATABASE_URL=" + pgtest.URL(t)}, []string{"backup", file + ".new"}, "pg_dump or pg_basebackup"},
	} {
		if out, said, err := perform(t, server, c.env, c.args...); err == nil || !strings.Contains(said, c.want) {
			t.Errorf("%v: got %v, %q %q, want %q", c.args, err, out, said, c.want)
		}
	}
}
