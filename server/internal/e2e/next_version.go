package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BuildNextVersion compiles the server with another version of the browser program: its stylesheet sets the custom
// property --edition to name.
func BuildNextVersion(dir, name string) (string, error) {
	web, err := filepath.Abs(filepath.Join(Top, "assets", "web"))
	if err != nil {
		return "", err
	}
	list, names := filepath.Join(web, "manifest.json"), map[string]string{}
	text, err := os.ReadFile(list)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(text, &names); err != nil {
		return "", err
	}
	sheet, err := os.ReadFile(filepath.Join(web, names["bompass.css"]))
	if err != nil {
		return "", err
	}
	names["bompass.css"] = "bompass." + name + ".css"
	if text, err = json.Marshal(names); err != nil {
		return "", err
	}
	return buildWithOverlay(dir, name, map[string][]byte{
		list:                                     text,
		filepath.Join(web, names["bompass.css"]): fmt.Appendf(sheet, ":root { --edition: %s; }\n", name),
	})
}

// buildWithOverlay compiles the server with the contents of some files replaced, without changing the checkout.
func buildWithOverlay(dir, name string, files map[string][]byte) (string, error) {
	replace := map[string]string{}
	for file, content := range files {
		copied := filepath.Join(dir, name+"-"+filepath.Base(file))
		if err := os.WriteFile(copied, content, 0o600); err != nil {
			return "", err
		}
		replace[file] = copied
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list, program := filepath.Join(dir, name+"-overlay.json"), filepath.Join(dir, "bompass-"+name)
	if err := os.WriteFile(list, text, 0o600); err != nil {
		return "", err
	}
	// An overlay lets the compiler read other contents under the paths of the checkout.
	build := exec.Command("go", "build", "-overlay", list, "-o", program, "./server")
	build.Dir = Top
	if text, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the next version: %w\n%s", err, text)
	}
	return program, nil
}

// Publish replaces the running program by another version.
func (p *Product) Publish(t testing.TB, program string) {
	t.Helper()
	p.Stop(t)
	p.program = program
	p.Launch(t)
}
