package tariff

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"

	"bompass/shared/digest"
)

// File is one published tariff file. The server rates with it, and browsers recheck charges with it.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Files reads every *.tariff file of a directory tree, ordered by name.
func Files(fsys fs.FS) (files []File, err error) {
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".tariff" {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		files = append(files, File{name, string(text)})
		return nil
	})
	return files, err
}

// Read parses and checks published files. The book may be used only without problems.
func Read(files []File) (*Book, []Problem) {
	var schemes []*Scheme
	var problems []Problem
	for _, f := range files {
		s, found := Parse(f.Name, []byte(f.Text))
		schemes, problems = append(schemes, s), append(problems, found...)
	}
	if len(files) == 0 {
		problems = append(problems, Problem{File: ".", Text: "no file ends in .tariff; see that this is the directory of tariffs"})
	}
	book := NewBook(schemes...)
	if len(problems) == 0 {
		problems = book.Check()
	}
	sort.SliceStable(problems, func(i, j int) bool {
		a, b := problems[i], problems[j]
		return a.File < b.File || a.File == b.File && a.Line < b.Line
	})
	return book, problems
}

// Fingerprint returns a digest of the files.
func Fingerprint(files []File) string {
	var all []byte
	for _, f := range files {
		all = fmt.Appendf(all, "%d %s %d\n%s", len(f.Name), f.Name, len(f.Text), f.Text)
	}
	sum := digest.Sum(all)
	return hex.EncodeToString(sum[:8])
}
