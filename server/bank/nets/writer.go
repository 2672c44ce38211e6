package nets

import (
	"fmt"
	"strings"

	"bompass/shared/oslo"
)

// Writer writes records.
type Writer struct {
	b    strings.Builder
	Line int // of the last record, from 1
}

// Record writes a record, filled up with zeros.
func (w *Writer) Record(format string, a ...any) {
	text := fmt.Sprintf(format, a...)
	w.b.WriteString(text + strings.Repeat("0", width-len([]rune(text))) + "\r\n")
	w.Line++
}

// Bytes returns the records in ISO-8859-1, with CR and LF after each, and a question mark for what it does not have.
func (w *Writer) Bytes() []byte {
	out := make([]byte, 0, w.b.Len())
	for _, c := range w.b.String() {
		if c > 0xff {
			c = '?'
		}
		out = append(out, byte(c))
	}
	return out
}

// Day returns day, month and year in six digits; zeros for no day.
func Day(d oslo.Day) string {
	if d == 0 {
		return "000000"
	}
	y, m, n := d.YMD()
	return fmt.Sprintf("%02d%02d%02d", n, m, y%100)
}
