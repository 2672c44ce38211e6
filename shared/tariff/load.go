package tariff

import "io/fs"

// Load is Files and Read in one: the book of a directory tree.
func Load(fsys fs.FS) (*Book, []Problem) {
	files, err := Files(fsys)
	if err != nil {
		return NewBook(), []Problem{{File: ".", Text: err.Error() + "; see that the directory can be read"}}
	}
	return Read(files)
}
