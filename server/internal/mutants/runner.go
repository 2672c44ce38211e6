package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// runner runs tests against changed copies of files.
type runner struct {
	top      string
	packages map[string]*pkg
	limit    time.Duration
	work     string                   // folder for copies
	usual    map[string]time.Duration // how long a package's tests take without a change
}

func newRunner(top string, packages map[string]*pkg, limit time.Duration) (*runner, error) {
	work, err := os.MkdirTemp("", "bompass-mutants-")
	return &runner{top: top, packages: packages, limit: limit, work: work, usual: map[string]time.Duration{}}, err
}

func (r *runner) close() { _ = os.RemoveAll(r.work) }

// result is the outcome of one mutant.
type result struct {
	compiles  bool
	noticedBy string   // the package whose tests fail; "" if none
	left      []string // packages whose tests were not run within the limit
}

// note returns what a reader has to know of a survivor.
func (r result) note() string {
	if len(r.left) == 0 {
		return ""
	}
	return fmt.Sprintf(" [not run within the limit: %s]", strings.Join(r.left, ", "))
}

// try runs the tests that reach a place against its change, nearest first, until some fail.
func (r *runner) try(p place) (result, error) {
	overlay, err := r.overlay(p)
	if err != nil {
		return result{}, err
	}
	ctx := context.Background()
	if err := r.command(ctx, overlay, "build", p.pkg).Run(); err != nil {
		return result{}, nil //nolint:nilerr // a change that does not compile is no mutant
	}
	left := r.limit
	paths := testers(r.packages, p.pkg)
	for i, path := range paths {
		usual, err := r.measure(ctx, path)
		if err != nil {
			return result{}, err
		}
		if left < usual {
			return result{compiles: true, left: paths[i:]}, nil
		}
		began, timeout := time.Now(), 2*usual+time.Minute // a test that hangs has detected the change
		if err := r.command(ctx, overlay, "test", "-vet=off", "-count=1", "-failfast", "-timeout", timeout.String(),
			path).Run(); err != nil {
			return result{compiles: true, noticedBy: strings.TrimPrefix(path, "bompass/")}, nil //nolint:nilerr // a failing test is the wanted answer
		}
		left -= time.Since(began)
	}
	return result{compiles: true}, nil
}

// measure returns how long a package's tests take without a change. They have to pass.
func (r *runner) measure(ctx context.Context, path string) (time.Duration, error) {
	if usual, ok := r.usual[path]; ok {
		return usual, nil
	}
	began := time.Now()
	if text, err := r.command(ctx, "", "test", "-vet=off", "-count=1", "-timeout", "30m",
		path).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("the tests of %s fail without a change: %w\n%s", path, err, text)
	}
	r.usual[path] = time.Since(began)
	return r.usual[path], nil
}

// command prepares a run of the toolchain. The overlay goes through GOFLAGS, so that programs which tests build
// have the change, too. The whole process group ends with the context.
func (r *runner) command(ctx context.Context, overlay string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = r.top, os.Environ()
	if overlay != "" {
		cmd.Env = append(cmd.Env, "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+overlay))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

// overlay writes a file's changed copy, and the list that makes the toolchain read it.
func (r *runner) overlay(p place) (string, error) {
	file := filepath.Join(r.top, filepath.FromSlash(p.file))
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if p.end > len(source) {
		return "", fmt.Errorf("%s has changed during the run", p.file)
	}
	changed := append(append(append([]byte{}, source[:p.begin]...), p.text...), source[p.end:]...)
	copied, listed := filepath.Join(r.work, "changed.go"), filepath.Join(r.work, "overlay.json")
	text, err := json.Marshal(map[string]map[string]string{"Replace": {file: copied}})
	if err != nil {
		return "", err
	}
	return listed, errors.Join(os.WriteFile(copied, changed, 0o644), os.WriteFile(listed, text, 0o644))
}
