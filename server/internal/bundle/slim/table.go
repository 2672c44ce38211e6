package slim

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The table begins with a magic number that changes with its layout (src/runtime/symtab.go pcHeader), then
// eight words: how many functions, how many files, one unused, and where its parts begin.
const (
	magic       = 0xfffffff1
	magicRest   = 0x08_01_00_00 // padding, the least size of an instruction, the size of an address
	headerWords = 9
	wordSize    = 8
)

// A function's record (src/runtime/runtime2.go _func): fields of four bytes, then its data about places and
// about itself.
const (
	recordName  = 4
	recordSteps = 16 // how the stack grows
	recordFile  = 20
	recordLine  = 24
	recordCount = 28 // of data about places
	recordUnit  = 32
	recordStart = 36 // the line that it begins at
	recordOwn   = 43 // how many data about itself, one byte
	recordSize  = 44
)

// Data that only traces use (src/runtime/funcdata.h).
const (
	placeInlined = 2 // which call compiled into its caller a place belongs to
	ownInlined   = 3 // those calls
)

// none stands where a function has no data about itself.
const none = 0xffffffff

// The module's own record (src/runtime/symtab.go moduledata) has its addresses in these words.
const (
	moduleHeader, moduleNames, moduleBuckets, moduleOwn = 0, 1, 19, 40
)

// table is the table of functions in a program's memory.
type table struct {
	memory                              []byte
	at, funcs                           int // where it is, and how many functions it has
	names, units, files, steps, records int // where its parts are
	own, ownEnd                         int // where functions' data about themselves is
}

// find finds the table, and the module's record that tells where functions' own data is.
func find(memory []byte) (*table, error) {
	t := &table{memory: memory, at: -1}
	for at := 0; at+headerWords*wordSize < len(memory); at += wordSize {
		if binary.LittleEndian.Uint32(memory[at:]) == magic && binary.LittleEndian.Uint32(memory[at+4:]) == magicRest {
			if t.at >= 0 {
				return nil, errors.New("there are two tables of functions")
			}
			t.at = at
		}
	}
	if t.at < 0 {
		return nil, errors.New("there is no table of functions of the known kind: see whether slim still fits the toolchain")
	}
	t.funcs = t.word(t.at + wordSize)
	parts := []*int{&t.names, &t.units, &t.files, &t.steps, &t.records}
	last := t.at
	for i, part := range parts {
		if *part = t.at + t.word(t.at+(4+i)*wordSize); *part <= last || *part >= len(memory) {
			return nil, errors.New("the parts of the table of functions are not in their order")
		}
		last = *part
	}
	if t.funcs <= 0 || t.records+t.funcs*wordSize > len(memory) {
		return nil, fmt.Errorf("a table of %d functions does not fit", t.funcs)
	}
	return t, t.findOwn()
}

func (t *table) findOwn() error {
	for at := 0; at+(moduleOwn+1)*wordSize <= len(t.memory); at += wordSize {
		is := func(word, want int) bool { return t.word(at+word*wordSize) == want }
		if !is(moduleHeader, t.at) || !is(moduleNames, t.names) || !is(moduleNames+1, t.units-t.names) {
			continue
		}
		t.own, t.ownEnd = t.word(at+moduleOwn*wordSize), t.word(at+moduleBuckets*wordSize)
		if t.own <= t.records || t.ownEnd <= t.own || t.ownEnd > len(t.memory) {
			return errors.New("the module's record is not as expected")
		}
		return nil
	}
	return errors.New("there is no record of the module")
}

func (t *table) word(at int) int {
	return int(min(binary.LittleEndian.Uint64(t.memory[at:]), memoryMax))
}

func (t *table) half(at int) int { return int(binary.LittleEndian.Uint32(t.memory[at:])) }

func (t *table) set(at int, value uint32) { binary.LittleEndian.PutUint32(t.memory[at:], value) }

// thin takes out of the table what only traces with source lines use. Nothing moves: what is taken out
// becomes zeros, and those hardly travel.
func (t *table) thin() error {
	k := keeping{steps: make([]bool, t.records-t.steps), names: make([]bool, t.units-t.names), own: map[int]bool{}, inlined: map[int]int{}}
	for i := range t.funcs {
		at := t.records + t.half(t.records+i*wordSize+4)
		if at < t.records || at+recordSize > len(t.memory) {
			return fmt.Errorf("function %d is out of bounds", i)
		}
		if err := t.forget(at, &k); err != nil {
			return fmt.Errorf("function %d: %w", i, err)
		}
	}
	if err := t.forgetInlined(&k); err != nil {
		return err
	}
	wipe(t.memory[t.steps:t.records], k.steps)
	wipe(t.memory[t.names:t.units], k.names)
	clear(t.memory[t.units:t.steps]) // which files there are, and which a function came from
	return nil
}

// keeping is what functions need that were seen, by place in each part.
type keeping struct {
	steps, names []bool
	own          map[int]bool
	inlined      map[int]int // how many calls
}

func wipe(part []byte, kept []bool) {
	for i := range part {
		if !kept[i] {
			part[i] = 0
		}
	}
}

// forget takes lines and inlined calls out of one function's record and notes what it keeps.
func (t *table) forget(at int, k *keeping) error {
	places, owns := t.half(at+recordCount), int(t.memory[at+recordOwn])
	ownAt := at + recordSize + 4*places
	if places > 8 || owns > 16 || ownAt+4*owns > len(t.memory) {
		return fmt.Errorf("it has %d and %d data", places, owns)
	}
	calls := 0
	if places > placeInlined {
		inlined := at + recordSize + 4*placeInlined
		_, most, err := t.run(t.half(inlined))
		if err != nil {
			return err
		}
		calls = most + 1
		t.set(inlined, 0)
	}
	for _, field := range []int{recordFile, recordLine, recordUnit, recordStart} {
		t.set(at+field, 0)
	}
	if err := t.keepName(t.half(at+recordName), k); err != nil {
		return err
	}
	runs := []int{t.half(at + recordSteps)}
	for i := range places {
		runs = append(runs, t.half(at+recordSize+4*i))
	}
	for _, run := range runs {
		size, _, err := t.run(run)
		if err != nil {
			return err
		}
		for i := range size {
			k.steps[run+i] = true
		}
	}
	for i := range owns {
		switch data := t.half(ownAt + 4*i); {
		case data == none:
		case i == ownInlined:
			k.inlined[data] = max(k.inlined[data], calls)
			t.set(ownAt+4*i, none)
		default:
			k.own[data] = true
		}
	}
	return nil
}

// keepName notes a function's name, up to the zero that ends it.
func (t *table) keepName(name int, k *keeping) error {
	for i := name; i < len(k.names); i++ {
		k.names[i] = true
		if t.memory[t.names+i] == 0 {
			return nil
		}
	}
	return fmt.Errorf("its name at %d has no end", name)
}

// run reads what a function says of its places: pairs of a change of the value and a distance, ended by a
// change of zero (src/runtime/symtab.go step). It returns how long it is and the greatest value.
func (t *table) run(from int) (size, most int, err error) {
	if from == 0 {
		return 0, -1, nil
	}
	if from < 0 || from >= t.records-t.steps {
		return 0, 0, fmt.Errorf("data about places at %d are out of bounds", from)
	}
	rest := t.memory[t.steps+from : t.records]
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

// inlinedSize is one call compiled into its caller: kind, padding, name, place, line.
const inlinedSize = 16

// forgetInlined takes out the calls that no function leads to any more, unless other data has the same
// content: the linker keeps equal data once.
func (t *table) forgetInlined(k *keeping) error {
	for data, calls := range k.inlined {
		from := t.own + data
		if calls > 0 && from+calls*inlinedSize > t.ownEnd {
			return errors.New("calls compiled into their callers are out of bounds")
		}
		for i := range calls {
			if call := from + i*inlinedSize; t.memory[call+1]|t.memory[call+2]|t.memory[call+3] != 0 || t.half(call+4) >= t.units-t.names {
				return errors.New("a call compiled into its caller is not as expected")
			}
		}
	}
	for data, calls := range k.inlined {
		if !k.own[data] {
			clear(t.memory[t.own+data : t.own+data+calls*inlinedSize])
		}
	}
	return nil
}
