package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"bompass/hardware/dsrc"
	"bompass/hardware/per"
)

// span is a range of octets with their field.
type span struct {
	from, to int
	field    string
}

// explain writes a line for every field with its octets. It finds the octets of a field with the codec: a
// message cut short before an octet names the field that needs it.
func explain(w io.Writer, name string, octets, notation []byte) error {
	leaves, err := flatten(notation)
	if err != nil {
		return err
	}
	spans := spansOf(name, octets)
	shown := map[string]bool{}
	for _, s := range spans {
		shown[s.field] = true
	}
	for _, s := range spans {
		value, others := valueOf(leaves, s.field, shown)
		if s.field == "TApdu" { // the kind of message
			value, _, _ = strings.Cut(leaves[0].path, ".")
		}
		fmt.Fprintf(w, "%4d  %-24s %-*s %s\n", s.from, wrapped(octets[s.from:s.to]), fieldWidth, cmp.Or(s.field, name), annotate(s.field, value))
		for _, l := range others { // fields of a few bits that share an octet
			fmt.Fprintf(w, "%4s  %-24s %-*s %s\n", "", "  its bits", fieldWidth, l.path, annotate(l.path, l.value))
		}
	}
	return nil
}

const (
	fieldWidth = 60
	octetsMax  = 12 // shown of one field in a line
)

func parent(path string) string { return path[:max(0, strings.LastIndexByte(path, '.'))] }

func wrapped(octets []byte) string {
	if len(octets) > octetsMax {
		return fmt.Sprintf("%X…+%d", octets[:octetsMax-2], len(octets)-octetsMax+2)
	}
	return fmt.Sprintf("%X", octets)
}

// spansOf returns which octets belong to which field. It decodes every prefix of the octets: the error of a prefix
// names the field that its next octet belongs to. The quadratic time does not matter for messages of a few dozen
// octets.
func spansOf(name string, octets []byte) (spans []span) {
	for n := range octets {
		field := ""
		_, err := dsrc.DecodeType(name, octets[:n])
		if short, ok := errors.AsType[*per.Error](err); ok {
			field = short.Field
		}
		if last := len(spans) - 1; last >= 0 && spans[last].field == field {
			spans[last].to = n + 1
			continue
		}
		spans = append(spans, span{n, n + 1, field})
	}
	return spans
}

// leaf is a value without parts.
type leaf struct{ path, value string }

// valueOf returns the value of a field, and the fields after it that share its octet. A count, choice or
// length has no value of its own; its parts follow.
func valueOf(leaves []leaf, field string, shown map[string]bool) (value string, others []leaf) {
	for i, l := range leaves {
		if l.path == field {
			return l.value, until(leaves[i+1:], func(next leaf) bool { return shown[next.path] || parent(next.path) != parent(field) })
		}
	}
	for i, l := range leaves {
		begins := !shown[l.path] && (i == 0 || shown[leaves[i-1].path])
		if field != "" && begins && strings.HasPrefix(l.path, field) {
			return "", until(leaves[i:], func(next leaf) bool { return shown[next.path] || !strings.HasPrefix(next.path, field) })
		}
	}
	return "", nil
}

// until returns the list up to the first element for which end is true.
func until(leaves []leaf, end func(leaf) bool) []leaf {
	if i := slices.IndexFunc(leaves, end); i >= 0 {
		return leaves[:i]
	}
	return leaves
}

// flatten lists the leaves of a value in their order, each with its path.
func flatten(notation []byte) (leaves []leaf, err error) {
	d := json.NewDecoder(bytes.NewReader(notation))
	d.UseNumber()
	err = walk(d, "", &leaves)
	return leaves, err
}

// walk appends the leaves of a JSON value, each with its path.
func walk(d *json.Decoder, path string, leaves *[]leaf) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		*leaves = append(*leaves, leaf{path, fmt.Sprint(token)})
		return nil
	}
	for i := 0; d.More(); i++ {
		at := fmt.Sprintf("%s[%d]", path, i)
		// An object's element is named by its key, and an array's by its index.
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return err
			}
			at = strings.TrimPrefix(fmt.Sprintf("%s.%v", path, key), ".")
		}
		if err := walk(d, at, leaves); err != nil {
			return err
		}
	}
	// The closing delimiter.
	_, err = d.Token()
	return err
}
