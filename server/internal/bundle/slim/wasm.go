package slim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// header begins every program: the magic and version 1.
const header = "\x00asm\x01\x00\x00\x00"

// dataSection is the kind of the section that memory begins with.
const dataSection = 11

// memoryMax bounds what a program may begin with. Ours begins with 4 MB.
const memoryMax = 64 << 20

// section is one part of a program.
type section struct {
	kind byte
	body []byte
}

func sections(program []byte) ([]section, error) {
	rest, ok := bytes.CutPrefix(program, []byte(header))
	if !ok {
		return nil, errors.New("this is no program for WebAssembly, version 1")
	}
	var parts []section
	for r := (reader{rest: rest}); len(r.rest) > 0; {
		kind := r.take(1)
		body := r.take(r.number())
		if r.err != nil {
			return nil, fmt.Errorf("section %d: %w", len(parts), r.err)
		}
		parts = append(parts, section{kind[0], body})
	}
	return parts, nil
}

func join(parts []section) []byte {
	program := []byte(header)
	for _, part := range parts {
		program = append(program, part.kind)
		program = binary.AppendUvarint(program, uint64(len(part.body)))
		program = append(program, part.body...)
	}
	return program
}

// A piece of memory begins with these: memory 0, at a constant address.
var (
	pieceBegin = []byte{0, 0x41}
	pieceEnd   = []byte{0x0b}
)

// load lays out memory as the program finds it when it starts.
func load(body []byte) ([]byte, error) {
	r := reader{rest: body}
	var memory []byte
	for n := r.number(); n > 0; n-- {
		begin := r.take(len(pieceBegin))
		at := r.signed()
		end := r.take(len(pieceEnd))
		content := r.take(r.number())
		if r.err != nil {
			return nil, fmt.Errorf("memory: %w", r.err)
		}
		if !bytes.Equal(begin, pieceBegin) || !bytes.Equal(end, pieceEnd) || at < 0 || at+len(content) > memoryMax {
			return nil, fmt.Errorf("memory: a piece at %d is not as expected", at)
		}
		if more := at + len(content) - len(memory); more > 0 {
			memory = append(memory, make([]byte, more)...)
		}
		copy(memory[at:], content)
	}
	if len(r.rest) > 0 {
		return nil, errors.New("memory: there is more than was announced")
	}
	return memory, nil
}

// gapMin is how many zeros are worth the address of another piece.
const gapMin = 128

// unload cuts memory into pieces again, and leaves out long runs of zeros: memory is zero anyway.
func unload(memory []byte) []byte {
	var body []byte
	n := 0
	for at := skip(memory, 0); at < len(memory); n++ {
		end := at
		next := at
		for next < len(memory) && next-end < gapMin {
			if memory[next] != 0 {
				end = next + 1
			}
			next++
		}
		body = append(body, pieceBegin...)
		body = appendSigned(body, at)
		body = append(body, pieceEnd...)
		body = binary.AppendUvarint(body, uint64(end-at))
		body = append(body, memory[at:end]...)
		at = skip(memory, next)
	}
	return append(binary.AppendUvarint(nil, uint64(n)), body...)
}

// skip is where the next byte is that is not zero.
func skip(memory []byte, at int) int {
	for at < len(memory) && memory[at] == 0 {
		at++
	}
	return at
}

// reader takes a program apart. After an error it gives nothing any more.
type reader struct {
	rest []byte
	err  error
}

var errShort = errors.New("it ends in the middle")

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

func (r *reader) number() int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > memoryMax {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

// signed reads a number as WebAssembly's constants are written, LEB128 with a sign.
func (r *reader) signed() int {
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

func appendSigned(to []byte, n int) []byte {
	for n > 0x3f {
		to = append(to, byte(n&0x7f)|0x80)
		n >>= 7
	}
	return append(to, byte(n))
}
