package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// library is the module that the browser's program is built on. Its server half reaches net/http, TLS and
// templates, which a browser would download and never run, so the program is built against a copy without it.
const library = "github.com/maxence-charriere/go-app/v9"

// librarySum is the hash of the library's files that the patch was made for. Another hash means another version:
// see what has changed and adapt the patch before writing the new hash here.
const librarySum = "76d69abbae2e7ff232f06deae7bb7acafe0055c9a7f4e7fb8e03f0258bc3671f"

// The copy is the library's files with leanPatch applied and addedFile added.
const addedName = "pkg/app/lean_wasm.go"

var (
	//go:embed lean/go-app.patch
	leanPatch string

	//go:embed lean/lean_wasm.go.txt
	addedFile []byte
)

// lean writes the copy to folder, with a module file that replaces the library by it, and returns that module
// file. The module file of the checkout does not change: the server, tests and editors use the library itself.
func lean(top, folder string) (modfile string, err error) {
	if folder, err = filepath.Abs(folder); err != nil {
		return "", err
	}
	from, err := libraryFolder(top)
	if err != nil {
		return "", err
	}
	files, err := libraryFiles(from)
	if err != nil {
		return "", err
	}
	// The patch was written for one version of the library and may fit another one by accident.
	if got := sumOf(files); got != librarySum {
		return "", fmt.Errorf("the files of %s have the hash %s, not %s: see whether lean/go-app.patch still fits them",
			library, got, librarySum)
	}
	if err := applyPatch(files, leanPatch); err != nil {
		return "", err
	}
	files[addedName] = addedFile
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	target := filepath.Join(folder, "library")
	for name, content := range files {
		if err := writeFile(filepath.Join(target, filepath.FromSlash(name)), content); err != nil {
			return "", err
		}
	}
	return writeModfile(top, folder, target)
}

// libraryFolder returns the library's folder in the module cache, downloaded if necessary.
func libraryFolder(top string) (string, error) {
	download := exec.Command("go", "mod", "download", "-json", library)
	download.Dir = top
	if text, err := download.CombinedOutput(); err != nil {
		return "", fmt.Errorf("download %s: %w\n%s", library, err, text)
	}
	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", library)
	list.Dir = top
	dir, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", library, err)
	}
	return strings.TrimSpace(string(dir)), nil
}

// libraryFiles reads the files that a program needs, by slash-separated name: the packages app and errors,
// without tests and generators, and the module file.
func libraryFiles(from string) (map[string][]byte, error) {
	names := []string{"go.mod"}
	for _, pattern := range []string{"pkg/app/*.go", "pkg/errors/*.go"} {
		found, err := filepath.Glob(filepath.Join(from, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			if name := filepath.Base(file); !strings.HasSuffix(name, "_test.go") {
				names = append(names, strings.TrimSuffix(pattern, "*.go")+name)
			}
		}
	}
	files := map[string][]byte{}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		files[name] = content
	}
	return files, nil
}

// sumOf returns the hash of the files' names and contents.
func sumOf(files map[string][]byte) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		_, _ = fmt.Fprintf(sum, "%s %d\n", name, len(files[name])) // a hash returns no error
		_, _ = sum.Write(files[name])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}

// writeModfile writes the module file that replaces the library by target, and its sums.
func writeModfile(top, folder, target string) (modfile string, err error) {
	mod, err := os.ReadFile(filepath.Join(top, "go.mod"))
	if err != nil {
		return "", err
	}
	sum, err := os.ReadFile(filepath.Join(top, "go.sum"))
	if err != nil {
		return "", err
	}
	modfile = filepath.Join(folder, "go.mod")
	mod = fmt.Appendf(mod, "\nreplace %s => %s\n", library, filepath.ToSlash(target))
	return modfile, errors.Join(writeFile(modfile, mod), writeFile(filepath.Join(folder, "go.sum"), sum))
}
