package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"bompass/server/internal/bundle/slim"
)

// program builds the browser's program against the lean copy of its library, and makes it smaller.
func program(top string, out *outlet) error {
	modfile, err := lean(top, filepath.Join(top, ".cache", "lean"))
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "bompass-wasm-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	target := filepath.Join(work, "app.wasm")
	build := exec.Command("go", "build", "-modfile", modfile, "-tags", "lean", "-trimpath", "-ldflags", "-s -w", "-o",
		target, "./app")
	build.Dir = top
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the browser's program: %w\n%s", err, text)
	}
	linked, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	version, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		return fmt.Errorf("find the toolchain's version: %w", err)
	}
	content, err := slim.Program(linked, strings.TrimSpace(string(version)))
	if err != nil { // the program as it was linked works, too; the budget shows that it is larger
		fmt.Fprintln(os.Stderr, "bundle: note: the browser's program stays as large as it was linked:", err)
		content = linked
	}
	return out.add("app.wasm", content)
}

// stylesheet joins the files that css/parts.txt lists, in its order. Its lines are paths below assets.
// Addresses such as /web/font/inter-latin.woff2 are replaced by those with a hash, so it runs last.
func stylesheet(top string, out *outlet) error {
	assets := filepath.Join(top, "assets")
	list, err := os.ReadFile(filepath.Join(assets, "css", "parts.txt"))
	if err != nil {
		return err
	}
	var sheet bytes.Buffer
	for line := range strings.Lines(string(list)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		part, err := os.ReadFile(filepath.Join(assets, filepath.FromSlash(line)))
		if err != nil {
			return fmt.Errorf("css/parts.txt (run npm ci --prefix assets first): %w", err)
		}
		sheet.Write(bytes.TrimSpace(part))
		sheet.WriteByte('\n')
	}
	content := sheet.Bytes()
	// Font addresses of the sheet get the hash of their content.
	for name, file := range out.names {
		content = bytes.ReplaceAll(content, []byte("/web/"+name), []byte("/web/"+file))
	}
	return out.add("bompass.css", content)
}

// scripts adds the toolchain's own loader, which must match the compiler, the script that loads the program, and the
// companion script with the offline store and what the pages of the server have, too.
func scripts(top string, out *outlet) error {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("find the toolchain %s: %w", runtime.Version(), err)
	}
	loader, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	var companion []byte
	for _, name := range []string{"app/browser/companion.js", "app/browser/offline_store.js", "server/web/kit/page/page.js"} {
		script, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		companion = append(companion, commentLines.ReplaceAll(script, nil)...)
	}
	if err := out.add("wasm_exec.js", loader); err != nil {
		return err
	}
	starter, err := os.ReadFile(filepath.Join(top, "app", "browser", "program.js"))
	if err != nil {
		return err
	}
	if err := out.add("program.js", starter); err != nil {
		return err
	}
	return out.add("companion.js", companion)
}

// commentLines matches lines that are only a comment. Browsers need not load them.
var commentLines = regexp.MustCompile(`(?m)^[ \t]*//.*\n`)

// fonts adds the font Inter. Browsers load the file with the extended Latin characters only for pages that contain
// them.
func fonts(top string, out *outlet) error {
	inter := filepath.Join(top, "assets", "node_modules", "@fontsource-variable", "inter", "files")
	for name, file := range map[string]string{
		"font/inter-latin.woff2":     "inter-latin-wght-normal.woff2",
		"font/inter-latin-ext.woff2": "inter-latin-ext-wght-normal.woff2",
	} {
		content, err := os.ReadFile(filepath.Join(inter, file))
		if err != nil {
			return err
		}
		if err := out.add(name, content); err != nil {
			return err
		}
	}
	return nil
}

// icons adds every drawing and picture in assets/icon. The PNG forms of the drawings are made by `make icons`.
func icons(top string, out *outlet) error {
	files, err := filepath.Glob(filepath.Join(top, "assets", "icon", "*.[ps][nv]g"))
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := out.add("icon/"+filepath.Base(file), content); err != nil {
			return err
		}
	}
	return nil
}
