package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/internal/proves"
)

const checkout = "../../.."

// ours reads the statements of the checkout.
func ours(t *testing.T) []statement {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, page))
	if err != nil {
		t.Fatal(err)
	}
	list, err := parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTablesHaveEveryStatement(t *testing.T) {
	list, got := ours(t), map[string]int{}
	for _, s := range list {
		got[s.system()]++
	}
	want := map[string]int{"O": 12, "S1": 52, "S2": 90, "S3": 28, "S4": 65, "S5": 48}
	if diff := cmp.Diff(want, got); diff != "" || len(list) != 295 {
		t.Errorf("%d statements (-want +got):\n%s", len(list), diff)
	}
}

var (
	declaredTest = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	claim        = regexp.MustCompile(`proves\.That\(\w+(?:\.\w+)?, ([^)]*)\)`)
	quoted       = regexp.MustCompile(`"([^"]*)"`)
)

// testFiles calls do for every test file of the module, with the file's folder and text.
func testFiles(t *testing.T, do func(folder, text string)) {
	t.Helper()
	for _, part := range []string{"app", "hardware", "server", "shared"} {
		err := filepath.WalkDir(filepath.Join(checkout, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
				return err
			}
			text, err := os.ReadFile(path)
			folder, _ := filepath.Rel(checkout, filepath.Dir(path))
			do(filepath.ToSlash(folder), string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTablesNameTestsThatExist(t *testing.T) {
	exists := map[string]bool{}
	testFiles(t, func(folder, text string) {
		for _, m := range declaredTest.FindAllStringSubmatch(text, -1) {
			exists[folder+"."+m[1]] = true
		}
	})
	for _, s := range ours(t) {
		for _, test := range s.tests {
			if !exists[test] {
				t.Errorf("%s names the test %s, which does not exist: run make test and make behaviours", s.id, test)
			}
		}
	}
}

func TestTestsProveStatementsThatExist(t *testing.T) {
	known := map[string]bool{}
	for _, s := range ours(t) {
		known[s.id] = true
	}
	testFiles(t, func(folder, text string) {
		for _, call := range claim.FindAllStringSubmatch(text, -1) {
			for _, id := range quoted.FindAllStringSubmatch(call[1], -1) {
				ids, err := proves.Expand(id[1])
				if err != nil {
					t.Errorf("%s: %v", folder, err)
				}
				for _, id := range ids {
					if !known[id] {
						t.Errorf("%s: a test proves %s, which is not in %s", folder, id, page)
					}
				}
			}
		}
	})
}

const table = "# Behaviours\n\n| id | statement | proven by |\n| --- | --- | --- |\n" +
	"| O.01 | A thing. | not yet |\n| S1.01 | Another. | server/web.TestOld |\n| S1.02 | A third. | not yet |\n"

// newCheckout creates a checkout with the table and the record of one test run, and returns its path.
func newCheckout(t *testing.T, record string) string {
	t.Helper()
	top := t.TempDir()
	files := map[string]string{page: table}
	if record != "" {
		files[records+"/20260101T000000/x.proofs"] = "S9.99\tbompass/a\tTestOfAnEarlierRun\thttp\n"
		files[records+"/20260102T000000/x.proofs"] = record
		files[records+"/20260102T000000/"+finished] = ""
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
	return top
}

const record = "S1.02\tbompass/server/web\tTestA/sub\thttp\nS1.02\tbompass/server/web\tTestA/other\thttp\nS1.02\tbompass/server/internal/e2e\tTestB\tbrowser\n"

func TestProofsOfTheLatestRunAreCountedAndWritten(t *testing.T) {
	top := newCheckout(t, record)
	var out strings.Builder
	if err := run(top, true, false, &out); err != nil {
		t.Fatal(err)
	}
	want := "O     0 of   1 proven\nS1    1 of   2 proven\n      1 of   3 proven\n\nNot proven:\nO.01  A thing.\nS1.01  Another.\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err := os.ReadFile(filepath.Join(top, page))
	if err != nil {
		t.Fatal(err)
	}
	want = strings.Replace(table, "server/web.TestOld", notYet, 1)
	want = strings.Replace(want, "| A third. | not yet |", "| A third. | server/web.TestA, server/internal/e2e.TestB |",
		1)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := run(top, false, true, &out); err != nil {
		t.Errorf("a page that was just written: %v", err)
	}
}

func TestWrongRecordsAndTablesAreRefused(t *testing.T) {
	for _, c := range []struct{ name, record, change, want string }{
		{"no record", "", "", "run `make test` first"},
		{"a run that did not finish", record, finished, "has not finished"},
		{"an id that does not exist", "S3.99\tbompass/a\tTestC\thttp\n", "", "S3.99"},
		{"an incomplete line", "S1.01\tbompass/a", "", "not a line of a record"},
		{"a proof that is gone", record, "", "S1.01 is not proven by server/web.TestOld any more"},
	} {
		top := newCheckout(t, c.record)
		if c.change != "" {
			if err := os.Remove(filepath.Join(top, records, "20260102T000000", c.change)); err != nil {
				t.Fatal(err)
			}
		}
		var out strings.Builder
		if err := run(top, false, true, &out); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	for _, text := range []string{
		"| S1.01 | No proofs. |\n", "| S6.01 | No such seed. | not yet |\n",
		"| S1.01 | A. | not yet |\n| S1.01 | B. | not yet |\n",
	} {
		if _, err := parse(text); err == nil {
			t.Errorf("%q was accepted as a table", text)
		}
	}
}
