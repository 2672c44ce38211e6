// Package asset holds the browser's files as the build made them, and sends each in the smallest encoding that a browser
// accepts.
package asset

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// The files that the build makes, by the names that the program uses.
const (
	Program   = "app.wasm"
	Sheet     = "bompass.css"
	Loader    = "wasm_exec.js"
	Companion = "companion.js"
	Starter   = "program.js"
	Icon      = "icon/bompass.svg"
	Maskable  = "icon/bompass-maskable.svg"
	Font      = "font/inter-latin.woff2"
)

// ErrNotBuilt is returned when the browser's files are missing.
var ErrNotBuilt = errors.New("the browser's files are not built; run make build")

// Files are the browser's files as the build made them: each under a name with its content's hash, with its
// compressed encodings.
type Files struct {
	names   map[string]string // name in the program → file
	files   map[string]File
	version string
}

// File is one file in the encodings in which it can be sent. Brotli and Gzip are nil if there is none.
type File struct {
	Raw, Brotli, Gzip []byte
	Type              string // media type
	Tag               string // changes with the content
}

// Load reads the directory that the build has written.
func Load(dir fs.FS) (*Files, error) {
	list, err := fs.ReadFile(dir, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	a := &Files{files: map[string]File{}}
	if err := json.Unmarshal(list, &a.names); err != nil {
		return nil, fmt.Errorf("read assets: manifest.json: %w", err)
	}
	for _, name := range []string{Program, Sheet, Loader, Companion, Starter, Icon} {
		if a.names[name] == "" {
			return nil, fmt.Errorf("%s: %w", name, ErrNotBuilt)
		}
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.names)) {
		file := a.names[name]
		if a.files[file], err = read(dir, file); err != nil {
			return nil, fmt.Errorf("read asset %s: %w", name, err)
		}
		_, _ = io.WriteString(sum, name+" "+a.files[file].Tag+"\n") // a hash takes everything
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:8])
	return a, nil
}

// read reads a file and its compressed encodings, which are optional.
func read(dir fs.FS, file string) (File, error) {
	raw, err := fs.ReadFile(dir, file)
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(raw)
	f := File{Raw: raw, Type: ContentType(file), Tag: hex.EncodeToString(sum[:8])}
	for suffix, form := range map[string]*[]byte{".br": &f.Brotli, ".gz": &f.Gzip} {
		if *form, err = fs.ReadFile(dir, file+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return File{}, err
		}
	}
	return f, nil
}

// ContentType returns the media type of a file by its extension. The tables of machines differ for wasm and woff2.
func ContentType(file string) string {
	switch path.Ext(file) {
	case ".wasm":
		return "application/wasm"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".json":
		return "application/json"
	}
	return "application/octet-stream"
}

// Has reports whether the build made a file of that name.
func (a *Files) Has(name string) bool { return a.names[name] != "" }

// Address returns the address at which a file of that name is served.
func (a *Files) Address(name string) string { return "/web/" + a.names[name] }

// Version returns a text that changes with any file.
func (a *Files) Version() string { return a.version }

// Find returns the file at an address below /web/.
func (a *Files) Find(file string) (File, bool) {
	found, ok := a.files[file]
	return found, ok
}

// Named returns the file with a name that the program uses.
func (a *Files) Named(name string) File { return a.files[a.names[name]] }
