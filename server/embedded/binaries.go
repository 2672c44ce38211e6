package embedded

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrNoPostgres is the error when no PostgreSQL is installed. It says how to install it.
var ErrNoPostgres = errors.New("no PostgreSQL found (looked in PATH, pg_config --bindir and /usr/lib/postgresql/*/bin); " +
	"install it with: apt-get install postgresql — or set DATABASE_URL to one that runs elsewhere")

// findBinaries returns the directory with both postgres and initdb.
func findBinaries(ctx context.Context) (string, error) {
	for _, dir := range candidates(ctx) {
		if executable(filepath.Join(dir, "postgres")) && executable(filepath.Join(dir, "initdb")) {
			return dir, nil
		}
	}
	return "", ErrNoPostgres
}

// candidates returns the directories that may have the binaries of PostgreSQL: that of the postgres in PATH, that
// of pg_config, and those of Debian's packages, newest first.
func candidates(ctx context.Context) (dirs []string) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real)) // initdb expects postgres in its own directory
		}
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(installed, func(a, b string) int { return majorOf(b) - majorOf(a) })
	return append(dirs, installed...)
}

func majorOf(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}
