// Package slim makes a program for the browser smaller after it was linked, and changes nothing that it
// does. It owns two facts about the toolchain's programs for WebAssembly.
//
// The linker cuts the memory that a program starts with into a piece for every eight zeros: 80,000 pieces,
// whose addresses cost more than the zeros would. Here they are joined.
//
// And it tells the source line of every instruction, in a table that is a ninth of what travels. A browser
// has no sources to show. So the lines and the calls that were compiled into their callers are taken out of
// the table; the names of functions stay, and so do the parts that the collector of garbage and the growth of
// stacks live on. A trace names functions, not lines.
//
// What is found must look exactly as expected; otherwise the toolchain has changed, and it says so.
package slim

import (
	"errors"
	"fmt"
)

// Program is the program, smaller.
func Program(program []byte) ([]byte, error) {
	parts, err := sections(program)
	if err != nil {
		return nil, err
	}
	found := false
	for i, part := range parts {
		if part.kind != dataSection {
			continue
		}
		memory, err := load(part.body)
		if err != nil {
			return nil, err
		}
		table, err := find(memory)
		if err != nil {
			return nil, err
		}
		if err := table.thin(); err != nil {
			return nil, fmt.Errorf("the table of functions: %w", err)
		}
		parts[i].body, found = unload(memory), true
	}
	if !found {
		return nil, errors.New("the program has no data")
	}
	return join(parts), nil
}
