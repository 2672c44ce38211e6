package i18n_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The browser program contains only some of the catalogue files. No key that it uses may be in the others.
func TestBrowserCatalogueHasEveryKeyOfTheProgram(t *testing.T) {
	list, err := os.ReadFile("files_lean.go")
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]string{} // key → file that the browser does not have
	all, err := filepath.Glob("catalogue/nb/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		if strings.Contains(string(list), "catalogue/*/"+filepath.Base(file)) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatal(err)
		}
		for key := range words {
			left[strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")] = file
		}
	}
	if len(left) == 0 {
		t.Fatal("the browser carries everything: the list has rotted")
	}
	err = filepath.WalkDir("../../app", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for key, file := range left {
			if said(string(text), key) {
				t.Errorf("%s says %s, which stands in %s: the browser does not have it", name, key, file)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// said reports whether a program uses a key, whole or composed as in "role." + role.
func said(text, key string) bool {
	for i, r := range key {
		if r == '.' && strings.Contains(text, `"`+key[:i+1]+`"`) {
			return true
		}
	}
	return strings.Contains(text, `"`+key+`"`)
}
