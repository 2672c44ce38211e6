// Package asvs_test checks that the tests which assets/docs/asvs.md names for security requirements exist.
package asvs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const top = "../../.."

// rowsMin is the minimum number of rows: rows are added and never removed.
const rowsMin = 75

var (
	requirement = regexp.MustCompile(`^V([1-9]|1[0-7])\.\d+\.\d+$`)
	declared    = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

func TestRequirementsNameTestsThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(top, "assets/docs/asvs.md"))
	if err != nil {
		t.Fatal(err)
	}
	exists, seen := testNames(t), map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if id := strings.TrimSpace(cells[0]); !strings.HasPrefix(id, "V") || len(cells) != 4 {
			continue
		}
		id, level, how := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		if !requirement.MatchString(id) || !strings.Contains("123", level) || how == "" || seen[id] {
			t.Errorf("the row of %s is incomplete, or there twice", id)
		}
		seen[id] = true
		for name := range strings.SplitSeq(cells[3], ",") {
			if name = strings.TrimSpace(name); !exists[name] {
				t.Errorf("%s names the test %q, which does not exist", id, name)
			}
		}
	}
	if len(seen) < rowsMin {
		t.Errorf("%d rows, want at least %d", len(seen), rowsMin)
	}
}

// testNames returns the names of all tests of the module.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, dir := range []string{"app", "server", "shared", "hardware"} {
		err := filepath.WalkDir(filepath.Join(top, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, name := range declared.FindAllStringSubmatch(string(text), -1) {
				found[name[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}
