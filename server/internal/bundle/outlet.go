package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// outlet writes the bundle to a folder.
type outlet struct {
	dir   string
	names map[string]string // name in the program → file with hash
	kept  map[string]bool   // files of this bundle with their compressed forms
}

// add writes a file under its hashed name, and its compressed forms. Fonts and pictures are compressed
// already and get none.
func (o *outlet) add(name string, content []byte) error {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	file := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	o.names[name] = file
	if err := o.write(file, content); err != nil {
		return err
	}
	if ext == ".woff2" || ext == ".png" {
		return nil
	}
	if o.present(file+".br") && o.present(file+".gz") { // same hash, same content
		return nil
	}
	packed, err := compress(content)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	return errors.Join(o.write(file+".br", packed.br), o.write(file+".gz", packed.gz))
}

// present reports whether a file of an earlier run exists, and keeps it.
func (o *outlet) present(file string) bool {
	_, err := os.Stat(filepath.Join(o.dir, file))
	if err != nil {
		return false
	}
	o.keep(file)
	return true
}

func (o *outlet) keep(file string) {
	if o.kept == nil {
		o.kept = map[string]bool{}
	}
	o.kept[file] = true
}

// write replaces a file by renaming a new one, so that a server never reads half of it.
func (o *outlet) write(file string, content []byte) error {
	target := filepath.Join(o.dir, file)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(target+".new", content, 0o644); err != nil {
		return err
	}
	o.keep(file)
	return os.Rename(target+".new", target)
}

// finish writes the list of files and removes files of earlier runs.
func (o *outlet) finish() error {
	list, err := json.MarshalIndent(o.names, "", "\t")
	if err != nil {
		return err
	}
	if err := o.write("manifest.json", append(list, '\n')); err != nil {
		return err
	}
	return filepath.WalkDir(o.dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(o.dir, file)
		if err != nil || o.kept[filepath.ToSlash(rel)] || rel == ".keep" {
			return err
		}
		return os.Remove(file)
	})
}

// limit is a transfer budget for one name, or for several joined by +.
type limit struct {
	names string
	bytes int64
}

// budget prints the transfer sizes and returns an error if one exceeds its limit.
func (o *outlet) budget(limits []limit) error {
	var over []error
	for _, l := range limits {
		var size int64
		for name := range strings.SplitSeq(l.names, "+") {
			n, err := o.transfer(name)
			if err != nil {
				return err
			}
			size += n
		}
		fmt.Printf("%-28s %9d bytes on the wire, budget %9d\n", l.names, size, l.bytes)
		if size > l.bytes {
			over = append(over, fmt.Errorf("%s is %d bytes over its budget: make it smaller, or write in assets/docs why the budget must grow",
				l.names, size-l.bytes))
		}
	}
	return errors.Join(over...)
}

// transfer returns the size of a file's smallest form in bytes.
func (o *outlet) transfer(name string) (int64, error) {
	file := filepath.Join(o.dir, o.names[name])
	if info, err := os.Stat(file + ".br"); err == nil {
		return info.Size(), nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// packed is a file in its compressed encodings.
type packed struct{ br, gz []byte }

// windowMax is the size of brotli's window as a power of two: the maximum that browsers support, which covers the
// whole program.
const windowMax = 24

// compress returns content in both encodings, at the highest level: the files are compressed once and sent often.
func compress(content []byte) (packed, error) {
	var br, gz bytes.Buffer
	b := brotli.NewWriterOptions(&br, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: windowMax})
	_, errB := b.Write(content)
	g, errG := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err := errors.Join(errB, b.Close(), errG); err != nil {
		return packed{}, err
	}
	_, errW := g.Write(content)
	if err := errors.Join(errW, g.Close()); err != nil { // Close writes the rest of the bytes
		return packed{}, err
	}
	return packed{br.Bytes(), gz.Bytes()}, nil
}
