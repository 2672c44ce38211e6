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

// stopOrphan ends a PostgreSQL that a killed server has left behind on this data. The home's lock is
// ours, so no living server needs it.
func (p *Postgres) stopOrphan(ctx context.Context) error {
	pid, ok := p.orphan()
	if !ok {
		return nil
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(pid, signal); errors.Is(err, syscall.ESRCH) {
			return nil
		} else if err != nil {
			return fmt.Errorf("a PostgreSQL (process %d) is left over from an earlier run and cannot be stopped (%w); stop it yourself", pid, err)
		}
		if waitGone(ctx, pid, stopWait) {
			return nil
		}
	}
	return fmt.Errorf("a PostgreSQL (process %d) is left over from an earlier run and does not stop; stop it yourself", pid)
}

// Running returns the address of the database of the server that runs on a home.
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

// orphan reads the postmaster's lock file and makes sure that the process is that postmaster and not
// another that has been given the same number since.
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

// commandOf is the command line of a process; empty when it is gone, or has ended and only waits to be
// asked for its result (which in a container nobody may do).
func commandOf(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return string(text)
}

func waitGone(ctx context.Context, pid int, limit time.Duration) bool {
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
