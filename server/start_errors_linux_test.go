package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Start on a full disk, and without PostgreSQL, in a mount namespace of the program's own. It needs root, or a
// kernel that allows namespaces to others; without either the test logs that it was not run.
func TestStartErrorsOfIncompleteMachineSayWhatToDo(t *testing.T) {
	server := program(t)
	home := t.TempDir()
	lacking := func(mount string, args ...string) *exec.Cmd {
		script := mount + ` && shift && exec env PATH=/nowhere BOMPASS_ADDR=127.0.0.1:0 BOMPASS_HOME="$0" "$@"`
		return exec.Command("unshare", append([]string{"--map-root-user", "--mount", "sh", "-c", script, home, "-"}, args...)...)
	}
	if out, err := lacking("true", "/bin/true").CombinedOutput(); err != nil {
		t.Logf("NOT RUN: no mount namespace: %v %s", err, out)
		return
	}
	for _, c := range []struct{ why, mount, want string }{
		{"a full disk", `mount -t tmpfs -o size=1m tmpfs "$0"`, "is full: 1 MB free, 256 MB needed; free some space or set BOMPASS_HOME"},
		{"no PostgreSQL", `mount -t tmpfs tmpfs /usr/lib/postgresql`, "install it with: apt-get install postgresql"},
	} {
		if _, err := os.Stat("/usr/lib/postgresql"); err != nil && c.why == "no PostgreSQL" {
			c.mount = "true" // PostgreSQL is not there
		}
		out, err := lacking(c.mount, server, "serve").CombinedOutput()
		said := strings.TrimSpace(string(out))
		if err == nil || !strings.Contains(said, c.want) || strings.Contains(said, "\n") {
			t.Errorf("%s: got %v and\n%s\nwant one line with %q", c.why, err, said, c.want)
		}
	}
	if left, err := filepath.Glob(filepath.Join(home, "postgres*")); err != nil || len(left) > 0 {
		t.Errorf("the start left files: %v %v", left, err)
	}
}
