package slim

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The table begins with a magic number that changes with its layout (src/runtime/symtab.go, pcHeader). Eight
// words follow: the number of functions, the number of files, one unused, and the offsets of its parts.
const (
	magic       = 0xfffffff1
	magicRest   = 0x08_01_00_00 // padding, minimum size of an instruction, size of a pointer
	headerWords = 9
	wordSize    = 8
)

// Offsets in a function's record (src/runtime/runtime2.go, _func): fields of four bytes, then the offsets of its
// pcdata tables, then those of its funcdata.
const (
	funcNameOff   = 4
	funcPCSP      = 16 // pcdata table of the stack's depth
	funcPCFile    = 20 // pcdata table of files
	funcPCLine    = 24 // pcdata table of lines
	funcNPCData   = 28 // number of further pcdata tables
	funcCUOff     = 32 // compilation unit, for the names of files
	funcStartLine = 36
	funcNFuncData = 43 // number of funcdata, one byte
	funcSize      = 44
)

// Data that only stack traces use (src/internal/abi/symtab.go).
const (
	pcdataInlTreeIndex = 2 // which inlined call an instruction belongs to
	funcdataInlTree    = 3 // the inlined calls
)

// noFuncdata is the offset of absent funcdata.
const noFuncdata = 0xffffffff

// Words of the module's own record (src/runtime/symtab.go, moduledata), counted from its begin.
const (
	modulePCHeader    = 0
	moduleFuncNames   = 1
	moduleFindFuncTab = 19
	moduleGoFunc      = 40 // begin of all funcdata
)

// table is the table of functions in a program's memory. Its fields are addresses.
type table struct {
	memory                               []byte
	header, funcs                        int // the header; the number of functions
	names, units, files, pcdata, records int // the parts
	funcdata, funcdataEnd                int
}

// findTable returns the table of functions in a memory.
func findTable(memory []byte) (*table, error) {
	t := &table{memory: memory, header: -1}
	// The program has no symbol for the header, so it is found by its magic number.
	for at := 0; at+headerWords*wordSize < len(memory); at += wordSize {
		if binary.LittleEndian.Uint32(memory[at:]) == magic && binary.LittleEndian.Uint32(memory[at+4:]) == magicRest {
			if t.header >= 0 {
				return nil, errors.New("there are two tables of functions")
			}
			t.header = at
		}
	}
	if t.header < 0 {
		return nil, errors.New(
			"there is no table of functions with the expected magic number: see whether slim still fits the toolchain",
		)
	}
	t.funcs = t.word(t.header + wordSize)
	parts := []*int{&t.names, &t.units, &t.files, &t.pcdata, &t.records}
	// The parts lie in this order, one after the other; anything else is another layout than the one known.
	last := t.header
	for i, part := range parts {
		if *part = t.header + t.word(t.header+(4+i)*wordSize); *part <= last || *part >= len(memory) {
			return nil, errors.New("the parts of the table of functions are not in the expected order")
		}
		last = *part
	}
	if t.funcs <= 0 || t.records+t.funcs*wordSize > len(memory) {
		return nil, fmt.Errorf("a table of %d functions does not fit in memory", t.funcs)
	}
	return t, t.findFuncdata()
}

// findFuncdata finds the module's record, which has the address of all funcdata.
func (t *table) findFuncdata() error {
	for at := 0; at+(moduleGoFunc+1)*wordSize <= len(t.memory); at += wordSize {
		is := func(word, want int) bool { return t.word(at+word*wordSize) == want }
		if !is(modulePCHeader, t.header) || !is(moduleFuncNames, t.names) || !is(moduleFuncNames+1, t.units-t.names) {
			continue
		}
		t.funcdata, t.funcdataEnd = t.word(at+moduleGoFunc*wordSize), t.word(at+moduleFindFuncTab*wordSize)
		if t.funcdata <= t.records || t.funcdataEnd <= t.funcdata || t.funcdataEnd > len(t.memory) {
			return errors.New("the module's record is not as expected")
		}
		return nil
	}
	return errors.New("there is no record of the module")
}

func (t *table) word(at int) int {
	return int(min(binary.LittleEndian.Uint64(t.memory[at:]), memoryMax))
}

func (t *table) uint32(at int) int { return int(binary.LittleEndian.Uint32(t.memory[at:])) }

func (t *table) setUint32(at int, value uint32) {
	binary.LittleEndian.PutUint32(t.memory[at:], value)
}

// strip clears what only stack traces with lines use. Nothing moves: the cleared bytes become zeros, and
// writeSegments and brotli drop those.
func (t *table) strip() error {
	u := used{
		pcdata: make([]bool, t.records-t.pcdata), names: make([]bool, t.units-t.names), funcdata: map[int]bool{},
		inlined: map[int]int{},
	}
	for i := range t.funcs {
		at := t.records + t.uint32(t.records+i*wordSize+4)
		if at < t.records || at+funcSize > len(t.memory) {
			return fmt.Errorf("function %d is out of bounds", i)
		}
		if err := t.stripFunc(at, &u); err != nil {
			return fmt.Errorf("function %d: %w", i, err)
		}
	}
	if err := t.stripInlined(&u); err != nil {
		return err
	}
	clearUnused(t.memory[t.pcdata:t.records], u.pcdata)
	clearUnused(t.memory[t.names:t.units], u.names)
	clear(t.memory[t.units:t.pcdata]) // the names of files
	return nil
}

// used is what the functions still need, as offsets in each part.
type used struct {
	pcdata, names []bool
	funcdata      map[int]bool
	inlined       map[int]int // number of inlined calls of an inlining tree
}

func clearUnused(part []byte, used []bool) {
	for i := range part {
		if !used[i] {
			part[i] = 0
		}
	}
}

// stripFunc removes lines and inlined calls from one function's record and adds the rest to u.
func (t *table) stripFunc(at int, u *used) error {
	tables, data := t.uint32(at+funcNPCData), int(t.memory[at+funcNFuncData])
	dataAt := at + funcSize + 4*tables
	if tables > 8 || data > 16 || dataAt+4*data > len(t.memory) {
		return fmt.Errorf("it has %d pcdata tables and %d funcdata", tables, data)
	}
	// The table of inlined calls gives the index into the inlining tree for each instruction, so its greatest value is
	// the number of calls less one.
	calls := 0
	if tables > pcdataInlTreeIndex {
		field := at + funcSize + 4*pcdataInlTreeIndex
		_, most, err := t.readPCData(t.uint32(field))
		if err != nil {
			return err
		}
		calls = most + 1
		t.setUint32(field, 0)
	}
	for _, field := range []int{funcPCFile, funcPCLine, funcCUOff, funcStartLine} {
		t.setUint32(at+field, 0)
	}
	if err := t.keepName(t.uint32(at+funcNameOff), u); err != nil {
		return err
	}
	if err := t.keepPCData(t.uint32(at+funcPCSP), u); err != nil {
		return err
	}
	for i := range tables {
		if err := t.keepPCData(t.uint32(at+funcSize+4*i), u); err != nil {
			return err
		}
	}
	for i := range data {
		switch offset := t.uint32(dataAt + 4*i); {
		case offset == noFuncdata:
		case i == funcdataInlTree:
			u.inlined[offset] = max(u.inlined[offset], calls)
			t.setUint32(dataAt+4*i, noFuncdata)
		default:
			u.funcdata[offset] = true
		}
	}
	return nil
}

// keepName adds a function's name to u, up to the zero that ends it.
func (t *table) keepName(offset int, u *used) error {
	for i := offset; i < len(u.names); i++ {
		u.names[i] = true
		if t.memory[t.names+i] == 0 {
			return nil
		}
	}
	return fmt.Errorf("its name at %d has no end", offset)
}

// keepPCData adds a pcdata table to u.
func (t *table) keepPCData(offset int, u *used) error {
	size, _, err := t.readPCData(offset)
	for i := range size {
		u.pcdata[offset+i] = true
	}
	return err
}

// readPCData returns the size of a pcdata table and the greatest value in it, or -1. The table is a sequence of
// pairs, change of the value and distance to the next instruction, ended by a change of zero
// (src/runtime/symtab.go, step). Offset 0 is the empty table.
func (t *table) readPCData(offset int) (size, most int, err error) {
	if offset == 0 {
		return 0, -1, nil
	}
	if offset < 0 || offset >= t.records-t.pcdata {
		return 0, 0, fmt.Errorf("the pcdata table at %d is out of bounds", offset)
	}
	rest := t.memory[t.pcdata+offset : t.records]
	value, most := -1, -1
	for first := true; ; first = false {
		change, n := binary.Uvarint(rest[size:])
		if n <= 0 {
			return 0, 0, errShort
		}
		size += n
		if change == 0 && !first {
			return size, most, nil
		}
		value += int(int32(-(uint32(change) & 1) ^ (uint32(change) >> 1)))
		most = max(most, value)
		if _, n = binary.Uvarint(rest[size:]); n <= 0 {
			return 0, 0, errShort
		}
		size += n
	}
}

// inlinedSize is the size of one inlined call: kind, padding, name, instruction, line (src/runtime/symtabinl.go).
const inlinedSize = 16

// stripInlined clears the inlining trees, except where other funcdata has the same offset: the linker keeps
// equal content once.
func (t *table) stripInlined(u *used) error {
	for offset, calls := range u.inlined {
		from := t.funcdata + offset
		if calls > 0 && from+calls*inlinedSize > t.funcdataEnd {
			return errors.New("inlined calls are out of bounds")
		}
		for i := range calls {
			if call := from + i*inlinedSize; t.memory[call+1]|t.memory[call+2]|t.memory[call+3] != 0 ||
				t.uint32(call+4) >= t.units-t.names {
				return errors.New("an inlined call is not as expected")
			}
		}
	}
	for offset, calls := range u.inlined {
		if !u.funcdata[offset] {
			clear(t.memory[t.funcdata+offset : t.funcdata+offset+calls*inlinedSize])
		}
	}
	return nil
}
