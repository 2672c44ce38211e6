package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bompass/server/embedded"
)

// orphan starts a shell in the place of a PostgreSQL that an earlier server has left running: it handles SIGINT with
// a command, and its command line names the data directory. It returns the root of the data and whether it has ended.
func orphan(t *testing.T, onInterrupt string) (root string, ended func() bool) {
	t.Helper()
	root = t.TempDir()
	data := filepath.Join(root, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	cmd := exec.Command("sh", "-c", `trap '`+onInterrupt+`' INT; echo ready; while :; do sleep 0.05; done`, "-D", data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-done })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	go func() { defer close(done); _ = cmd.Wait() }()
	if err := os.WriteFile(filepath.Join(data, "postmaster.pid"), fmt.Appendf(nil, "%d\n%s\n", cmd.Process.Pid, data), 0o600); err != nil {
		t.Fatal(err)
	}
	return root, func() bool {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid))
		return len(text) == 0
	}
}

// The start waits until the process has ended, also if that takes a while: the data must have one PostgreSQL only.
func TestStartWaitsForOrphanToEnd(t *testing.T) {
	written := filepath.Join(t.TempDir(), "written")
	root, ended := orphan(t, "sleep 1; echo > "+written+"; exit 0")
	if err := embedded.StopOrphanForTest(t.Context(), root, time.Minute); err != nil {
		t.Fatal(err)
	}
	if !ended() {
		t.Error("the start went on while the orphan was running")
	}
	if _, err := os.Stat(written); err != nil {
		t.Error("the orphan was not given the time to end in good order")
	}
}

// A process that ignores SIGINT is ended with the next signal.
func TestOrphanThatIgnoresSIGINTIsKilled(t *testing.T) {
	root, ended := orphan(t, ":")
	if err := embedded.StopOrphanForTest(t.Context(), root, 2*time.Second); err != nil && !ended() {
		t.Fatal(err)
	}
	if !ended() {
		t.Error("the start went on while the orphan was running")
	}
}

// A start that is cancelled does not go on with data that another process uses.
func TestCancelledStartDoesNotIgnoreOrphan(t *testing.T) {
	root, ended := orphan(t, ":")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := embedded.StopOrphanForTest(ctx, root, time.Minute); err == nil && !ended() {
		t.Error("the start went on while the orphan was running")
	}
}

// A process with the number of an earlier PostgreSQL that is another program is left alone.
func TestOtherProcessWithSameNumberIsLeftAlone(t *testing.T) {
	root, ended := orphan(t, "exit 0")
	pid := filepath.Join(root, "data", "postmaster.pid")
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "postmaster.pid"), []byte(strings.ReplaceAll(string(text), root, filepath.Dir(other))), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := embedded.StopOrphanForTest(t.Context(), filepath.Dir(other), time.Second); err != nil || ended() {
		t.Errorf("got %v, ended: %v; want the process left running", err, ended())
	}
}

// After a power cut or in a container, the number in the lock file of a killed PostgreSQL can belong to a process of
// the same user. PostgreSQL by itself would refuse to start.
func TestStartRemovesLockOfKilledPostgreSQL(t *testing.T) {
	dir := homeDir(t)
	home, p := start(t, dir)
	exec1(t, p.URL(), "create table kept (n int)")
	exec1(t, p.URL(), "checkpoint") // a test's PostgreSQL has nothing on disk before
	lock := filepath.Join(p.Where(), "data", "postmaster.pid")
	text, err := os.ReadFile(lock)
	if err != nil {
		t.Fatal(err)
	}
	pid, rest, _ := strings.Cut(string(text), "\n")
	number, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(number, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.Ended()
	other := sleeper(t, p.Where())
	if err := os.WriteFile(lock, fmt.Appendf(nil, "%d\n%s", other, rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := home.Close(); err != nil {
		t.Fatal(err)
	}
	_, p = start(t, dir)
	exec1(t, p.URL(), "insert into kept values (1)")
}

// sleeper starts a process of the user who owns a directory, and returns its number.
func sleeper(t *testing.T, dir string) int {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Fatal("the owner of a directory is not known here")
	}
	cmd := exec.Command("sleep", "600")
	if int(owner.Uid) != os.Getuid() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process.Pid
}
