// Package folder hands letters to a print shop through a folder, which a person with a printer or the print
// shop's transfer program empties.
package folder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bompass/server/partner/print"
)

// Folder is a folder of letters. Each letter is a file that prints as it is, and is there whole or not at all.
// Letters hold codes that open accounts, so nobody else may read the folder and its files.
type Folder struct{ dir string }

// Open opens a folder, and creates it if it is missing. It refuses one that everybody may read.
func Open(dir string) (Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Folder{}, fmt.Errorf("folder of letters: %w", err)
	}
	about, err := os.Stat(dir)
	if err != nil {
		return Folder{}, fmt.Errorf("folder of letters: %w", err)
	}
	if about.Mode().Perm()&0o007 != 0 {
		return Folder{}, fmt.Errorf("everybody may read %s, which will hold letters with codes; run chmod o-rwx %s", dir, dir)
	}
	return Folder{dir}, nil
}

// Print writes a letter into the folder. A file with the letter's id is the same letter, and is left as it is.
func (f Folder) Print(ctx context.Context, l print.Letter) error {
	if err := l.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	final := filepath.Join(f.dir, "letter-"+l.ID+".html")
	if _, err := os.Stat(final); err == nil {
		return nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("folder of letters: %w", err)
	}
	// The transfer program of a print shop must not pick up half a letter.
	part := final + ".part"
	if err := writeSynced(part, l.HTML); err != nil {
		return fmt.Errorf("folder of letters: %w", err)
	}
	if err := os.Rename(part, final); err != nil {
		return fmt.Errorf("folder of letters: %w", err)
	}
	return nil
}

// writeSynced writes a file and returns when it is on disk.
func writeSynced(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Sync(), file.Close())
}
