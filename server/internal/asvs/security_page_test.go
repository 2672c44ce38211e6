package asvs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The tests that assets/docs/security.md names exist.
func TestSecurityPageNamesTestsThatExist(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("../../..", "assets/docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	err = filepath.WalkDir("../..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(text), -1) {
			declared[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(string(page), -1)
	for _, name := range named {
		if !declared[name] {
			t.Errorf("the page names the test %q, which does not exist", name)
		}
	}
	if len(named) < 15 {
		t.Errorf("%d tests are named, want one for each flow and limit", len(named))
	}
}
