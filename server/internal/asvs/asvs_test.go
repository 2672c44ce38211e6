// Package asvs_test holds the table of verified security requirements to the tests that it names.
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

// rowsMin is how many rows the table had when this was written; rows are only ever added.
const rowsMin = 75

var (
	requirement = regexp.MustCompile(`^V([1-9]|1[0-7])\.\d+\.\d+$`)
	declared    = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

func TestEveryRequirementIsProvenByTestsThatAreThere(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(top, "assets/docs/asvs.md"))
	if err != nil {
		t.Fatal(err)
	}
	there, seen := tests(t), map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if id := strings.TrimSpace(cells[0]); !strings.HasPrefix(id, "V") || len(cells) != 4 {
			continue
		}
		id, level, how := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		if !requirement.MatchString(id) || !strings.Contains("123", level) || how == "" || seen[id] {
			t.Errorf("the row of %s is not whole, or there twice", id)
		}
		seen[id] = true
		for name := range strings.SplitSeq(cells[3], ",") {
			if name = strings.TrimSpace(name); !there[name] {
				t.Errorf("%s is proven by %q, which is no test", id, name)
			}
		}
	}
	if len(seen) < rowsMin {
		t.Errorf("%d rows, there were %d", len(seen), rowsMin)
	}
}

// tests are the names of all tests of the module.
func tests(t *testing.T) map[string]bool {
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
