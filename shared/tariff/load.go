package tariff

import "io/fs"

// Load reads the book of a directory tree. It is Files followed by Read.
func Load(fsys fs.FS) (*Book, []Problem) {
	files, err := Files(fsys)
	if err != nil {
		return NewBook(), []Problem{{File: ".", Text: err.Error() + "; see that the directory can be read"}}
	}
	return Read(files)
}
