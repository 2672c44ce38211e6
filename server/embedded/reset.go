package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// parts are what a home holds, besides the name of its database's directory elsewhere.
var parts = [...]string{"stream", "station", "secret", "postgres", lockFile}

// Reset throws a home's data away, wherever they lie, and returns what it removed. A home that a server
// has is left alone, and so is everything in the directory that is not Bompass's.
func Reset(ctx context.Context, dir string) (removed []string, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("home %s: %w", dir, err)
	}
	if _, err := os.Stat(filepath.Join(abs, lockFile)); errors.Is(err, os.ErrNotExist) {
		return nil, nil // no server has ever had it
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
	gone := []string{database, noteOf(abs)} // the note after what it names
	for _, part := range parts {
		gone = append(gone, filepath.Join(abs, part))
	}
	for _, path := range gone {
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return removed, fmt.Errorf("throw away %s: %w", path, err)
		}
		removed = append(removed, path)
	}
	_ = os.Remove(abs) // stays when something of somebody else's is in it
	return removed, nil
}

// stopped is the directory of the home's database, once nothing runs on it.
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
