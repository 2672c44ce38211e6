package bench_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"bompass/server/internal/proves"
)

const top = "../../.."

// goCommand runs the go tool in the checkout and returns its output.
func goCommand(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = top
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// The browser program is built on go-app, and the types of the API are the same Go package in program and server.
func TestBrowserProgramSharesTypesWithServer(t *testing.T) {
	proves.Driven(t, proves.Source)
	app := goCommand(t, []string{"GOOS=js", "GOARCH=wasm"}, "list", "-deps", "./app")
	server := goCommand(t, nil, "list", "-deps", "./server")
	for _, c := range []struct{ program, deps, want string }{
		{"the browser program", app, "github.com/maxence-charriere/go-app/v9/pkg/app"},
		{"the browser program", app, "bompass/shared/api"},
		{"the server", server, "bompass/shared/api"},
		{"the browser program", app, "bompass/shared/rating"},
		{"the server", server, "bompass/shared/rating"},
	} {
		if !strings.Contains(c.deps, c.want+"\n") {
			t.Errorf("%s does not import %s", c.program, c.want)
		}
	}
	proves.That(t, "O.02")
}

// Server, browser program, reader and shared packages are one module.
func TestEverythingIsOneModule(t *testing.T) {
	proves.Driven(t, proves.Source)
	files := goCommand(t, nil, "list", "-m")
	if got := strings.TrimSpace(files); got != "bompass" {
		t.Errorf("the main modules are %q, want bompass alone", got)
	}
	packages := goCommand(t, nil, "list", "./...")
	for _, folder := range []string{"server", "shared", "hardware", "assets"} {
		if !regexp.MustCompile(`(?m)^bompass/` + folder + `(/|$)`).MatchString(packages) {
			t.Errorf("%s is not in the module", folder)
		}
	}
	app := goCommand(t, []string{"GOOS=js", "GOARCH=wasm"}, "list", "./app/...")
	if !regexp.MustCompile(`(?m)^bompass/app$`).MatchString(app) {
		t.Error("app is not in the module")
	}
	proves.That(t, "O.12")
}

// The benchmarks of the rating core run and print passages or nanoseconds.
func TestRatingCoreIsBenchmarked(t *testing.T) {
	proves.Driven(t, proves.Source)
	out := goCommand(t, nil, "test", "-run", "^$", "-bench", "^BenchmarkRateMonth$", "-benchtime", "1x",
		"./shared/rating")
	if !regexp.MustCompile(`(?m)^BenchmarkRateMonth\S*\s+\d+\s.* ns/op`).MatchString(out) {
		t.Errorf("no figures are printed:\n%s", out)
	}
	proves.That(t, "O.07")
}
