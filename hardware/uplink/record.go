package uplink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// Layout of a record on disk, low octet first: marker, number, length and CRC-32C, then the payload. The
// checksum covers everything but the marker.
const (
	markerSize = 4
	recordHead = markerSize + 8 + 4 + 4
	// recordMax is the maximum length of a payload; it limits the memory that a damaged length can request.
	recordMax = 64 << 10
)

// marker begins every record, so that reading can resume after damage. Its first and last octets never occur
// in UTF-8, so no payload contains it.
var marker = [markerSize]byte{0xFF, 'R', 'C', 0xFE}

// errTorn means that the octets do not begin with a whole, undamaged record.
var errTorn = errors.New("torn record")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord appends a record to dst. Consecutive records have consecutive numbers, which tells how many
// records a damaged range had.
func appendRecord(dst []byte, number uint64, payload []byte) []byte {
	dst = append(dst, marker[:]...)
	start := len(dst)
	dst = binary.LittleEndian.AppendUint64(dst, number)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(payload)))
	sum := crc32.Update(crc32.Checksum(dst[start:], castagnoli), castagnoli, payload)
	dst = binary.LittleEndian.AppendUint32(dst, sum)
	return append(dst, payload...)
}

// cutRecord splits the first record off b.
func cutRecord(b []byte) (number uint64, payload, rest []byte, err error) {
	if len(b) < recordHead || !bytes.HasPrefix(b, marker[:]) {
		return 0, nil, b, errTorn
	}
	n := binary.LittleEndian.Uint32(b[12:])
	if n == 0 || n > recordMax || int(n) > len(b)-recordHead {
		return 0, nil, b, errTorn
	}
	payload, rest = b[recordHead:recordHead+n], b[recordHead+n:]
	sum := crc32.Update(crc32.Checksum(b[markerSize:16], castagnoli), castagnoli, payload)
	if sum != binary.LittleEndian.Uint32(b[16:]) {
		return 0, nil, b, errTorn
	}
	return binary.LittleEndian.Uint64(b[markerSize:]), payload, rest, nil
}

// damage is a range of octets between two records that is not a record.
type damage struct {
	offset  int
	octets  []byte
	records int // number of records it had; 0 for an incomplete record that a crash left at the end
}

// scanner iterates over records and skips damage.
type scanner struct {
	b        []byte
	offset   int
	expected uint64 // number of the next record, 0 when unknown
}

// next returns the next record, or nil at the end, and the damage before it, if any. A record whose number is
// higher than expected without any damage before it follows damage at the end of another file.
func (s *scanner) next() (payload []byte, before *damage) {
	if len(s.b) == 0 {
		return nil, nil
	}
	number, payload, rest, err := cutRecord(s.b)
	if err != nil {
		before = &damage{offset: s.offset}
		// Search for the next intact record; without one, everything to the end is damaged.
		skip := findRecord(s.b, 1)
		if skip < 0 {
			before.octets, s.b = s.b, nil
			s.offset += len(before.octets)
			before.records = countRecords(before.octets)
			s.expect(s.expected, before.records)
			return nil, before
		}
		before.octets = s.b[:skip]
		s.b, s.offset = s.b[skip:], s.offset+skip
		number, payload, rest, _ = cutRecord(s.b)
		before.records = max(1, bytes.Count(before.octets, marker[:]))
	}
	// The numbers of the records around the damage show how many were lost.
	if missing := number - s.expected; s.expected > 0 && number >= s.expected && missing < 1<<32 {
		if before == nil && missing > 0 {
			before = &damage{offset: s.offset}
		}
		if before != nil {
			before.records = int(missing)
		}
	}
	s.offset += len(s.b) - len(rest)
	s.b = rest
	s.expect(number, 1)
	return payload, before
}

func (s *scanner) expect(number uint64, more int) {
	if number > 0 {
		s.expected = number + uint64(more)
	}
}

// findRecord returns the offset of the first whole record at or after from, or -1.
func findRecord(b []byte, from int) int {
	for from < len(b) {
		i := bytes.Index(b[from:], marker[:])
		if i < 0 {
			return -1
		}
		if _, _, _, err := cutRecord(b[from+i:]); err == nil {
			return from + i
		}
		from += i + 1
	}
	return -1
}

// countRecords returns the number of damaged records in octets at the end of a file. A single record that is
// shorter than its header says is one that a crash interrupted, and does not count.
func countRecords(b []byte) int {
	n := bytes.Count(b, marker[:])
	if n == 1 && bytes.HasPrefix(b, marker[:]) {
		if len(b) < recordHead || int64(len(b)) < recordHead+int64(binary.LittleEndian.Uint32(b[12:])) {
			return 0
		}
	}
	if len(bytes.Trim(b, "\x00")) == 0 { // extended but not written before a power failure
		return 0
	}
	return max(1, n)
}
