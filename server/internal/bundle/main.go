// Command bundle writes the files that the browser loads: the program as WebAssembly, one stylesheet, the
// scripts, fonts and icons. The name of each has a hash of its content; compressed forms are beside it. The
// list of them, manifest.json, is written last, so that it never names a file of another build.
//
// The Makefile runs it from the top of the checkout, after npm has installed the packages.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Transfer budgets in bytes after brotli; assets/docs/architecture.md has the reasons.
const (
	wasmMax   = 1_450_000
	sheetMax  = 24_000 // with the frame and the statements of the rendered pages
	scriptMax = 10_500
	fontMax   = 50_000 // the Latin font that every page loads
)

func main() {
	top := flag.String("top", ".", "top of the checkout")
	strict := flag.Bool("strict", false, "fail when a transfer budget is exceeded")
	flag.Parse()
	start := time.Now()
	if err := run(*top, *strict); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
	fmt.Printf("bundle written in %.1f s\n", time.Since(start).Seconds())
}

func run(top string, strict bool) error {
	out := &outlet{dir: filepath.Join(top, "assets", "web"), names: map[string]string{}}
	if err := os.MkdirAll(out.dir, 0o755); err != nil {
		return err
	}
	// The style sheet is last, because it names files of the others by their hash.
	sources := []func(top string, out *outlet) error{program, scripts, fonts, icons, stylesheet}
	for _, add := range sources {
		if err := add(top, out); err != nil {
			return err
		}
	}
	if err := out.finish(); err != nil {
		return err
	}
	over := out.budget([]limit{
		{"app.wasm", wasmMax},
		{"bompass.css", sheetMax},
		{"wasm_exec.js+companion.js+program.js", scriptMax},
		{"font/inter-latin.woff2", fontMax},
	})
	// While developing, a program above its budget is still worth running.
	if over != nil && !strict {
		fmt.Fprintln(os.Stderr, "bundle: note:", over)
		return nil
	}
	return over
}
