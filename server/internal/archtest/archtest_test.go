package archtest_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/internal/archtest"
)

const top = "../../.."

func TestEveryPackageImportsOnlyWhatItMay(t *testing.T) {
	packages, err := archtest.List(top, false, "./...")
	if err != nil {
		t.Fatal(err)
	}
	browser, err := archtest.List(top, true, "./app/...", "./shared/...")
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range archtest.Check(archtest.House, archtest.Libraries, append(packages, browser...)) {
		t.Error(problem)
	}
}

// The browser program does not contain libraries that only the server needs: every browser would download them.
func TestBrowserProgramHasNoServerLibraries(t *testing.T) {
	packages, err := archtest.List(top, true, "./app")
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range packages[0].Deps {
		for _, library := range []string{
			"gorm.io", "github.com/gofiber", "github.com/jackc", "github.com/nats-io", "github.com/pquerna",
			"golang.org/x/text/message", "time/tzdata", "bompass/server", "bompass/hardware",
		} {
			if dep == library || strings.HasPrefix(dep, library+"/") {
				t.Errorf("the program imports %s, which the browser would have to download", dep)
			}
		}
	}
}

// Only one file of the server imports go-app, so that replacing it stays a small change.
func TestOneFileOfTheServerImportsGoApp(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(top, "server/web/shell/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range tree.Imports {
			if !strings.HasSuffix(file, "_test.go") &&
				strings.Contains(imported.Path.Value, "maxence-charriere/go-app") {
				found = append(found, filepath.Base(file))
			}
		}
	}
	if len(found) > 1 {
		t.Errorf("go-app is imported by %v, want one file", found)
	}
}

func TestCheckFindsEveryKindOfProblem(t *testing.T) {
	rows := []archtest.Row{
		{"a", "", "first"}, {"b", "a c x/...", "second"}, {"c", "a", "third"}, {"gone", "", "removed"},
	}
	libraries := []archtest.Library{{"gorm.io", "a", "SQL"}, {"os", "c/...", "files"}, {"unused.io", "a", "nothing"}}
	packages := []archtest.Package{
		{Path: "bompass/a", Imports: []string{"fmt", "gorm.io/gorm", "os/exec"}},
		{Path: "bompass/b", Imports: []string{"bompass/a", "bompass/c", "gorm.io/gorm", "os"}},
		{Path: "bompass/c", Imports: []string{"bompass/b", "os", "other.io/x"}},
		{Path: "bompass/new"},
	}
	want := []string{
		"b imports c, which is below it in archtest.House: an import may not lead back up",
		`b imports gorm.io/gorm, which only "a" may: SQL`,
		`b imports os, which only "c/..." may: files`,
		`c imports b, but it may import only "a": third`,
		"c imports other.io/x, which has no row in archtest.Libraries",
		"new has no row: add it to archtest.House with what it may import and why",
		"gone has a row and does not exist",
		"no package imports unused.io: remove it from archtest.Libraries",
	}
	if diff := cmp.Diff(want, archtest.Check(rows, libraries, packages)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := archtest.Check([]archtest.Row{{"a", "", "once"}, {"a", "", "twice"}}, nil, packages[:0]); len(got) != 3 {
		t.Errorf("a package with two rows: %q", got)
	}
}
