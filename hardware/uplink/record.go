package uplink

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// Layout of a record on disk: length and CRC-32C of the payload, four octets each, low octet first, then the
// payload.
const (
	recordHead = 8
	// recordMax is the maximum length of a payload; it limits the memory that a damaged length can request.
	recordMax = 16 << 10
)

// errTorn means that the octets are not a whole, undamaged record.
var errTorn = errors.New("torn record")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord appends a record to dst.
func appendRecord(dst, payload []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(payload)))
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(payload, castagnoli))
	return append(dst, payload...)
}

// cutRecord splits the first record off b.
func cutRecord(b []byte) (payload, rest []byte, err error) {
	if len(b) < recordHead {
		return nil, b, errTorn
	}
	n := binary.LittleEndian.Uint32(b)
	if n == 0 || n > recordMax || int(n) > len(b)-recordHead {
		return nil, b, errTorn
	}
	payload, rest = b[recordHead:recordHead+n], b[recordHead+n:]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return nil, b, errTorn
	}
	return payload, rest, nil
}
