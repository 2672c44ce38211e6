package message

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Folder hands letters on paper to whoever empties a folder: a person with a printer, or a print shop's
// transfer program. Each letter is a file that prints as it is, and is there whole or not at all. The
// letters open doors, so the folder and its files are nobody else's to read.
type Folder struct{ dir string }

// NewFolder opens the folder, making it when it is missing.
func NewFolder(dir string) (Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Folder{}, fmt.Errorf("folder of letters: %w", err)
	}
	about, err := os.Stat(dir)
	if err != nil {
		return Folder{}, fmt.Errorf("folder of letters: %w", err)
	}
	if about.Mode().Perm()&0o007 != 0 {
		return Folder{}, fmt.Errorf("everybody may look into %s, which will hold letters that open doors; write chmod o-rwx %s", dir, dir)
	}
	return Folder{dir}, nil
}

// Print lays a letter into the folder. One that lies there already is the same letter.
func (f Folder) Print(_ context.Context, s Sheet) error {
	if err := s.check(); err != nil {
		return err
	}
	final := filepath.Join(f.dir, "letter-"+s.ID+".html")
	if _, err := os.Stat(final); err == nil {
		return nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("folder of letters: %w", err)
	}
	begun := final + ".part"
	if err := writeWhole(begun, s.HTML); err != nil {
		return fmt.Errorf("folder of letters: %w", err)
	}
	if err := os.Rename(begun, final); err != nil {
		return fmt.Errorf("folder of letters: %w", err)
	}
	return nil
}

// writeWhole writes a file and waits until the disk has it.
func writeWhole(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Sync(), file.Close())
}
