package asvs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bompass/server/internal/asvs"
)

const top = "../../.."

// rowsMin is the minimum number of rows: rows are added and never removed.
const rowsMin = 85

var requirement = regexp.MustCompile(`^V([1-9]|1[0-7])\.\d+\.\d+$`)

// Every row of the document is complete, and breaks.txt says how it is broken and where its tests are.
func TestEveryRequirementIsBroken(t *testing.T) {
	rows, err := asvs.Rows(top)
	if err != nil {
		t.Fatal(err)
	}
	broken, err := asvs.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if !requirement.MatchString(row.ID) || !strings.Contains("123", row.Level) || row.How == "" || seen[row.ID] {
			t.Errorf("the row of %s is incomplete, or there twice", row.ID)
		}
		seen[row.ID] = true
		at := slices.IndexFunc(broken, func(r asvs.Requirement) bool { return r.ID == row.ID })
		if at < 0 {
			t.Errorf("%s has no break", row.ID)
			continue
		}
		var names []string
		for _, test := range broken[at].Tests {
			names = append(names, test.Name)
		}
		if want := slices.Sorted(slices.Values(row.Tests)); !slices.Equal(slices.Sorted(slices.Values(names)), want) {
			t.Errorf("%s: the document names the tests %v, breaks.txt %v", row.ID, row.Tests, names)
		}
		if len(broken[at].Breaks) == 0 {
			t.Errorf("%s has no break", row.ID)
		}
	}
	if len(rows) < rowsMin {
		t.Errorf("%d rows, want at least %d", len(rows), rowsMin)
	}
	for _, r := range broken {
		if !seen[r.ID] {
			t.Errorf("%s is broken and has no row in the document", r.ID)
		}
	}
}

// A break that no longer fits the code, or a test that has moved, would be noticed by nobody until the next long run.
func TestBreaksFitTheCode(t *testing.T) {
	broken, err := asvs.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range broken {
		for _, test := range r.Tests {
			if !declares(t, test.Package, test.Name) {
				t.Errorf("%s: %s has no test %s", r.ID, test.Package, test.Name)
			}
		}
		for _, b := range r.Breaks {
			for _, name := range b.Tests {
				if !slices.ContainsFunc(r.Tests, func(test asvs.Test) bool { return test.Name == name }) {
					t.Errorf("%s: %s is none of the requirement's tests", b.Name, name)
				}
			}
			for _, e := range b.Edits {
				text, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(e.File)))
				if err != nil {
					t.Errorf("%s: %v", b.Name, err)
					continue
				}
				if n := strings.Count(string(text), e.Old); n != 1 || e.Old == "" || e.Old == e.New {
					t.Errorf("%s: the old text occurs %d times in %s, or is empty or the new one", b.Name, n, e.File)
				}
			}
		}
	}
}

// declares reports whether a test file of a package declares a test.
func declares(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(top, filepath.FromSlash(folder), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains("\n"+string(text), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
