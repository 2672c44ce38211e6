package file

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// LineMax is the maximum length of a line in bytes.
const LineMax = 1 << 20

// passage is a parsed line of the file.
type passage struct {
	ID        toll.PassageID
	Vehicle   string
	Station   toll.StationID
	At        time.Time
	Direction toll.Direction
	Class     toll.Class
	Classed   bool // Class was given; otherwise Facts
	Facts     toll.Facts
	Agreement bool
	Tag       bool
	Exempt    toll.ExemptionKind
	Products  []tariff.ProductID
	LengthMM  int
	TrailerMM int
}

// Fields returns the field names that a line or a CSV heading may have.
func Fields() []string {
	return []string{
		"id", "vehicle", "station", "at", "direction", "class",
		"category", "weight_kg", "fuel", "plug_in", "euro", "agreement", "tag", "exempt",
		"products", "length_mm", "trailer_mm",
	}
}

// read reads the passages of a file. The extension .csv, or a first character that does not begin an object or an
// empty line, means CSV; otherwise the file is NDJSON. Spreadsheets write a byte order mark, which is skipped.
func (r *rater) read() error {
	in := bufio.NewReaderSize(r.In, 1<<16)
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // the byte order mark that was peeked
	}
	if strings.HasSuffix(strings.ToLower(r.Name), ".csv") {
		return r.readCSV(in)
	}
	first, _ := in.Peek(1)
	if len(first) > 0 && bytes.ContainsAny(first, "{ \t\r\n") {
		return r.readNDJSON(in)
	}
	return r.readCSV(in)
}

// readNDJSON reads one JSON object per line. A bad line is reported and the others are rated.
func (r *rater) readNDJSON(in *bufio.Reader) error {
	for line := 1; ; line++ {
		text, long, err := cut(in)
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		// Empty lines are allowed.
		if text = bytes.TrimSpace(text); len(text) == 0 && !long {
			continue
		}
		var values map[string]string
		if err = errLong; !long {
			values, err = object(text)
		}
		if err != nil {
			r.refuse(line, err.Error())
			continue
		}
		if err := r.line(line, values); err != nil {
			return err
		}
	}
}

var errLong = fmt.Errorf("is longer than %d bytes", LineMax)

// cut reads a line. A line that is too long is returned empty. It returns io.EOF after the last line.
func cut(in *bufio.Reader) (text []byte, long bool, err error) {
	for {
		piece, err := in.ReadSlice('\n')
		if long = long || len(text)+len(piece) > LineMax; long {
			text = nil
		} else {
			text = append(text, piece...)
		}
		switch {
		case err == nil, errors.Is(err, io.EOF) && (long || len(text) > 0):
			return text, long, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		}
	}
}

// object parses a JSON object of scalar values. null means absent.
func object(text []byte) (map[string]string, error) {
	var raw map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("not a JSON object: %w", err)
	}
	// A second object on the line would be lost silently.
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON object; write one to a line")
	}
	values := make(map[string]string, len(raw))
	for name, v := range raw {
		switch v := v.(type) {
		case nil:
		case string, bool, json.Number:
			values[name] = fmt.Sprint(v)
		default:
			// Unknown fields may have any value, since a file can have fields of other programs.
			if slices.Contains(Fields(), name) {
				return nil, fmt.Errorf("%s is not a simple value", name)
			}
			values[name] = "…"
		}
	}
	return values, nil
}

// readCSV reads a table with a heading. The separator is the comma or the semicolon, whichever the heading has more
// of: spreadsheets write semicolons where the comma is the decimal sign.
func (r *rater) readCSV(in *bufio.Reader) error {
	head, _ := in.Peek(in.Size())
	head, _, _ = bytes.Cut(head, []byte("\n"))
	table := csv.NewReader(in)
	// Lines may have fewer cells than the heading; the missing ones are empty.
	table.FieldsPerRecord, table.TrimLeadingSpace, table.ReuseRecord = -1, true, true
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		table.Comma = ';'
	}
	heading, err := table.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	names, err := fieldNames(heading)
	if err != nil {
		return err
	}
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		// A malformed line is reported, and reading continues after it.
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			r.refuse(bad.StartLine, bad.Err.Error())
			continue
		}
		if err != nil {
			return err
		}
		line, _ := table.FieldPos(0)
		if len(cells) > len(names) {
			r.refuse(line, fmt.Sprintf("has %d cells, the heading %d", len(cells), len(names)))
			continue
		}
		values := make(map[string]string, len(names))
		for i, cell := range cells {
			values[names[i]] = strings.TrimSpace(cell)
		}
		if err := r.line(line, values); err != nil {
			return err
		}
	}
}

// fieldNames are the fields of a CSV file's columns.
func fieldNames(heading []string) ([]string, error) {
	names := make([]string, len(heading))
	for i := range names {
		names[i] = strings.ToLower(strings.TrimSpace(heading[i]))
		if names[i] != "" && slices.Contains(names[:i], names[i]) {
			return nil, fmt.Errorf("the heading names %s twice", names[i])
		}
	}
	if !slices.Contains(names, "station") || !slices.Contains(names, "at") {
		return nil, errors.New("neither NDJSON nor CSV with a heading that names station and at")
	}
	return names, nil
}

// line parses the values of one line and adds the passage.
func (r *rater) line(line int, values map[string]string) error {
	for _, name := range unknownFields(values) {
		if !r.unknown[name] {
			r.unknown[name] = true
			r.note(line, fmt.Sprintf("field %q is not known and is left out of account; known are %s", name, strings.Join(Fields(), ", ")))
		}
	}
	p, err := understand(values)
	if err != nil {
		r.refuse(line, err.Error())
		return nil
	}
	if len(r.records) >= PassagesMax {
		return fmt.Errorf("more than %d passages; split the file by vehicle", PassagesMax)
	}
	r.take(line, p)
	if r.also != nil {
		r.also.take(line, p)
	}
	return nil
}

// unknownFields returns the names that are no fields of a passage, sorted.
func unknownFields(values map[string]string) (names []string) {
	for name := range values {
		if !slices.Contains(Fields(), name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// understand returns the passage of a line's fields. Missing optional fields have the value of an ordinary passage:
// no exemption, no agreement and no tag.
func understand(values map[string]string) (p passage, err error) {
	p.ID, p.Vehicle, p.Station = toll.PassageID(values["id"]), values["vehicle"], toll.StationID(values["station"])
	if p.Vehicle == "" || p.Station == "" {
		return p, errors.New("vehicle or station is absent")
	}
	if p.At, err = time.Parse(time.RFC3339, values["at"]); err != nil {
		return p, fmt.Errorf("at %q is not an instant like 2023-03-07T06:20:00+01:00", values["at"])
	}
	switch p.Direction = toll.Direction(values["direction"]); p.Direction {
	case toll.Inbound, toll.Outbound, toll.DirectionUnknown:
	default:
		return p, fmt.Errorf("direction %q is not in, out or empty", p.Direction)
	}
	if p.Exempt = toll.ExemptionKind(values["exempt"]); p.Exempt != "" && !slices.Contains(tariff.ExemptionKinds(), p.Exempt) {
		return p, fmt.Errorf("exempt %q is not known; write one of %s, or leave it empty", p.Exempt, kindWords())
	}
	if p.Agreement, err = yes("agreement", values["agreement"]); err != nil {
		return p, err
	}
	if p.Tag, err = tagRead(values["tag"]); err != nil {
		return p, err
	}
	for _, product := range strings.Fields(values["products"]) {
		p.Products = append(p.Products, tariff.ProductID(product))
	}
	if p.LengthMM, err = number("length_mm", values["length_mm"], tariff.LengthMax); err != nil {
		return p, err
	}
	if p.TrailerMM, err = number("trailer_mm", values["trailer_mm"], tariff.LengthMax); err != nil {
		return p, err
	}
	return p, p.vehicleOf(values)
}

func kindWords() string {
	var words []string
	for _, kind := range tariff.ExemptionKinds() {
		words = append(words, string(kind))
	}
	return strings.Join(words, ", ")
}

// vehicleOf parses the class, or the facts from which the class is derived.
func (p *passage) vehicleOf(values map[string]string) (err error) {
	if word := values["class"]; word != "" {
		if p.Class, p.Classed = toll.ParseClass(word); !p.Classed {
			return fmt.Errorf("class %q is not known; write one like light petrol or heavy euro6", word)
		}
		return nil
	}
	p.Facts.Category = strings.ToUpper(values["category"])
	switch p.Facts.Fuel = toll.Fuel(values["fuel"]); p.Facts.Fuel {
	case toll.FuelPetrol, toll.FuelDiesel, toll.FuelElectric, toll.FuelHydrogen, toll.FuelGas, toll.FuelUnknown:
	default:
		return fmt.Errorf("fuel %q is not known; write petrol, diesel, electric, hydrogen, gas, or leave it empty", p.Facts.Fuel)
	}
	if p.Facts.WeightKG, err = number("weight_kg", values["weight_kg"], 200_000); err != nil {
		return err
	}
	if p.Facts.Euro, err = number("euro", values["euro"], 9); err != nil {
		return err
	}
	p.Facts.PlugIn, err = yes("plug_in", values["plug_in"])
	return err
}

// number parses a whole number from 0 to most. An empty text is 0.
func number(name, s string, most int) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%s %q is not a number from 0 to %d", name, s, most)
	}
	return n, nil
}

// yes parses a boolean as people and spreadsheets write it. An empty text is false.
func yes(name, s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "yes", "1":
		return true, nil
	case "false", "no", "0", "":
		return false, nil
	}
	return false, fmt.Errorf("%s %q is neither true nor false", name, s)
}

// tagRead parses true, false, or the number of the tag that was read.
func tagRead(s string) (bool, error) {
	if len(s) >= 10 && strings.Trim(s, "0123456789") == "" {
		return true, nil
	}
	return yes("tag", s)
}
