package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPlacesAreOperatorsConstantsConditionsAndStatements(t *testing.T) {
	const source = `package a

import "fmt"

const most = 1_0

func f(n int, log logger, s string) (bool, error) {
	log.Info("n is", n+1)
	if n < most && s+"x" != "" {
		n++
		return true, nil
	}
	list := make([]int, 0, 7)
	list[0] = n * 2
	_ = g(list)
	g(list)
	return false, fmt.Errorf("n is %d", n+1)
}
`
	places, err := placesIn("a.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, p := range places {
		got[fmt.Sprintf("%d %s", p.line, p.what)] = true
	}
	want := []string{
		"10 a step of a counter is removed", "11 a return is removed", "11 true becomes false", "14 * becomes /",
		"14 0 becomes 1",
		"14 2 becomes 3", "14 an assignment is removed", "16 a call is removed", "17 a return is removed",
		"17 false becomes true",
		"5 1_0 becomes 11", "9 != becomes ==", "9 && becomes ||", "9 < becomes <=", "9 the condition is negated",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNearestTestsRunFirst(t *testing.T) {
	test := []string{"x_test.go"}
	packages := map[string]*pkg{
		"bompass/server/a": {ImportPath: "bompass/server/a", TestGoFiles: test},
		"bompass/server/b": {
			ImportPath: "bompass/server/b", Imports: []string{"bompass/server/a"}, TestGoFiles: test,
		},
		"bompass/server/c": {
			ImportPath: "bompass/server/c", Imports: []string{"bompass/server/b"}, XTestGoFiles: test,
		},
		"bompass/server/d": {
			ImportPath: "bompass/server/d", XTestImports: []string{"bompass/server/a"}, XTestGoFiles: test,
		},
		"bompass/server/e": {ImportPath: "bompass/server/e", TestGoFiles: test},
		"bompass/server/f": {ImportPath: "bompass/server/f", Imports: []string{"bompass/server/a"}},
		"bompass/server/internal/e2e": {
			ImportPath: "bompass/server/internal/e2e", Imports: []string{"bompass/server/a"}, TestGoFiles: test,
		},
	}
	want := []string{"bompass/server/a", "bompass/server/d", "bompass/server/b", "bompass/server/c"}
	if diff := cmp.Diff(want, testers(packages, "bompass/server/a")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSurvivorsAreListedAndTheCheckoutIsUnchanged(t *testing.T) {
	top := t.TempDir()
	files := map[string]string{
		"go.mod":               "module bompass\n\ngo 1.26\n",
		"server/a/a.go":        "package a\n\nfunc Less(a, b int) bool { return a < b }\n\nfunc Most() int { return 5 }\n",
		"server/a/a_test.go":   "package a\n\nimport \"testing\"\n\nfunc TestLess(t *testing.T) {\n\tif Less(1, 1) {\n\t\tt.Error(1)\n\t}\n}\n",
		"server/main.go":       "package main\n\nfunc main() { println(1 + 1) }\n",
		"server/internal/x.go": "package internal\n\nconst X = 1\n",
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
	var out strings.Builder
	err := run(options{top: top, seed: 1, count: 60, limit: time.Minute, survivorsMax: 10}, &out)
	if err == nil || !strings.Contains(err.Error(), "1 of 2 mutants survive") {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{
		"survives  server/a/a.go:5: 5 becomes 6", "noticed   server/a/a.go:3: < becomes <=, by server/a",
		"1 of 2 mutants survive (50 %)",
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
