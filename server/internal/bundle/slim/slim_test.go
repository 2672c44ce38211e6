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

// build links a program for the browser as the bundle does.
func build(t *testing.T, args ...string) []byte {
	t.Helper()
	target := filepath.Join(t.TempDir(), "program.wasm")
	link := exec.Command("go", append(args, "-trimpath", "-ldflags", "-s -w", "-o", target)...)
	if args[0] == "build" {
		link.Args = append(link.Args, "./testdata/probe")
	} else {
		link.Args = append(link.Args, "bompass/shared/rating")
	}
	link.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := link.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	program, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// shrink makes a program smaller. It names a tested toolchain whatever the toolchain is, so that these tests
// show whether slim fits it.
func shrink(t *testing.T, program []byte) []byte {
	t.Helper()
	small, err := slim.Program(program, slim.Tested[0])
	if err != nil {
		t.Fatal(err)
	}
	return small
}

// run runs a program in Node and returns what it wrote and its exit status.
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
	var stdout, stderr bytes.Buffer
	node := exec.Command(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "go_js_wasm_exec"),
		append([]string{file}, args...)...)
	node.Dir, node.Stdout, node.Stderr = dir, &stdout, &stderr
	if err := node.Run(); node.ProcessState == nil {
		t.Fatalf("start Node: %v", err)
	}
	return stdout.String(), stderr.String(), node.ProcessState.ExitCode()
}

// Stacks, the garbage collector and panics need the tables that remain.
func TestSlimProgramBehavesTheSame(t *testing.T) {
	program := build(t, "build")
	small := shrink(t, program)
	if len(small) > len(program)*3/2 {
		t.Errorf("%d bytes became %d", len(program), len(small))
	}
	want, _, _ := run(t, program, "")
	got, trace, status := run(t, small, "")
	if diff := cmp.Diff(want, got); diff != "" || status != 0 || !strings.Contains(got, "known true") {
		t.Errorf("status %d, %s; output (-before +after):\n%s", status, trace, diff)
	}
}

func TestTraceHasFunctionsAndNoLines(t *testing.T) {
	small := shrink(t, build(t, "build"))
	_, trace, status := run(t, small, "", "fail")
	if status != 2 || !strings.Contains(trace, "nobody catches this") || !strings.Contains(trace, "main.fails") ||
		!strings.Contains(trace, "main.main") {
		t.Errorf("status %d and a trace without the functions:\n%s", status, trace)
	}
	if strings.Contains(trace, "probe/main.go") {
		t.Errorf("the trace has lines of the source:\n%s", trace)
	}
}

func TestRatingCorePassesItsTestsWhenSlim(t *testing.T) {
	rating, err := filepath.Abs("../../../../shared/rating")
	if err != nil {
		t.Fatal(err)
	}
	out, trace, status := run(t, shrink(t, build(t, "test", "-c")), rating, "-test.short")
	if status != 0 || !strings.Contains(out, "PASS") {
		t.Errorf("status %d: %s%s", status, out, trace)
	}
}

func TestSlimmingTwiceChangesNothing(t *testing.T) {
	once := shrink(t, build(t, "build"))
	if !bytes.Equal(shrink(t, once), once) {
		t.Error("it changed again")
	}
}

func TestUnexpectedProgramsAreRefused(t *testing.T) {
	program := build(t, "build")
	magic := []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}
	for name, c := range map[string]struct {
		program []byte
		want    string
	}{
		"nothing":              {nil, "not a WebAssembly module"},
		"another kind of file": {[]byte("#!/bin/sh\n"), "not a WebAssembly module"},
		"half a program":       {program[:len(program)/2], "ends too early"},
		"no data section":      {program[:8], "no data section"},
		"another layout": {
			bytes.Replace(program, magic, []byte{0xf2, 0xff, 0xff, 0xff, 0, 0, 1, 8}, 1), "see whether slim still fits",
		},
	} {
		if _, err := slim.Program(c.program, slim.Tested[0]); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUntestedToolchainIsRefused(t *testing.T) {
	if _, err := slim.Program(nil, "go1.27.0"); err == nil ||
		!strings.Contains(err.Error(), "tested with "+slim.Tested[0]) {
		t.Errorf("got %v", err)
	}
}

func FuzzSlim(f *testing.F) {
	f.Add([]byte("\x00asm\x01\x00\x00\x00"))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x0b\x07\x01\x00\x41\x00\x0b\x01\x01"))
	f.Fuzz(func(_ *testing.T, program []byte) {
		_, _ = slim.Program(program, slim.Tested[0]) // it may return an error, and must not panic
	})
}
