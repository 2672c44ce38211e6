package kit

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
	ProgramFile   = "app.wasm"
	SheetFile     = "bompass.css"
	LoaderFile    = "wasm_exec.js"
	CompanionFile = "companion.js"
	StarterFile   = "program.js"
	IconFile      = "icon/bompass.svg"
	MaskableFile  = "icon/bompass-maskable.svg"
	FontFile      = "font/inter-latin.woff2"
)

// ErrNotBuilt is returned when the browser's files are missing.
var ErrNotBuilt = errors.New("the browser's files are not built; run make build")

// Assets are the browser's files as the build made them: each under a name with its content's hash, with its
// compressed encodings.
type Assets struct {
	names   map[string]string // name in the program → file
	files   map[string]Asset
	version string
}

// Asset is one file in the encodings in which it can be sent. Brotli and Gzip are nil if there is none.
type Asset struct {
	Raw, Brotli, Gzip []byte
	Type              string // media type
	Tag               string // changes with the content
}

// LoadAssets reads the directory that the build has written.
func LoadAssets(dir fs.FS) (*Assets, error) {
	list, err := fs.ReadFile(dir, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	a := &Assets{files: map[string]Asset{}}
	if err := json.Unmarshal(list, &a.names); err != nil {
		return nil, fmt.Errorf("read assets: manifest.json: %w", err)
	}
	for _, name := range []string{ProgramFile, SheetFile, LoaderFile, CompanionFile, StarterFile, IconFile} {
		if a.names[name] == "" {
			return nil, fmt.Errorf("%s: %w", name, ErrNotBuilt)
		}
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.names)) {
		file := a.names[name]
		if a.files[file], err = readAsset(dir, file); err != nil {
			return nil, fmt.Errorf("read asset %s: %w", name, err)
		}
		_, _ = io.WriteString(sum, name+" "+a.files[file].Tag+"\n") // a hash takes everything
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:8])
	return a, nil
}

// readAsset reads a file and its compressed encodings, which are optional.
func readAsset(dir fs.FS, file string) (Asset, error) {
	raw, err := fs.ReadFile(dir, file)
	if err != nil {
		return Asset{}, err
	}
	sum := sha256.Sum256(raw)
	f := Asset{Raw: raw, Type: ContentType(file), Tag: hex.EncodeToString(sum[:8])}
	for suffix, form := range map[string]*[]byte{".br": &f.Brotli, ".gz": &f.Gzip} {
		if *form, err = fs.ReadFile(dir, file+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Asset{}, err
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
func (a *Assets) Has(name string) bool { return a.names[name] != "" }

// Address returns the address at which a file of that name is served.
func (a *Assets) Address(name string) string { return "/web/" + a.names[name] }

// Version returns a text that changes with any file.
func (a *Assets) Version() string { return a.version }

// Find returns the file at an address below /web/.
func (a *Assets) Find(file string) (Asset, bool) {
	found, ok := a.files[file]
	return found, ok
}

// Named returns the file with a name that the program uses.
func (a *Assets) Named(name string) Asset { return a.files[a.names[name]] }
