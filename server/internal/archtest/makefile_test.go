package archtest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	makefilePattern = regexp.MustCompile(`-(run|bench) '?([^' ]+)'?`)
	makefilePackage = regexp.MustCompile(`\./[a-z0-9/.]+`)
	testFunction    = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark)\w+)\(`)
)

// Every pattern of -run and -bench in the Makefile matches a test. Otherwise go test would run nothing and pass.
func TestMakefilePatternsMatchTests(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(top, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "go test") {
			continue
		}
		names := testNames(t, makefilePackage.FindAllString(line, -1))
		for _, m := range makefilePattern.FindAllStringSubmatch(line, -1) {
			kind := map[string]string{"run": "Test", "bench": "Benchmark"}[m[1]]
			for alternative := range strings.SplitSeq(strings.ReplaceAll(m[2], "$$", "$"), "|") {
				if alternative == "^$" || alternative == "." {
					continue
				}
				checked++
				if !matches(names, kind, alternative) {
					t.Errorf("%q of -%s matches nothing: %s", alternative, m[1], strings.TrimSpace(line))
				}
			}
		}
	}
	if checked < 10 {
		t.Errorf("%d patterns were found in the Makefile", checked)
	}
}

func matches(names []string, kind, pattern string) bool {
	expression := regexp.MustCompile(pattern)
	for _, name := range names {
		if strings.HasPrefix(name, kind) && expression.MatchString(name) {
			return true
		}
	}
	return false
}

// testNames returns the names of tests and benchmarks in packages, such as ./server/web/... .
func testNames(t *testing.T, packages []string) (names []string) {
	t.Helper()
	for _, pattern := range packages {
		folder, deep := strings.CutSuffix(pattern, "/...")
		folder = filepath.Join(top, folder)
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && path != folder && !deep:
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			for _, m := range testFunction.FindAllStringSubmatch(string(text), -1) {
				names = append(names, m[1])
			}
			return err
		})
		if err != nil {
			t.Errorf("%s of the Makefile: %v", pattern, err)
		}
	}
	return names
}
