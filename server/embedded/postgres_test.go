package embedded_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"bompass/server/embedded"
)

// homeDir is a directory that PostgreSQL's own user can reach, which t.TempDir is not when run by root.
func homeDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bompass-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func start(t *testing.T, dir string) (*embedded.Home, *embedded.Postgres) {
	t.Helper()
	home, err := embedded.OpenHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := embedded.StartThrowaway(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop(); _ = home.Close() })
	return home, p
}

func exec1(t *testing.T, url, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}

func TestDataIsKeptBetweenRuns(t *testing.T) {
	dir := homeDir(t)
	home, p := start(t, dir)
	exec1(t, p.URL(), "create table kept (n int)")
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := home.Close(); err != nil {
		t.Fatal(err)
	}
	_, p = start(t, dir)
	exec1(t, p.URL(), "insert into kept values (1)")
}

func TestOrphanedPostgreSQLIsStoppedAndItsDataRecovered(t *testing.T) {
	dir := homeDir(t)
	_, p := start(t, dir)
	exec1(t, p.URL(), "create table kept (n int)")
	pid := postmaster(t, p)
	home := release(t, dir)
	defer func() { _ = home.Close() }()
	again, err := embedded.StartThrowaway(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Stop() }()
	if next := postmaster(t, again); next == pid {
		t.Errorf("process %s still has the data", pid)
	}
	exec1(t, again.URL(), "insert into kept values (1)")
}

// release frees a home as the death of its server does.
func release(t *testing.T, dir string) *embedded.Home {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "lock")); err != nil {
		t.Fatal(err)
	}
	home, err := embedded.OpenHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	return home
}

func postmaster(t *testing.T, p *embedded.Postgres) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.Where(), "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, _, _ := strings.Cut(string(text), "\n")
	return pid
}

func TestTwoServersRunSideBySide(t *testing.T) {
	_, one := start(t, homeDir(t))
	_, two := start(t, homeDir(t))
	exec1(t, one.URL(), "create table only_here (n int)")
	exec1(t, two.URL(), "create table only_here (n int)")
}

func TestHomeIsLockedByOneServer(t *testing.T) {
	dir := homeDir(t)
	home, err := embedded.OpenHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.OpenHome(dir); !errors.Is(err, embedded.ErrHeld) || !strings.Contains(err.Error(), "BOMPASS_HOME") {
		t.Errorf("got %v", err)
	}
	if err := home.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := embedded.OpenHome(dir)
	if err != nil {
		t.Fatalf("a home that was given back: %v", err)
	}
	_ = again.Close()
}

func TestSocketOfLongHomePathIsShort(t *testing.T) {
	dir := filepath.Join(homeDir(t), strings.Repeat("deep/", 25))
	_, p := start(t, dir)
	exec1(t, p.URL(), "select 1")
}

func TestDatabaseOfRunningServerIsFound(t *testing.T) {
	dir := homeDir(t)
	_, p := start(t, dir)
	url, err := embedded.Running(dir)
	if err != nil || url != p.URL() {
		t.Errorf("got %q, %v, want %q", url, err, p.URL())
	}
}

// A directory that PostgreSQL's own user cannot enter, as a checkout under /root is, must do as well.
func TestHomeThatPostgresUserCannotEnterWorksForRoot(t *testing.T) {
	dir := homeDir(t)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, p := start(t, filepath.Join(dir, "run"))
	exec1(t, p.URL(), "select 1")
	if os.Getuid() == 0 {
		if strings.HasPrefix(p.Where(), dir) {
			t.Errorf("the data lies in %s", p.Where())
		}
		t.Cleanup(func() { _ = os.RemoveAll(p.Where()) })
	}
}

func TestStreamStartsAgainOnItsFiles(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		s, err := embedded.StartStream(dir, true)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := s.Connect()
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Flush(); err != nil {
			t.Fatal(err)
		}
		conn.Close()
		s.Stop()
	}
}
