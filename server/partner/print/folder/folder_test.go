package folder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/partner/print"
	"bompass/server/partner/print/folder"
	"bompass/server/partner/print/suite"
)

func TestFolderPassesTheSuite(t *testing.T) {
	suite.Run(t, func(t *testing.T) suite.Setup {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "letters")
		f, err := folder.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return suite.Setup{
			Printer: f,
			Printed: func() map[string]string { return printed(t, dir) },
			Break: func() print.Letter {
				if err := os.Remove(dir); err != nil {
					t.Fatal(err)
				}
				return suite.Sample()
			},
		}
	})
}

// printed returns what the files of a folder hold, and checks that nobody else may read them.
func printed(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for _, path := range files {
		html, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if about, err := os.Stat(path); err != nil || about.Mode().Perm() != 0o600 {
			t.Errorf("mode of %s: %v, %v", path, about.Mode(), err)
		}
		id, html5 := strings.CutSuffix(strings.TrimPrefix(filepath.Base(path), "letter-"), ".html")
		if !html5 {
			t.Errorf("%s is not a letter", path)
		}
		list[id] = string(html)
	}
	return list
}

// Letters hold codes: a folder that everybody may read is refused.
func TestWorldReadableFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Open(dir); err == nil || !strings.Contains(err.Error(), "chmod o-rwx") {
		t.Errorf("got %v", err)
	}
}
