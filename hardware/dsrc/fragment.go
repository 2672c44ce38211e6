package dsrc

import "bompass/hardware/per"

// The fragmentation octet before every message: last fragment, PDU number, fragment counter 1.
const (
	lastFragment  = 0x80
	firstFragment = 0x01
	numberMin     = 2 // 0 and 1 are reserved
	numberMax     = 15
)

// AppendFragment appends the fragmentation octet of an unfragmented message to dst. The PDU number is 2 to
// 15.
func AppendFragment(dst []byte, number int) ([]byte, error) {
	if number < numberMin || number > numberMax {
		return nil, &per.Error{Field: "fragmentation.pduNumber", Reason: per.Range, Got: int64(number), Lo: numberMin, Hi: numberMax}
	}
	return append(dst, lastFragment|byte(number)<<3|firstFragment), nil
}

// CutFragment splits the fragmentation octet off a message. Fragmented messages are rejected: no toll
// message is long enough to need several fragments.
func CutFragment(b []byte) (number int, apdu []byte, err error) {
	if len(b) == 0 {
		return 0, nil, &per.Error{Field: "fragmentation", Reason: per.Short, Hi: 8}
	}
	number = int(b[0] >> 3 & 15)
	switch {
	case b[0]&lastFragment == 0:
		err = &per.Error{Field: "fragmentation.lastFragment", Reason: per.Range, Got: 0, Lo: 1, Hi: 1}
	case number < numberMin:
		err = &per.Error{Field: "fragmentation.pduNumber", Reason: per.Range, Got: int64(number), Lo: numberMin, Hi: numberMax}
	case b[0]&7 != firstFragment:
		err = &per.Error{Field: "fragmentation.fragmentCounter", Reason: per.Range, Got: int64(b[0] & 7), Lo: 1, Hi: 1}
	}
	return number, b[1:], err
}
