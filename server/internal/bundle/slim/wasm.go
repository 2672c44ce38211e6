package slim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// header begins every WebAssembly module: the magic number and version 1.
const header = "\x00asm\x01\x00\x00\x00"

// dataSection is the id of the section with the initial memory.
const dataSection = 11

// memoryMax is the maximum size of the initial memory in bytes. Ours has 4 MB.
const memoryMax = 64 << 20

// section is one section of a module.
type section struct {
	id   byte
	body []byte
}

// sections returns the sections of a module (WebAssembly Core 5.5).
func sections(program []byte) ([]section, error) {
	rest, ok := bytes.CutPrefix(program, []byte(header))
	if !ok {
		return nil, errors.New("this is not a WebAssembly module of version 1")
	}
	var parts []section
	for r := (reader{rest: rest}); len(r.rest) > 0; {
		id := r.take(1)
		body := r.take(r.uvarint())
		if r.err != nil {
			return nil, fmt.Errorf("section %d: %w", len(parts), r.err)
		}
		parts = append(parts, section{id[0], body})
	}
	return parts, nil
}

// join returns the module of sections.
func join(parts []section) []byte {
	program := []byte(header)
	for _, part := range parts {
		program = append(program, part.id)
		program = binary.AppendUvarint(program, uint64(len(part.body)))
		program = append(program, part.body...)
	}
	return program
}

// The linker writes every data segment for memory 0 at a constant address.
var (
	segmentBegin = []byte{0, 0x41} // memory 0; i32.const
	segmentEnd   = []byte{0x0b}    // end
)

// readSegments returns the memory that the data segments describe.
func readSegments(body []byte) ([]byte, error) {
	r := reader{rest: body}
	var memory []byte
	for n := r.uvarint(); n > 0; n-- {
		begin := r.take(len(segmentBegin))
		at := r.varint()
		end := r.take(len(segmentEnd))
		content := r.take(r.uvarint())
		if r.err != nil {
			return nil, fmt.Errorf("data section: %w", r.err)
		}
		if !bytes.Equal(begin, segmentBegin) || !bytes.Equal(end, segmentEnd) || at < 0 || at+len(content) > memoryMax {
			return nil, fmt.Errorf("data section: the segment at %d is not as expected", at)
		}
		// Gaps between segments are zero, as in the memory of a program that starts.
		if more := at + len(content) - len(memory); more > 0 {
			memory = append(memory, make([]byte, more)...)
		}
		copy(memory[at:], content)
	}
	if len(r.rest) > 0 {
		return nil, errors.New("data section: there are bytes after the last segment")
	}
	return memory, nil
}

// gapMin is the number of zeros from which another segment is shorter than the zeros.
const gapMin = 128

// writeSegments returns data segments for a memory. They leave out long runs of zeros, because memory is
// zero at the start.
func writeSegments(memory []byte) []byte {
	var body []byte
	n := 0
	for at := skipZeros(memory, 0); at < len(memory); n++ {
		end := at
		next := at
		// A short run of zeros costs less than the head of another segment.
		for next < len(memory) && next-end < gapMin {
			if memory[next] != 0 {
				end = next + 1
			}
			next++
		}
		body = append(body, segmentBegin...)
		body = appendVarint(body, at)
		body = append(body, segmentEnd...)
		body = binary.AppendUvarint(body, uint64(end-at))
		body = append(body, memory[at:end]...)
		at = skipZeros(memory, next)
	}
	return append(binary.AppendUvarint(nil, uint64(n)), body...)
}

// skipZeros returns the place of the first byte from at that is not zero.
func skipZeros(memory []byte, at int) int {
	for at < len(memory) && memory[at] == 0 {
		at++
	}
	return at
}

// reader reads the parts of a module in order. After an error every method returns zero values.
type reader struct {
	rest []byte
	err  error
}

var errShort = errors.New("it ends too early")

// take returns the next n bytes.
func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.rest) {
		r.fail()
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = errShort
	}
	r.rest = nil
}

// uvarint reads an unsigned number in LEB128.
func (r *reader) uvarint() int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > memoryMax {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

// varint reads a signed number in LEB128, as WebAssembly writes constants.
func (r *reader) varint() int {
	var n, shift int
	for shift < 35 {
		b := r.take(1)
		if r.err != nil {
			return 0
		}
		n |= int(b[0]&0x7f) << shift
		shift += 7
		if b[0]&0x80 == 0 {
			if b[0]&0x40 != 0 {
				n -= 1 << shift
			}
			return n
		}
	}
	r.fail()
	return 0
}

// appendVarint appends n, which is not negative, in signed LEB128.
func appendVarint(to []byte, n int) []byte {
	for n > 0x3f {
		to = append(to, byte(n&0x7f)|0x80)
		n >>= 7
	}
	return append(to, byte(n))
}
