package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const checkout = "../../.."

// The browser program imports none of the packages that the copy of go-app leaves out. One import of them would add
// most of the others.
func TestBrowserProgramImportsNoServerLibrary(t *testing.T) {
	modfile, err := lean(checkout, filepath.Join(t.TempDir(), "lean"))
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-modfile", modfile, "-deps", "./app")
	list.Dir, list.Env = checkout, append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	deps, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("list the program's packages: %v\n%s", err, deps)
	}
	for dep := range strings.Lines(string(deps)) {
		switch dep = strings.TrimSpace(dep); dep {
		case "net/http", "net", "crypto/tls", "crypto/aes", "crypto/rand", "text/template", "html/template", "regexp", "html", "database/sql/driver", "github.com/google/uuid":
			t.Errorf("the program imports %s, which the browser would have to download", dep)
		}
	}
}

func TestAnotherVersionOfTheLibraryIsRefused(t *testing.T) {
	from, err := libraryFolder(checkout)
	if err != nil {
		t.Fatal(err)
	}
	files, err := libraryFiles(from)
	if err != nil {
		t.Fatal(err)
	}
	if got := sumOf(files); got != librarySum {
		t.Fatalf("the hash of the library's files is %s, want %s", got, librarySum)
	}
	files["go.mod"] = append(files["go.mod"], '\n')
	if sumOf(files) == librarySum {
		t.Error("a changed file has the same hash")
	}
}

func TestModuleFileOfTheCheckoutIsUnchanged(t *testing.T) {
	before, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lean(checkout, filepath.Join(t.TempDir(), "lean")); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil || string(before) != string(after) {
		t.Errorf("go.mod has changed (%v)", err)
	}
}

func TestPatchIsAppliedAtItsPlace(t *testing.T) {
	const old = "one\ntwo\n\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"
	patch := "Prose comes first.\n\n--- a/n.txt\n+++ b/n.txt\n@@ -1,4 +1,5 @@\n one\n-two\n+2\n+2.5\n \n three\n@@ -8,3 +9,2 @@\n seven\n-eight\n nine\n" +
		"--- a/m.txt\n+++ b/m.txt\n@@ -1 +1,2 @@\n+zero\n one\n"
	patch = strings.Replace(patch, "@@ -8,3 +9,2 @@", "@@ -8,3 +9,2 @@ func seven()", 1)
	files := map[string][]byte{"n.txt": []byte(old), "m.txt": []byte("one\n"), "other.txt": []byte("x")}
	if err := applyPatch(files, patch); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"n.txt": "one\n2\n2.5\n\nthree\nfour\nfive\nsix\nseven\nnine\n", "m.txt": "zero\none\n", "other.txt": "x",
	} {
		if got := string(files[name]); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestPatchThatDoesNotFitIsRefused(t *testing.T) {
	for name, patch := range map[string]string{
		"another file":      "--- a/m.txt\n+++ b/m.txt\n@@ -1 +1 @@\n-one\n+1\n",
		"another line":      "--- a/n.txt\n+++ b/n.txt\n@@ -1 +1 @@\n-1\n+one\n",
		"past the end":      "--- a/n.txt\n+++ b/n.txt\n@@ -9 +9 @@\n-one\n+1\n",
		"out of order":      "--- a/n.txt\n+++ b/n.txt\n@@ -2 +2 @@\n-two\n+2\n@@ -1 +1 @@\n-one\n+1\n",
		"no header":         "--- a/n.txt\n+++ b/n.txt\n@@ one @@\n-one\n+1\n",
		"more than is left": "--- a/n.txt\n+++ b/n.txt\n@@ -2 +2 @@\n two\n \n three\n",
		"something else":    "--- a/n.txt\n+++ b/n.txt\n@@ -1 +1 @@\n*one\n",
	} {
		if err := applyPatch(map[string][]byte{"n.txt": []byte("one\ntwo\n")}, patch); err == nil {
			t.Errorf("%s: the patch was applied", name)
		}
	}
}
