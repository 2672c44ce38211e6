package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/asvs"
)

// Breaks of functions and constants share a build, and a break elsewhere has its own. A break or a test without effect
// is reported.
func TestBreaksAreNoticedByTheirTests(t *testing.T) {
	top := t.TempDir()
	files := map[string]string{
		"go.mod": "module bompass\n\ngo 1.26\n",
		"a/a.go": `package a

import "strings"

// Limits.
const (
	Most = 5 // of all
	least = 1
)

var names = []string{"a"}

func Less(a, b int) bool { return a < b }

func Count(text string, counts map[string]int) {
	counts[text]++
	for _, n := range names {
		counts[strings.ToUpper(n)]++
	}
}
`,
		"a/a_test.go": `package a

import "testing"

func TestLess(t *testing.T) {
	if Less(1, 1) || !Less(0, 1) {
		t.Error("less")
	}
}

func TestLimits(t *testing.T) {
	if Most != 5 || least != 1 {
		t.Error(Most, least)
	}
}

func TestCount(t *testing.T) {
	counts := map[string]int{}
	Count("b", counts)
	if counts["b"] != 1 || counts["A"] != 1 {
		panic(counts)
	}
}

func TestNothing(t *testing.T) { Count("c", map[string]int{}) }
`,
	}
	for name, text := range files {
		file := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	edit := func(name, old, replacement string) asvs.Break {
		return asvs.Break{Name: name, Edits: []asvs.Edit{{File: "a/a.go", Old: old, New: replacement}}}
	}
	breaks := []asvs.Break{
		edit("V1.1.1/1", "return a < b", "return a <= b"), edit("V1.1.1/2", "return a < b", "return true"),
		edit("V1.1.1/3", "= 5", "= 6"), edit("V1.1.1/4", "= 5", "= 4"),
		edit("V1.1.1/5", "\tcounts[text]++\n", ""), edit("V1.1.1/6", `{"a"}`, `{"b"}`),
		edit("V1.1.1/7", "counts[text]++", "counts[text] = 1"),
	}
	code, err := newBreakage(top, breaks)
	if err != nil {
		t.Fatal(err)
	}
	if len(code.alone) != 1 || code.alone[0].Name != "V1.1.1/6" {
		t.Errorf("built alone: %+v", code.alone)
	}
	var out strings.Builder
	r := asvs.Requirement{ID: "V1.1.1", Breaks: breaks}
	for _, name := range []string{"TestLess", "TestLimits", "TestCount", "TestNothing"} {
		r.Tests = append(r.Tests, asvs.Test{Package: "a", Name: name})
	}
	r.Tests = append(r.Tests, asvs.Test{Package: "b", Name: "TestTagged", Tag: "slow"})
	b := &breaker{top: top, work: t.TempDir(), limit: time.Minute, out: &out}
	err = b.run(code, []asvs.Requirement{r})
	if err == nil || err.Error() != "2 breaks or tests without effect" {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{
		"7 breaks", "TestLess notices 2", "TestLimits notices 2", "TestCount notices 2", "not run: TestTagged",
		"PROBLEM: no test notices V1.1.1/7, TestNothing notices nothing",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	for name, text := range files {
		if got, err := os.ReadFile(filepath.Join(top, name)); err != nil || string(got) != text {
			t.Errorf("%s has changed (%v)", name, err)
		}
	}
}
