package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// pkg is a package of the module.
type pkg struct {
	ImportPath, Name, Dir              string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
	TestGoFiles, XTestGoFiles          []string
}

// list returns the module's packages by import path, as the native build sees them.
func list(top string) (map[string]*pkg, error) {
	cmd := exec.Command("go", "list",
		"-json=ImportPath,Name,Dir,GoFiles,Imports,TestImports,XTestImports,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir = top
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, stderr.Bytes())
	}
	packages := map[string]*pkg{}
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		p := &pkg{}
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages[p.ImportPath] = p
	}
}

// mutable reports whether places in a package may be changed.
func mutable(p *pkg) bool {
	inside := strings.HasPrefix(p.ImportPath, "bompass/server/") || strings.HasPrefix(p.ImportPath, "bompass/app/")
	return inside && p.Name != "main" && !internal(p)
}

func internal(p *pkg) bool { return strings.Contains(p.ImportPath+"/", "/internal/") }

// testers returns the packages whose tests reach a package, the package itself first and then the nearest.
func testers(packages map[string]*pkg, target string) []string {
	distance := map[string]int{target: 0}
	// Breadth first, along the imports backwards.
	for queue := []string{target}; len(queue) > 0; queue = queue[1:] {
		for path, p := range packages {
			if _, seen := distance[path]; !seen && slices.Contains(p.Imports, queue[0]) {
				distance[path] = distance[queue[0]] + 1
				queue = append(queue, path)
			}
		}
	}
	reach := map[string]int{}
	for path, p := range packages {
		if nearest, ok := nearestImport(p, distance); ok && !internal(p) && len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 {
			reach[path] = nearest
		}
	}
	if _, tested := reach[target]; tested {
		// A package's own tests are tried first, because they most often detect the fault.
		reach[target] = -1
	}
	found := make([]string, 0, len(reach))
	for path := range reach {
		found = append(found, path)
	}
	slices.SortFunc(found, func(a, b string) int {
		if reach[a] != reach[b] {
			return reach[a] - reach[b]
		}
		return strings.Compare(a, b)
	})
	return found
}

// nearestImport returns the smallest distance of what a package and its tests import.
func nearestImport(p *pkg, distance map[string]int) (nearest int, ok bool) {
	for _, imported := range append(append([]string{p.ImportPath}, p.TestImports...), p.XTestImports...) {
		if d, reaches := distance[imported]; reaches && (!ok || d < nearest) {
			nearest, ok = d, true
		}
	}
	return nearest, ok
}

// relative returns a file's slash-separated path below top.
func relative(top, file string) string {
	rel, err := filepath.Rel(top, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}
