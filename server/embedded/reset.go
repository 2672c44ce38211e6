package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// parts are the files of a home, except the name of a database directory outside it.
var parts = [...]string{"stream", "station", "secret", "postgres", lockFile}

// Reset deletes the data of a home, also outside it, and returns the paths removed. It does nothing while a server uses
// the home, and leaves other files in the directory.
func Reset(ctx context.Context, dir string) (removed []string, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("home %s: %w", dir, err)
	}
	if _, err := os.Stat(filepath.Join(abs, lockFile)); errors.Is(err, os.ErrNotExist) {
		return nil, nil // no server has ever used it
	}
	home, err := claim(abs)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, home.Close()) }()
	database, err := stopped(ctx, abs)
	if err != nil {
		return nil, err
	}
	gone := []string{database, noteOf(abs)} // the file with the path after the directory it names
	for _, part := range parts {
		gone = append(gone, filepath.Join(abs, part))
	}
	for _, path := range gone {
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return removed, fmt.Errorf("delete %s: %w", path, err)
		}
		removed = append(removed, path)
	}
	_ = os.Remove(abs) // it is kept if it has other files
	return removed, nil
}

// stopped stops a PostgreSQL that runs on the home's data and returns the directory of the database.
func stopped(ctx context.Context, home string) (string, error) {
	root := filepath.Join(home, "postgres")
	if text, err := os.ReadFile(noteOf(home)); err == nil {
		if root = strings.TrimSpace(string(text)); filepath.Dir(root) != sharedRoot {
			return "", fmt.Errorf("%s names %q, which is not in %s; remove it yourself", noteOf(home), root, sharedRoot)
		}
	}
	p := &Postgres{place: place{root: root}}
	return root, p.stopOrphan(ctx, stopWait)
}
