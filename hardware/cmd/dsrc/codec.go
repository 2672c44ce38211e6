package main

import (
	"encoding/hex"
	"flag"
	"fmt"
	"strings"

	"bompass/hardware/dsrc"
)

// decode prints the value of a type that octets encode, explained field by field or, with -json, in JSON.
func (t tool) decode(args []string) error {
	flags := flag.NewFlagSet("decode", flag.ContinueOnError)
	flags.SetOutput(t.out)
	asJSON := flags.Bool("json", false, "one JSON value, as the vectors write it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	name, text, err := t.typeAndText(flags.Args())
	if err != nil {
		return err
	}
	octets, err := parseHex(text)
	if err != nil {
		return err
	}
	notation, err := dsrc.DecodeType(name, octets)
	if err != nil {
		return err
	}
	if *asJSON {
		fmt.Fprintf(t.out, "%s\n", notation)
		return nil
	}
	return explain(t.out, name, octets, notation)
}

// encode prints the octets of a value in JSON.
func (t tool) encode(args []string) error {
	name, text, err := t.typeAndText(args)
	if err != nil {
		return err
	}
	octets, err := dsrc.EncodeType(name, []byte(text))
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%X\n", octets)
	return nil
}

// parseHex parses hexadecimal with optional spaces, colons and 0x.
func parseHex(text string) ([]byte, error) {
	plain := strings.NewReplacer(" ", "", "\n", "", "\t", "", ":", "", "0x", "").Replace(text)
	b, err := hex.DecodeString(plain)
	if err != nil {
		return nil, fmt.Errorf("hexadecimal: %w", err)
	}
	return b, nil
}
