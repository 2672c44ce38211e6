package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// library is the program's library. Its server half reaches net/http, TLS and templates, which the
// browser would download and never run, so the program is built against a copy without them.
const library = "github.com/maxence-charriere/go-app/v9"

// librarySum is the hash of the library's files that the copy is made from. Another hash means another
// library: look at what it changed before writing the new hash here.
const librarySum = "df8c64688dc24d6684c5dc7b107265c3c464387a5b5063664610b611b9ef9172"

// serverHalf are the library's files that only a server needs; lean/ has what the rest asks of them.
var serverHalf = []string{"http.go", "resource.go", "cache.go", "crypto.go", "route.go"}

//go:embed lean/lean_wasm.go.txt
var leanFiles embed.FS

// lean writes the copy and a module file that puts it in the library's place, both in a folder of their
// own, and returns the module file. The checkout's own module file stays as it is: server, tests and
// editors see the library itself.
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
	if got := sumOf(files); got != librarySum {
		return "", fmt.Errorf("the library's files have the hash %s, not %s: see whether lean.go still fits them", got, librarySum)
	}
	target := filepath.Join(folder, "library")
	if err := errors.Join(os.RemoveAll(folder), writeLean(target, files)); err != nil {
		return "", err
	}
	return replaced(top, folder, target)
}

// libraryFolder asks the toolchain where the library is, and fetches it if it is nowhere.
func libraryFolder(top string) (string, error) {
	find := exec.Command("go", "mod", "download", "-json", library)
	find.Dir = top
	if text, err := find.CombinedOutput(); err != nil {
		return "", fmt.Errorf("fetch the library: %w\n%s", err, text)
	}
	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", library)
	list.Dir = top
	dir, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("find the library: %w", err)
	}
	return strings.TrimSpace(string(dir)), nil
}

// libraryFile is one file by its slash-separated name in the library.
type libraryFile struct {
	name    string
	content []byte
}

// libraryFiles reads what a program needs: the packages app and errors, without tests and generators.
func libraryFiles(from string) ([]libraryFile, error) {
	files := []libraryFile{}
	take := func(name string) error {
		content, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(name)))
		files = append(files, libraryFile{name, content})
		return err
	}
	for _, dir := range []string{"pkg/app", "pkg/errors"} {
		entries, err := os.ReadDir(filepath.Join(from, filepath.FromSlash(dir)))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			if err := take(dir + "/" + e.Name()); err != nil {
				return nil, err
			}
		}
	}
	return files, take("go.mod")
}

func sumOf(files []libraryFile) string {
	sum := sha256.New()
	for _, f := range files {
		_, _ = fmt.Fprintf(sum, "%s %d\n", f.name, len(f.content)) // a hash takes everything
		_, _ = sum.Write(f.content)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// writeLean writes the library without its server half.
func writeLean(target string, files []libraryFile) error {
	for _, f := range files {
		content := f.content
		dir, name := filepath.Split(f.name)
		switch {
		case dir == "pkg/app/" && slices.Contains(serverHalf, name):
			content = append([]byte("//go:build !wasm\n\n"), content...)
		case dir == "pkg/app/": // without a package for identities, and the names of two thousand characters
			content = bytes.Replace(content, []byte("\t\"github.com/google/uuid\"\n"), nil, 1)
			content = bytes.ReplaceAll(content, []byte("uuid.NewString()"), []byte("newUUID()"))
			content = bytes.Replace(content, []byte("\t\"html\"\n"), nil, 1)
			content = bytes.ReplaceAll(content, []byte("html.EscapeString("), []byte("escaped.Replace("))
		}
		if err := writeFile(filepath.Join(target, filepath.FromSlash(f.name)), content); err != nil {
			return err
		}
	}
	added, err := fs.ReadFile(leanFiles, "lean/lean_wasm.go.txt")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(target, "pkg", "app", "lean_wasm.go"), added)
}

func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}

// replaced writes the second module file beside the copy.
func replaced(top, folder, target string) (modfile string, err error) {
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
