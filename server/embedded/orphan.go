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
	if pid, ok := p.orphan(); ok {
		if err := stopProcess(ctx, pid, wait); err != nil {
			return err
		}
	}
	return p.removeStaleLock(ctx, wait)
}

// stopProcess stops a PostgreSQL, and returns when it has ended.
func stopProcess(ctx context.Context, pid int, wait time.Duration) error {
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

// removeStaleLock removes the lock file of a postmaster that has been killed. PostgreSQL does so itself, unless another
// process has the number by now or the dead one is a zombie, which in a container may never be reaped: then it refuses
// to start. The lock of the home excludes other servers; processes that a killed postmaster has left end by themselves
// and are waited for, since they may still write.
func (p *Postgres) removeStaleLock(ctx context.Context, wait time.Duration) error {
	path := filepath.Join(p.place.data(), "postmaster.pid")
	if !exists(path) || !exists("/proc/self/cwd") { // where processes cannot be listed, PostgreSQL decides
		return nil
	}
	for _, pid := range processesIn(p.place.data()) {
		if !awaitEnd(ctx, pid, wait) {
			return fmt.Errorf("process %d still uses the database in %s; stop it yourself", pid, p.place.data())
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the lock file of a PostgreSQL that has ended: %w", err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// processesIn returns the processes that work in a directory, as all of PostgreSQL's do in that of their data.
func processesIn(dir string) (pids []int) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == dir {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link)))
			pids = append(pids, pid)
		}
	}
	return pids
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
