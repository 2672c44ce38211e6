package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Backup writes a copy of a home's database to a file: all data as of one instant, in the compressed format of pg_dump,
// which also a later version of PostgreSQL can read. The database stays in use meanwhile. Its URL is that of
// Postgres.URL or Running.
func Backup(ctx context.Context, url string, file *os.File) error {
	return transfer(ctx, "pg_dump", func(cmd *exec.Cmd) { cmd.Stdout = file },
		"--format=custom", "--no-owner", "--no-privileges", "--dbname="+url)
}

// Restore reads a copy into an empty database, all of it or nothing.
func Restore(ctx context.Context, url string, file *os.File) error {
	return transfer(ctx, "pg_restore", func(cmd *exec.Cmd) { cmd.Stdin = file },
		"--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--dbname="+url)
}

// transfer runs one of PostgreSQL's tools. The error has the last line it has written.
func transfer(ctx context.Context, tool string, connect func(*exec.Cmd), args ...string) error {
	bin, err := findBinaries(ctx)
	if err != nil {
		return err
	}
	path := filepath.Join(bin, tool)
	if !executable(path) {
		return fmt.Errorf("%s is not in %s; install PostgreSQL's client programs (apt-get install postgresql-client)", tool, bin)
	}
	var problems bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	cmd.Stderr = &problems
	connect(cmd)
	if err := cmd.Run(); err != nil {
		return errors.Join(ctx.Err(), fmt.Errorf("%s: %w", tool, diagnose(problems.String(), err)))
	}
	return nil
}
