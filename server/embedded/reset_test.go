package embedded_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bompass/server/embedded"
)

// lie writes a file into a home.
func lie(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func gone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", path, err)
	}
}

// The database can be outside the home, if its user cannot reach the home.
func TestResetDeletesDatabaseOutsideHome(t *testing.T) {
	for name, mode := range map[string]os.FileMode{"in the home": 0o755, "elsewhere": 0o700} {
		t.Run(name, func(t *testing.T) {
			parent := homeDir(t)
			if err := os.Chmod(parent, mode); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(parent, "run")
			home, p := start(t, dir)
			if _, err := embedded.Reset(t.Context(), dir); !errors.Is(err, embedded.ErrHeld) {
				t.Errorf("while a server has it: got %v", err)
			}
			exec1(t, p.URL(), "create table kept (n int)")
			if err := errors.Join(p.Stop(), home.Close()); err != nil {
				t.Fatal(err)
			}
			lie(t, filepath.Join(dir, "stream", "block"))
			removed, err := embedded.Reset(t.Context(), dir)
			if err != nil || !slices.Contains(removed, p.Where()) {
				t.Errorf("got %v, %v, want %s among them", removed, err, p.Where())
			}
			gone(t, p.Where())
			gone(t, dir)
		})
	}
}

func TestResetStopsOrphanedPostgreSQL(t *testing.T) {
	dir := homeDir(t)
	_, p := start(t, dir)
	if err := os.Remove(filepath.Join(dir, "lock")); err != nil { // as the death of its server frees it
		t.Fatal(err)
	}
	lie(t, filepath.Join(dir, "lock"))
	if _, err := embedded.Reset(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	<-p.Ended()
	gone(t, dir)
}

func TestResetLeavesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "thesis.txt")
	lie(t, mine)
	if removed, err := embedded.Reset(t.Context(), dir); err != nil || len(removed) > 0 {
		t.Errorf("a directory that is no home: got %v, %v", removed, err)
	}
	lie(t, filepath.Join(dir, "lock"))
	lie(t, filepath.Join(dir, "secret"))
	if removed, err := embedded.Reset(t.Context(), dir); err != nil || len(removed) != 2 {
		t.Errorf("a home with something else in it: got %v, %v", removed, err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}

// The name of the directory elsewhere is read from a file: only one that can be Bompass's is believed.
func TestResetDeletesOnlyBelowSharedRoot(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	lie(t, filepath.Join(dir, "lock"))
	if err := os.WriteFile(filepath.Join(dir, "postgres.place"), []byte(other+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.Reset(t.Context(), dir); err == nil {
		t.Error("got no error")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}
