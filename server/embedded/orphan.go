package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopOrphan stops a PostgreSQL that a killed server has left running on this data, and returns when it has ended: two
// servers on the same data would destroy it. The home is locked by this server, so no other server uses it. Wait is the
// maximum wait after each signal.
func (p *Postgres) stopOrphan(ctx context.Context, wait time.Duration) error {
	pid, ok := p.orphan()
	if !ok {
		return nil
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(pid, signal); errors.Is(err, syscall.ESRCH) {
			return nil
		} else if err != nil {
			return fmt.Errorf("a PostgreSQL (process %d) of an earlier run is still running and cannot be stopped (%w); stop it yourself", pid, err)
		}
		if awaitEnd(ctx, pid, wait) {
			return nil
		}
	}
	return fmt.Errorf("a PostgreSQL (process %d) of an earlier run is still running and does not stop; stop it yourself", pid)
}

// Running returns the URL of the database of the server that runs on a home.
func Running(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("home %s: %w", dir, err)
	}
	p := &Postgres{}
	if p.owner, err = findOwner(); err != nil {
		return "", err
	}
	if p.place, err = findPlace(abs, p.owner); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(p.place.data(), "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) < 4 {
		return "", fmt.Errorf("the server on %s has no database of its own; set DATABASE_URL to the one it uses", abs)
	}
	if p.port, err = strconv.Atoi(lines[3]); err != nil {
		return "", fmt.Errorf("database of %s: %w", abs, err)
	}
	return p.URL(), nil
}

// orphan returns the process of the postmaster's lock file, if it is that postmaster and not another process with the
// same number.
func (p *Postgres) orphan() (pid int, ok bool) {
	text, err := os.ReadFile(filepath.Join(p.place.data(), "postmaster.pid"))
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return 0, false
	}
	return pid, strings.Contains(commandOf(pid), p.place.data())
}

// commandOf returns the command line of a process. It is empty if the process has ended, also as a zombie, which in a
// container may never be reaped.
func commandOf(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return string(text)
}

// awaitEnd reports whether a process ends within a limit.
func awaitEnd(ctx context.Context, pid int, limit time.Duration) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		if commandOf(pid) == "" {
			return true
		}
		select {
		case <-tick.C:
		case <-end.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}
