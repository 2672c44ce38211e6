package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const checkout = "../../.."

// What the lean copy leaves out must stay out: one import would bring most of it back.
func TestTheProgramReachesNothingOfTheServersHalf(t *testing.T) {
	modfile, err := lean(checkout, filepath.Join(t.TempDir(), "lean"))
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-modfile", modfile, "-deps", "./app")
	list.Dir, list.Env = checkout, append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	deps, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("list what the program is made of: %v\n%s", err, deps)
	}
	for dep := range strings.Lines(string(deps)) {
		switch dep = strings.TrimSpace(dep); dep {
		case "net/http", "net", "crypto/tls", "crypto/aes", "crypto/rand", "text/template", "html/template", "regexp", "html", "database/sql/driver", "github.com/google/uuid":
			t.Errorf("the program reaches %s, which the browser would have to download", dep)
		}
	}
}

func TestAnotherLibraryIsNotTakenForThisOne(t *testing.T) {
	from, err := libraryFolder(checkout)
	if err != nil {
		t.Fatal(err)
	}
	files, err := libraryFiles(from)
	if err != nil {
		t.Fatal(err)
	}
	if got := sumOf(files); got != librarySum {
		t.Fatalf("the library's hash is %s, want %s", got, librarySum)
	}
	files[0].content = append(files[0].content, '\n')
	if sumOf(files) == librarySum {
		t.Error("a changed file was not seen")
	}
}

func TestTheCheckoutsOwnModuleFileStaysAsItIs(t *testing.T) {
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
