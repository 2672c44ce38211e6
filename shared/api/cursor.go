package api

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"bompass/shared/toll"
)

// Cursor is a position in a list of passages that is ordered by instant and id, the newest first: the last passage of a
// page. The zero Cursor is the beginning of the list. Clients treat its text as opaque.
type Cursor struct {
	At time.Time
	ID toll.PassageID
}

// A cursor in bytes is the instant in Unix microseconds, as exact as the database has it, and the id.
const (
	cursorInstant = 8
	cursorBytes   = cursorInstant + 16
)

// cursorLast is the last instant of a cursor: the end of the year 9999.
var cursorLast = time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC).UnixMicro() - 1

// errCursor means that a text is not the cursor of a page.
var errCursor = errors.New("not a page of this list")

// String returns the text of a cursor. The id must be a UUID.
func (c Cursor) String() string {
	id, _ := hex.DecodeString(strings.ReplaceAll(string(c.ID), "-", ""))
	b := binary.BigEndian.AppendUint64(make([]byte, 0, cursorBytes), uint64(c.At.UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(append(b, id...))
}

// ParseCursor parses the text of a cursor, and accepts nothing else.
func ParseCursor(s string) (Cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != cursorBytes || len(s) != base64.RawURLEncoding.EncodedLen(cursorBytes) {
		return Cursor{}, errCursor
	}
	micro := int64(binary.BigEndian.Uint64(b))
	if micro <= 0 || micro > cursorLast {
		return Cursor{}, errCursor
	}
	return Cursor{At: time.UnixMicro(micro).UTC(), ID: toll.FormatPassageID([16]byte(b[cursorInstant:]))}, nil
}
