// Package slim makes a Go program for WebAssembly smaller after it was linked, without changing what it does.
// It uses two properties of the output of the Go linker.
//
// The linker splits the initial memory into a data segment wherever there are eight zeros: 80,000 segments, whose
// addresses cost more than the zeros would. Program joins them.
//
// The table of functions (pclntab) has the source line of every instruction, and the calls that were inlined.
// A browser has no sources to show, so Program clears them. The names of functions are kept, and so are the tables
// that the garbage collector and the growth of stacks need. A stack trace then has functions and no lines.
// Measured on this program after brotli, in bytes:
//
//	function names                       1,115,072
//	and line numbers without files       1,219,037
//	and lines with their files           1,250,198
//	and inlined calls: all of the table  1,314,770
//	as linked                            1,418,806
//
// The layout is checked throughout; a program that is not laid out as expected is refused with an error.
package slim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Tested lists the toolchains whose programs the tests of this package have passed with. The tests run with
// every toolchain: where they pass with another one, its version can be added.
var Tested = []string{"go1.26.8"}

// Program returns a smaller form of a program that was linked by a toolchain, such as "go1.26.8". It refuses
// toolchains that are not in Tested, and programs that are not laid out as theirs.
func Program(program []byte, toolchain string) ([]byte, error) {
	if !slices.Contains(Tested, toolchain) {
		return nil, fmt.Errorf("the toolchain is %s; slim has been tested with %s", toolchain,
			strings.Join(Tested, ", "))
	}
	parts, err := sections(program)
	if err != nil {
		return nil, err
	}
	found := false
	for i, part := range parts {
		if part.id != dataSection {
			continue
		}
		memory, err := readSegments(part.body)
		if err != nil {
			return nil, err
		}
		table, err := findTable(memory)
		if err != nil {
			return nil, err
		}
		if err := table.strip(); err != nil {
			return nil, fmt.Errorf("table of functions: %w", err)
		}
		parts[i].body, found = writeSegments(memory), true
	}
	if !found {
		return nil, errors.New("the program has no data section")
	}
	return join(parts), nil
}
