package tariff

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Load reads every *.tariff file of a directory tree, checks each and all of them together. The book
// is fit for use only when there are no problems.
func Load(fsys fs.FS) (*Book, []Problem) {
	var schemes []*Scheme
	var problems []Problem
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".tariff" {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		s, found := Parse(name, text)
		schemes, problems = append(schemes, s), append(problems, found...)
		return nil
	})
	if err != nil {
		problems = append(problems, Problem{File: ".", Text: err.Error() + "; see that the directory can be read"})
	}
	if err == nil && len(schemes) == 0 {
		problems = append(problems, Problem{File: ".", Text: "no file ends in .tariff; see that this is the directory of tariffs"})
	}
	book := NewBook(schemes...)
	if len(problems) == 0 {
		problems = book.Check()
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return book, problems
}
