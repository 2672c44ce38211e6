package legacy

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"bompass/shared/ident"
)

// Limits of a file.
const (
	lineBytesMax = 4 << 10
	linesMax     = 5_000_000
	numberMax    = 32 // characters of a customer number there
)

// Line is the customer number and the password hash of one customer of the legacy system.
type Line struct {
	Number    string `json:"number"`
	Hash      string `json:"hash"`
	Agreement string `json:"agreement,omitempty"` // the agreement's number here; empty is Number

	at int // number of the line
}

// Read passes every line of a file of credentials to keep: CSV with headings, or one JSON object a line. It stops at
// the first line that cannot be parsed. A number may occur once in a file.
func Read(in io.Reader, keep func(Line, Hash) error) (n int, err error) {
	file := bufio.NewReaderSize(in, lineBytesMax)
	start, err := file.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("read: %w", err)
	}
	if bytes.Equal(start, []byte("\xef\xbb\xbf")) { // byte order mark
		_, _ = file.Discard(len(start))
	}
	next := csvLines(file)
	if first, _ := file.Peek(1); len(first) == 1 && first[0] == '{' {
		next = jsonLines(file)
	}
	seen := map[string]int{}
	for {
		line, at, err := next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("line %d: %w", at, err)
		}
		if before, twice := seen[line.Number]; twice {
			return n, fmt.Errorf("line %d: the number is on line %d already", at, before)
		}
		if len(seen) == linesMax {
			return n, fmt.Errorf("line %d: a file has at most %d lines; divide it", at, linesMax)
		}
		seen[line.Number], line.at = at, at
		hash, err := line.check()
		if err == nil {
			err = keep(line, hash)
		}
		if err != nil {
			return n, fmt.Errorf("line %d: %w", at, err)
		}
		n++
	}
}

// check completes a line and parses its hash. A hash is never part of an error.
func (l *Line) check() (Hash, error) {
	l.Number = strings.TrimSpace(l.Number)
	if l.Number == "" || len(l.Number) > numberMax || strings.ContainsFunc(l.Number, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Hash{}, fmt.Errorf("the customer number is missing or longer than %d characters", numberMax)
	}
	if l.Agreement == "" {
		l.Agreement = l.Number
	}
	bare, problem := ident.CustomerNumber(l.Agreement)
	if problem != ident.None {
		return Hash{}, errors.New("the agreement's number is not seven digits; name the agreement in a third column when the old number differs")
	}
	l.Agreement = bare
	return ParseHash(strings.TrimSpace(l.Hash))
}

type lines func() (line Line, at int, err error)

func csvLines(in io.Reader) lines {
	r := csv.NewReader(in)
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	columns := map[string]int{}
	return func() (l Line, at int, err error) {
		for {
			record, err := r.Read()
			if err != nil {
				return l, csvLine(err), csvWhy(err)
			}
			at, _ = r.FieldPos(0)
			if len(columns) > 0 {
				l, err := column(record, columns)
				return l, at, err
			}
			for i, name := range record {
				columns[strings.ToLower(strings.TrimSpace(name))] = i
			}
			_, number := columns["number"]
			_, hash := columns["hash"]
			if !number || !hash {
				return l, at, errors.New("the first line names the columns: number,hash or number,hash,agreement")
			}
		}
	}
}

func column(record []string, columns map[string]int) (l Line, err error) {
	for name, to := range map[string]*string{"number": &l.Number, "hash": &l.Hash, "agreement": &l.Agreement} {
		i, there := columns[name]
		switch {
		case there && i < len(record):
			*to = strings.TrimSpace(record[i])
		case there && name != "agreement":
			return l, errors.New("a column is missing")
		}
	}
	return l, nil
}

func csvLine(err error) int {
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		return broken.Line
	}
	return 0
}

// csvWhy returns a parsing error without the line's content.
func csvWhy(err error) error {
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		return broken.Err
	}
	return err
}

func jsonLines(in io.Reader) lines {
	scan := bufio.NewScanner(in)
	scan.Buffer(make([]byte, 0, lineBytesMax), lineBytesMax)
	at := 0
	return func() (l Line, _ int, err error) {
		for scan.Scan() {
			at++
			if len(bytes.TrimSpace(scan.Bytes())) == 0 {
				continue
			}
			d := json.NewDecoder(bytes.NewReader(scan.Bytes()))
			d.DisallowUnknownFields()
			if d.Decode(&l) != nil || d.More() {
				return l, at, errors.New(`it is no object such as {"number":"7005001","hash":"$2b$…"}`)
			}
			return l, at, nil
		}
		if err := scan.Err(); err != nil {
			return l, at + 1, fmt.Errorf("it is longer than %d bytes", lineBytesMax)
		}
		return l, at, io.EOF
	}
}
