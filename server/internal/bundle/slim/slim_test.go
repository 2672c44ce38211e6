package slim_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/internal/bundle/slim"
)

// built links a program for the browser as the bundle does.
func built(t *testing.T, args ...string) []byte {
	t.Helper()
	target := filepath.Join(t.TempDir(), "program.wasm")
	build := exec.Command("go", append(args, "-trimpath", "-ldflags", "-s -w", "-o", target)...)
	if args[0] == "build" {
		build.Args = append(build.Args, "./testdata/probe")
	} else {
		build.Args = append(build.Args, "bompass/shared/rating")
	}
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	program, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func slimmed(t *testing.T, program []byte) []byte {
	t.Helper()
	small, err := slim.Program(program)
	if err != nil {
		t.Fatal(err)
	}
	return small
}

// run runs a program in Node and tells what it wrote.
func run(t *testing.T, program []byte, dir string, args ...string) (out, trace string, status int) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "program.wasm")
	if err := os.WriteFile(file, program, 0o600); err != nil {
		t.Fatal(err)
	}
	var said, complained bytes.Buffer
	node := exec.Command(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "go_js_wasm_exec"), append([]string{file}, args...)...)
	node.Dir, node.Stdout, node.Stderr = dir, &said, &complained
	if err := node.Run(); node.ProcessState == nil {
		t.Fatalf("Node does not start: %v", err)
	}
	return said.String(), complained.String(), node.ProcessState.ExitCode()
}

// The tables that remain are those that stacks, the collector and panics live on.
func TestAProgramDoesWhatItDid(t *testing.T) {
	program := built(t, "build")
	small := slimmed(t, program)
	if len(small) > len(program)*3/2 {
		t.Errorf("%d bytes were %d", len(small), len(program))
	}
	want, _, _ := run(t, program, "")
	got, complaint, status := run(t, small, "")
	if diff := cmp.Diff(want, got); diff != "" || status != 0 || !strings.Contains(got, "known true") {
		t.Errorf("it ended with %d and %s; what it says has changed:\n%s", status, complaint, diff)
	}
}

func TestATraceNamesFunctionsAndNoLines(t *testing.T) {
	small := slimmed(t, built(t, "build"))
	_, trace, status := run(t, small, "", "fail")
	if status != 2 || !strings.Contains(trace, "nobody catches this") || !strings.Contains(trace, "main.fails") || !strings.Contains(trace, "main.main") {
		t.Errorf("it ended with %d, which nobody understands:\n%s", status, trace)
	}
	if strings.Contains(trace, "probe/main.go") {
		t.Errorf("the program still carries lines of its source:\n%s", trace)
	}
}

// The rating core's own tests pass in a slim program: laws, tables, the cases of the toll officers.
func TestTheRatingCorePassesItsTestsSlim(t *testing.T) {
	rating, err := filepath.Abs("../../../../shared/rating")
	if err != nil {
		t.Fatal(err)
	}
	out, trace, status := run(t, slimmed(t, built(t, "test", "-c")), rating, "-test.short")
	if status != 0 || !strings.Contains(out, "PASS") {
		t.Errorf("it ended with %d: %s%s", status, out, trace)
	}
}

func TestASlimProgramBecomesNoSlimmer(t *testing.T) {
	once := slimmed(t, built(t, "build"))
	if !bytes.Equal(slimmed(t, once), once) {
		t.Error("it changed again")
	}
}

func TestWhatIsNotAsExpectedIsRefused(t *testing.T) {
	program := built(t, "build")
	magic := []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}
	for name, c := range map[string]struct {
		program []byte
		want    string
	}{
		"nothing":                  {nil, "no program"},
		"not a program":            {[]byte("#!/bin/sh\n"), "no program"},
		"half a program":           {program[:len(program)/2], "ends in the middle"},
		"a program without memory": {program[:8], "no data"},
		"another toolchain":        {bytes.Replace(program, magic, []byte{0xf2, 0xff, 0xff, 0xff, 0, 0, 1, 8}, 1), "see whether slim still fits"},
	} {
		if _, err := slim.Program(c.program); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSlim(f *testing.F) {
	f.Add([]byte("\x00asm\x01\x00\x00\x00"))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x0b\x07\x01\x00\x41\x00\x0b\x01\x01"))
	f.Fuzz(func(_ *testing.T, program []byte) {
		_, _ = slim.Program(program) // it may refuse, and does not fall over
	})
}
