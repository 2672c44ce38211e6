package proves

import (
	"bufio"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// recordSuffix ends the names of records.
const recordSuffix = ".proofs"

// Proof is one line of a record: a behaviour that a passing test has seen.
type Proof struct {
	ID      string
	Package string // import path
	Test    string
	Drive   Drive
}

func (p Proof) line() string {
	return fmt.Sprintf("%s\t%s\t%s\t%s\n", p.ID, p.Package, p.Test, p.Drive)
}

// Read returns the proofs in a folder's records, in the order of the files' names.
func Read(folder fs.FS) ([]Proof, error) {
	names, err := fs.Glob(folder, "*"+recordSuffix)
	if err != nil {
		return nil, err
	}
	var proofs []Proof
	for _, name := range names {
		f, err := folder.Open(name)
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			fields := strings.Split(lines.Text(), "\t")
			if len(fields) != 4 {
				_ = f.Close()
				return nil, fmt.Errorf("%s: %q is not a line of a record", path.Base(name), lines.Text())
			}
			proofs = append(proofs, Proof{ID: fields[0], Package: fields[1], Test: fields[2], Drive: Drive(fields[3])})
		}
		_ = f.Close() // it was only read
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(name), err)
		}
	}
	return proofs, nil
}
