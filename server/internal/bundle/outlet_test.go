package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func TestCompressedFormsHaveTheSameContent(t *testing.T) {
	out := &outlet{dir: t.TempDir(), names: map[string]string{}}
	content := []byte(strings.Repeat("the price and its reason\n", 4000))
	if err := out.add("bompass.css", content); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(out.dir, out.names["bompass.css"])
	for name, open := range map[string]func(io.Reader) (io.Reader, error){
		"":    func(r io.Reader) (io.Reader, error) { return r, nil },
		".br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		".gz": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	} {
		packed, err := os.ReadFile(file + name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := open(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%q form: %d bytes, %v; want %d", name, len(got), err, len(content))
		}
	}
}

func TestManifestNamesNewFilesAndOldOnesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"first", "second"} {
		out := &outlet{dir: dir, names: map[string]string{}}
		if err := out.add("icon/a.svg", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := out.finish(); err != nil {
			t.Fatal(err)
		}
	}
	list, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]string
	if err := json.Unmarshal(list, &names); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, names["icon/a.svg"]))
	if err != nil || string(got) != "second" {
		t.Errorf("the manifest names a file with %q, %v", got, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "icon", "*.svg"))
	if err != nil || len(left) != 1 {
		t.Errorf("files of the first run were not removed: %v", left)
	}
}

func TestBundleOverItsBudgetIsRefused(t *testing.T) {
	out := &outlet{dir: t.TempDir(), names: map[string]string{}}
	if err := out.add("app.wasm", []byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	if err := out.budget([]limit{{"app.wasm", 1000}}); err != nil {
		t.Errorf("within the budget: %v", err)
	}
	if err := out.budget([]limit{{"app.wasm", 3}}); err == nil {
		t.Error("a bundle over its budget was accepted")
	}
}
