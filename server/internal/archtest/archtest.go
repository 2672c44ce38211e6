// Package archtest checks which packages import which. Its tables name every package of the module with what it
// may import and one reason; a package without a row fails, and so does a row without a package.
package archtest

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Row is one package and the packages of ours that it may import.
type Row struct {
	Path string // below the module
	May  string // paths, separated by blanks; one that ends in /... is a folder and all below it
	Why  string
}

// Library is a package of others, with all below it, and the packages of ours that may import it.
type Library struct {
	Path string
	By   string // as Row.May
	Why  string
}

// Package is what the toolchain reports of one package.
type Package struct {
	Path    string
	Imports []string // direct
	Deps    []string // all
}

// module begins the import paths of our packages.
const module = "bompass/"

// List returns the packages of patterns, in the browser's build if js is set.
func List(top string, js bool, patterns ...string) ([]Package, error) {
	args := append([]string{"list", "-f", `{{.ImportPath}}|{{join .Imports " "}}|{{join .Deps " "}}`}, patterns...)
	cmd := exec.Command("go", args...)
	cmd.Dir = top
	if js {
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", strings.Join(patterns, " "), err, stderr.Bytes())
	}
	var packages []Package
	lines := bufio.NewScanner(bytes.NewReader(out))
	// Lines with all dependencies of a package are longer than a scanner's default.
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "|", 3)
		packages = append(packages, Package{parts[0], strings.Fields(parts[1]), strings.Fields(parts[2])})
	}
	return packages, lines.Err()
}

// Check returns the problems of the rows themselves, and every import that no row or library allows.
func Check(rows []Row, libraries []Library, packages []Package) (problems []string) {
	position, problems := index(rows)
	report := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	exists, used := map[string]bool{}, map[string]bool{}
	for _, p := range packages {
		path, ours := strings.CutPrefix(p.Path, module)
		i, known := position[path]
		if !ours || !known {
			report("%s has no row: add it to archtest.House with what it may import and why", path)
			continue
		}
		exists[path] = true
		for _, imported := range p.Imports {
			target, ours := strings.CutPrefix(imported, module)
			problem := ""
			if ours {
				problem = checkImport(rows[i], target, position[target] < i)
			} else {
				problem = checkLibrary(libraries, path, imported, used)
			}
			if problem != "" {
				report("%s", problem)
			}
		}
	}
	for _, row := range rows {
		if !exists[row.Path] {
			report("%s has a row and does not exist", row.Path)
		}
	}
	for _, l := range libraries {
		if !used[l.Path] {
			report("no package imports %s: remove it from archtest.Libraries", l.Path)
		}
	}
	return problems
}

// index returns the position of each package's row, and the problems of the rows themselves.
func index(rows []Row) (position map[string]int, problems []string) {
	position = map[string]int{}
	for i, row := range rows {
		if _, twice := position[row.Path]; twice || row.Why == "" {
			problems = append(problems, row.Path+" has two rows, or one without a reason")
		}
		position[row.Path] = i
	}
	return position, problems
}

// checkImport returns the problem of an import of one of our packages, or an empty text. The rows are in order of
// imports: a package may only import packages above it.
func checkImport(row Row, target string, above bool) string {
	switch {
	case !matches(target, row.May):
		return fmt.Sprintf("%s imports %s, but it may import only %q: %s", row.Path, target, row.May, row.Why)
	case !above:
		return fmt.Sprintf("%s imports %s, which is below it in archtest.House: an import may not lead back up",
			row.Path, target)
	}
	return ""
}

// checkLibrary returns the problem of an import that is not one of our packages, or an empty text. A package of the
// standard library is allowed if no row names it.
func checkLibrary(libraries []Library, path, imported string, used map[string]bool) string {
	for _, l := range libraries {
		if !within(imported, l.Path) || standard(l.Path) && imported != l.Path {
			continue
		}
		used[l.Path] = true
		if !matches(path, l.By) {
			return fmt.Sprintf("%s imports %s, which only %q may: %s", path, imported, l.By, l.Why)
		}
		return ""
	}
	if standard(imported) {
		return ""
	}
	return fmt.Sprintf("%s imports %s, which has no row in archtest.Libraries", path, imported)
}

// standard reports whether an import path is one of the standard library, whose first element has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// matches reports whether a path is one of the paths in a list.
func matches(path, list string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(one string) bool {
		folder, all := strings.CutSuffix(one, "/...")
		return path == folder || all && within(path, folder)
	})
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }
