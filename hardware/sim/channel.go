package sim

import (
	"math/rand/v2"

	"bompass/hardware/link"
)

// Channel is the radio channel between a beacon and its tags. Messages are transmitted as bits, with flags,
// bit stuffing and a check sequence, so that the real CRC detects a flipped bit. The zero value is a perfect
// channel. A Channel must not be used concurrently.
type Channel struct {
	Rand   *rand.Rand // nil for a channel without random events
	Good   float64    // bit error rate in the good state
	Bad    float64    // bit error rate in the bad state
	Worsen float64    // probability of entering the bad state before a message
	Better float64    // probability of leaving it
	Late   float64    // share of answers that arrive in the window after their own
	Double float64    // share of answers that arrive once more in the next window

	bad bool
}

// RoughChannel returns a channel with error bursts (Gilbert-Elliott): a bad state about every fortieth
// message, three messages long on average, and one answer in a hundred late or duplicated.
func RoughChannel(dice *rand.Rand) *Channel {
	return &Channel{Rand: dice, Good: 1e-6, Bad: 0.01, Worsen: 0.025, Better: 0.33, Late: 0.01, Double: 0.01}
}

// Transmit returns a message as received, or nil when it is damaged.
func (c *Channel) Transmit(message []byte) []byte {
	if c.Rand == nil {
		return message
	}
	bits := toBits(message)
	rate := c.bitErrorRate()
	for i := range bits {
		if c.chance(rate) {
			bits[i] = !bits[i]
		}
	}
	return fromBits(bits)
}

// bitErrorRate moves between the states and returns the bit error rate of the new one.
func (c *Channel) bitErrorRate() float64 {
	if c.bad {
		c.bad = !c.chance(c.Better)
	} else {
		c.bad = c.chance(c.Worsen)
	}
	if c.bad {
		return c.Bad
	}
	return c.Good
}

func (c *Channel) chance(p float64) bool { return c.Rand != nil && p > 0 && c.Rand.Float64() < p }

// onesMax is the maximum number of consecutive ones inside a frame; a zero is stuffed after them.
const onesMax = 5

var flagBits = [8]bool{false, true, true, true, true, true, true, false}

// toBits frames a message, least significant bit of each octet first.
func toBits(message []byte) []bool {
	fcs := link.FCS(message)
	bits := append(make([]bool, 0, len(message)*10+40), flagBits[:]...)
	ones := 0
	add := func(octet byte) {
		for i := range 8 {
			one := octet>>i&1 == 1
			// After five ones, a zero is inserted, so that a flag of six ones cannot occur within a message (ISO/IEC
			// 13239).
			if bits = append(bits, one); !one {
				ones = 0
			} else if ones++; ones == onesMax {
				bits = append(bits, false)
				ones = 0
			}
		}
	}
	for _, octet := range message {
		add(octet)
	}
	add(byte(fcs))
	add(byte(fcs >> 8))
	return append(bits, flagBits[:]...)
}

// fromBits returns the first valid frame in bits, or nil.
func fromBits(bits []bool) []byte {
	var octets []byte
	var octet byte
	n, ones, open := 0, 0, false
	for _, one := range bits {
		if ones == onesMax && !one { // a stuffed bit
			ones = 0
			continue
		}
		if one {
			ones++
		} else if ones == onesMax+1 { // the end of a flag
			if message, ok := check(octets, n); open && ok {
				return message
			}
			octets, octet, n, ones, open = nil, 0, 0, 0, true
			continue
		} else {
			ones = 0
		}
		if octet >>= 1; one {
			octet |= 0x80
		}
		if n++; n%8 == 0 {
			octets = append(octets, octet)
		}
	}
	return nil
}

// check validates the octets before a flag: n must be a whole number of octets and the first seven bits of
// the flag, and the check sequence correct.
func check(octets []byte, n int) (message []byte, ok bool) {
	end := len(octets) - 2
	if n%8 != 7 || end < 1 {
		return nil, false
	}
	return octets[:end], link.FCS(octets[:end]) == uint16(octets[end])|uint16(octets[end+1])<<8
}
