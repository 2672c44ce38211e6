package web

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

// What the build must have made, by the names that the program uses.
const (
	programFile   = "app.wasm"
	sheetFile     = "bompass.css"
	loaderFile    = "wasm_exec.js"
	companionFile = "companion.js"
	iconFile      = "icon/bompass.svg"
	maskableFile  = "icon/bompass-maskable.svg"
	fontFile      = "font/inter-latin.woff2"
)

// ErrNotBuilt says that the browser's files are missing.
var ErrNotBuilt = errors.New("the browser's files are not built; run make build")

// Assets are the browser's files as the build made them: each under a name with its content's hash,
// with its compressed forms.
type Assets struct {
	names   map[string]string // name in the program → file
	files   map[string]assetFile
	version string
}

// assetFile is one file in the forms it can be sent in; br and gz are nil where the build made none.
type assetFile struct {
	raw, br, gz []byte
	kind        string
	tag         string
}

// LoadAssets reads a directory that the build has written.
func LoadAssets(dir fs.FS) (*Assets, error) {
	list, err := fs.ReadFile(dir, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	a := &Assets{files: map[string]assetFile{}}
	if err := json.Unmarshal(list, &a.names); err != nil {
		return nil, fmt.Errorf("read assets: manifest.json: %w", err)
	}
	for _, name := range []string{programFile, sheetFile, loaderFile, companionFile, iconFile} {
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
		_, _ = io.WriteString(sum, name+" "+a.files[file].tag+"\n") // a hash takes everything
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:8])
	return a, nil
}

func readAsset(dir fs.FS, file string) (assetFile, error) {
	raw, err := fs.ReadFile(dir, file)
	if err != nil {
		return assetFile{}, err
	}
	sum := sha256.Sum256(raw)
	f := assetFile{raw: raw, kind: contentType(file), tag: hex.EncodeToString(sum[:8])}
	for suffix, form := range map[string]*[]byte{".br": &f.br, ".gz": &f.gz} {
		if *form, err = fs.ReadFile(dir, file+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return assetFile{}, err
		}
	}
	return f, nil
}

// contentType is fixed here; what the machine's tables say of wasm or woff2 varies.
func contentType(file string) string {
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

// Has tells whether the build made a file of that name.
func (a *Assets) Has(name string) bool { return a.names[name] != "" }

// Address is where a file of that name is served.
func (a *Assets) Address(name string) string { return "/web/" + a.names[name] }

// Version changes with any file.
func (a *Assets) Version() string { return a.version }
