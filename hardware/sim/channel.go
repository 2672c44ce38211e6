package sim

import (
	"math/rand/v2"

	"bompass/hardware/link"
)

// Channel is the radio between a beacon and its tags. Messages go through it as bits, between flags,
// stuffed and with a check sequence, so that a flipped bit is found as on the road. The zero channel
// loses nothing. It belongs to one goroutine.
type Channel struct {
	Rand   *rand.Rand // nil when nothing is left to chance
	Good   float64    // share of bits flipped in the good state
	Bad    float64    // and in the bad one
	Worsen float64    // chance before a message to go from good to bad
	Better float64    // and back
	Late   float64    // share of answers that come in the window after their own
	Double float64    // share of answers that come once more in the next window

	bad bool
}

// RoughChannel is a channel in bursts: a bad state about every fortieth message, three messages long, that
// lets few through, and an answer in a hundred late or twice.
func RoughChannel(dice *rand.Rand) *Channel {
	return &Channel{Rand: dice, Good: 1e-6, Bad: 0.01, Worsen: 0.025, Better: 0.33, Late: 0.01, Double: 0.01}
}

// Transmit takes a message over the air; nil is one that arrives damaged.
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

// bitErrorRate moves between the states and returns the share of bits flipped.
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

// onesMax is how many ones may follow one another inside a frame; a zero is stuffed behind them.
const onesMax = 5

var flagBits = [8]bool{false, true, true, true, true, true, true, false}

// toBits frames a message, lowest bit of each octet first.
func toBits(message []byte) []bool {
	fcs := link.FCS(message)
	bits := append(make([]bool, 0, len(message)*10+40), flagBits[:]...)
	ones := 0
	add := func(octet byte) {
		for i := range 8 {
			one := octet>>i&1 == 1
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

// fromBits finds the one frame in bits; nil when there is none that is whole.
func fromBits(bits []bool) []byte {
	var octets []byte
	var octet byte
	n, ones, open := 0, 0, false
	for _, one := range bits {
		if ones == onesMax && !one { // stuffed
			ones = 0
			continue
		}
		if one {
			ones++
		} else if ones == onesMax+1 { // a flag ends here
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

// check looks at what came before a flag: whole octets but for the flag's own seven bits so far, and a
// check sequence that is right.
func check(octets []byte, n int) (message []byte, ok bool) {
	end := len(octets) - 2
	if n%8 != 7 || end < 1 {
		return nil, false
	}
	return octets[:end], link.FCS(octets[:end]) == uint16(octets[end])|uint16(octets[end+1])<<8
}
