package embedded

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// initialise creates the cluster if it does not exist. It is created under another name and renamed, so an existing
// cluster is always complete.
func (p *Postgres) initialise(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(p.place.data(), "PG_VERSION")); err == nil {
		return p.checkVersion(ctx)
	}
	fresh := p.place.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear %s: %w", fresh, err)
	}
	// Connections over TCP need this password. The socket trusts local users, and only the owner can enter its folder.
	secret := make([]byte, 24)
	_, _ = rand.Read(secret)
	password := filepath.Join(p.place.root, "password")
	if err := writeOwned(password, hex.EncodeToString(secret), p.owner); err != nil {
		return err
	}
	args := []string{
		"--pgdata=" + fresh, "--username=" + userName, "--pwfile=" + password, "--encoding=UTF8", "--locale=C",
		"--auth-local=trust", "--auth-host=scram-sha-256", "--data-checksums",
	}
	if p.Throwaway {
		// Clusters of tests need not survive a power cut.
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, "initdb"), args...)
	cmd.Dir = p.place.root
	own(cmd, p.owner)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("create database in %s: %w", p.place.root, diagnose(string(out), err))
	}
	if err := os.Rename(fresh, p.place.data()); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// checkVersion returns an error if the data was made by another major version of PostgreSQL, which cannot open it.
func (p *Postgres) checkVersion(ctx context.Context) error {
	kept, err := os.ReadFile(filepath.Join(p.place.data(), "PG_VERSION"))
	if err != nil {
		return fmt.Errorf("database version: %w", err)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(p.bin, "postgres"), "--version").Output()
	if err != nil {
		return fmt.Errorf("read version of %s: %w", p.bin, err)
	}
	_, version, _ := strings.Cut(string(out), ") ")
	major := strings.TrimSpace(string(kept))
	if version != "" && !strings.HasPrefix(version, major) {
		return fmt.Errorf("the database in %s was made by PostgreSQL %s, installed is %s; install postgresql-%s, or move the data with pg_dumpall",
			p.place.root, major, strings.TrimSpace(version), major)
	}
	return nil
}

// writeOwned writes a file that only the database's user can read.
func writeOwned(path, text string, o owner) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("database password: %w", err)
	}
	if o.change {
		if err := os.Chown(path, int(o.uid), int(o.gid)); err != nil {
			return fmt.Errorf("database password: %w", err)
		}
	}
	return nil
}

// diagnose returns one line that says what to do about the output of PostgreSQL.
func diagnose(output string, err error) error {
	switch {
	case strings.Contains(output, "No space left on device"):
		return errors.New("the disk is full; free some space or set BOMPASS_HOME to another disk")
	case strings.Contains(output, "Address already in use"):
		return errors.New("its port or socket is in use by another process; stop it, or set BOMPASS_HOME to another directory")
	case strings.Contains(output, "Permission denied"):
		return errors.New("PostgreSQL's user may not use a file or directory (" + lastLine(output) + "); set BOMPASS_HOME to another directory")
	case strings.Contains(output, "could not map anonymous shared memory"), strings.Contains(output, "Cannot allocate memory"):
		return errors.New("there is too little memory for PostgreSQL; stop other programs or set DATABASE_URL to one that runs elsewhere")
	}
	if line := lastLine(output); line != "" {
		return errors.New(line)
	}
	return err
}

// lastLine returns the last line that reports an error, or else the last line.
func lastLine(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if _, found, ok := strings.Cut(lines[i], "FATAL:"); ok {
			return strings.TrimSpace(found)
		}
		if strings.Contains(lines[i], "error:") {
			return strings.TrimSpace(lines[i])
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}
