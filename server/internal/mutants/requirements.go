package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"bompass/server/internal/asvs"
)

// verdict matches the line of a test's result.
var verdict = regexp.MustCompile(`(?m)^--- (PASS|FAIL|SKIP): (\w+)`)

// breaker runs the tests of requirements against broken code.
type breaker struct {
	top, work string
	limit     time.Duration
	jobs      int // requirements at a time
	out       io.Writer
}

// breakRequirements breaks each requirement that the list only chooses, and returns an error unless every break is
// noticed by a test of its requirement, and every test notices a break. Tests that need a build tag are not run.
func breakRequirements(o options, out io.Writer) error {
	top, err := filepath.Abs(o.top)
	if err != nil {
		return err
	}
	all, err := asvs.Requirements()
	if err != nil {
		return err
	}
	var chosen []asvs.Requirement
	var breaks []asvs.Break
	for _, r := range all {
		if isChosen(r.ID, o.only) {
			chosen, breaks = append(chosen, r), append(breaks, r.Breaks...)
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("no requirement is called %q", o.only)
	}
	work, err := os.MkdirTemp("", "bompass-broken-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	b := &breaker{top: top, work: work, limit: o.limit, jobs: o.jobs, out: out}
	code, err := newBreakage(top, breaks)
	if err != nil {
		return err
	}
	return b.run(code, chosen)
}

// isChosen reports whether a requirement belongs to a list such as "V3.4.6,V7"; the empty list has all.
func isChosen(id, only string) bool {
	for part := range strings.SplitSeq(only, ",") {
		if part == "" || strings.HasPrefix(id+".", strings.TrimSuffix(part, ".")+".") {
			return true
		}
	}
	return false
}

// run builds the code with its breaks, runs all tests without any, and then those of each break.
func (b *breaker) run(code *breakage, chosen []asvs.Requirement) error {
	began := time.Now()
	tests := map[string][]string{} // by package
	for _, r := range chosen {
		for _, t := range r.Tests {
			if t.Tag == "" && !slices.Contains(tests[t.Package], t.Name) {
				tests[t.Package] = append(tests[t.Package], t.Name)
			}
		}
	}
	binaries, err := b.build("all", code.changed, slices.Sorted(maps.Keys(tests)))
	if err != nil {
		return err
	}
	for _, folder := range slices.Sorted(maps.Keys(tests)) {
		if failed := b.failing(binaries[folder], folder, tests[folder], ""); len(failed) > 0 {
			return fmt.Errorf("without a break, %s of %s fail", strings.Join(failed, ", "), folder)
		}
	}
	fmt.Fprintf(b.out, "%d requirements, %d packages built and their tests passed without a break (%.0f s)\n",
		len(chosen), len(binaries), time.Since(began).Seconds())
	var unnoticed atomic.Int64
	var all sync.WaitGroup
	failures, slots := make([]error, len(chosen)), make(chan struct{}, max(1, b.jobs))
	for i, r := range chosen {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			n, err := b.requirement(code, r, binaries)
			unnoticed.Add(int64(n))
			failures[i] = err
		})
	}
	all.Wait()
	if n := unnoticed.Load(); n > 0 {
		failures = append(failures, fmt.Errorf("%d breaks or tests without effect", n))
	}
	return errors.Join(failures...)
}

// requirement runs the tests of one requirement against each of its breaks, and prints a line. It returns how many
// breaks were not noticed and how many tests noticed nothing.
func (b *breaker) requirement(code *breakage, r asvs.Requirement, binaries map[string]string) (int, error) {
	began, noticedBy, problems := time.Now(), map[string]int{}, []string{}
	for _, one := range r.Breaks {
		programs, err := b.programs(code, one, r, binaries)
		if err != nil {
			return 0, err
		}
		var failed []string
		for _, folder := range foldersOf(r) {
			if names := namesIn(r, folder, one.Tests); len(names) > 0 {
				failed = append(failed, b.failing(programs[folder], folder, names, one.Name)...)
			}
		}
		for _, name := range failed {
			noticedBy[name]++
		}
		if len(failed) == 0 {
			problems = append(problems, "no test notices "+one.Name)
		}
	}
	list, left := []string{}, []string{}
	for _, t := range r.Tests {
		switch n := noticedBy[t.Name]; {
		case t.Tag != "":
			left = append(left, t.Name)
		case n == 0:
			problems = append(problems, t.Name+" notices nothing")
		default:
			list = append(list, fmt.Sprintf(", %s notices %d", t.Name, n))
		}
	}
	line := fmt.Sprintf("%-8s %d breaks%s", r.ID, len(r.Breaks), strings.Join(list, ""))
	if len(left) > 0 {
		line += "; not run: " + strings.Join(left, ", ")
	}
	if len(problems) > 0 {
		line += "; PROBLEM: " + strings.Join(problems, ", ")
	}
	fmt.Fprintf(b.out, "%s (%.0f s)\n", line, time.Since(began).Seconds())
	return len(problems), nil
}

// programs returns the test binaries that have a break: those of all breaks, or some of its own.
func (b *breaker) programs(code *breakage, one asvs.Break, r asvs.Requirement, binaries map[string]string) (map[string]string, error) {
	if !slices.ContainsFunc(code.alone, func(a asvs.Break) bool { return a.Name == one.Name }) {
		return binaries, nil
	}
	changed, err := code.edited(one)
	if err != nil {
		return nil, err
	}
	return b.build(strings.ReplaceAll(one.Name, "/", "-"), changed, foldersOf(r))
}

func foldersOf(r asvs.Requirement) (list []string) {
	for _, t := range r.Tests {
		if t.Tag == "" && !slices.Contains(list, t.Package) {
			list = append(list, t.Package)
		}
	}
	return list
}

// namesIn returns the tests of a requirement in a package: those among the given names, or all if there are none.
func namesIn(r asvs.Requirement, folder string, among []string) (list []string) {
	for _, t := range r.Tests {
		if t.Tag == "" && t.Package == folder && (len(among) == 0 || slices.Contains(among, t.Name)) {
			list = append(list, t.Name)
		}
	}
	return list
}

// build compiles the tests of packages against changed files, and returns the binaries by package.
func (b *breaker) build(name string, changed map[string][]byte, folders []string) (map[string]string, error) {
	replaced, n := map[string]string{}, 0
	for file, text := range changed {
		n++
		copied := filepath.Join(b.work, fmt.Sprintf("%s-%d%s", name, n, filepath.Ext(file)))
		if err := os.WriteFile(copied, text, 0o644); err != nil {
			return nil, err
		}
		replaced[filepath.Join(b.top, filepath.FromSlash(file))] = copied
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": replaced})
	if err != nil {
		return nil, err
	}
	overlay := filepath.Join(b.work, name+".json")
	if err := os.WriteFile(overlay, list, 0o644); err != nil {
		return nil, err
	}
	binaries := map[string]string{}
	for _, folder := range folders {
		binary := filepath.Join(b.work, name+"-"+strings.ReplaceAll(folder, "/", "-")+".test")
		cmd := exec.CommandContext(context.Background(), "go", "test", "-vet=off", "-c", "-overlay", overlay, "-o", binary, "./"+folder)
		cmd.Dir = b.top
		if text, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build the tests of %s: %w\n%s", folder, err, text)
		}
		binaries[folder] = binary
	}
	return binaries, nil
}

// failing runs tests of a binary with a break in force and returns those that fail. A test that did not run because
// another ended the program is run by itself.
func (b *breaker) failing(binary, folder string, names []string, broken string) (failed []string) {
	text, err := b.exec(binary, folder, names, broken)
	if err == nil {
		return nil
	}
	results := map[string]string{}
	for _, m := range verdict.FindAllSubmatch(text, -1) {
		results[string(m[2])] = string(m[1])
	}
	for _, name := range names {
		switch {
		case results[name] == "FAIL", results[name] == "" && len(names) == 1:
			failed = append(failed, name)
		case results[name] == "":
			failed = append(failed, b.failing(binary, folder, []string{name}, broken)...)
		}
	}
	return failed
}

// exec runs tests in their folder. The whole process group ends at the limit: a test that hangs has noticed the
// break.
func (b *breaker) exec(binary, folder string, names []string, broken string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), b.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "-test.v", "-test.run", "^("+strings.Join(names, "|")+")$")
	cmd.Dir = filepath.Join(b.top, filepath.FromSlash(folder))
	cmd.Env = append(os.Environ(), brokenVariable+"="+broken)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Minute
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if broken == "" && err != nil {
		err = errors.Join(err, ctx.Err())
		fmt.Fprintf(b.out, "%s\n", out.Bytes())
	}
	return out.Bytes(), err
}
