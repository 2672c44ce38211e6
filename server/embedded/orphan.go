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
	command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return 0, false
	}
	return pid, strings.Contains(string(command), p.place.data())
}

func waitGone(ctx context.Context, pid int, limit time.Duration) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
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
