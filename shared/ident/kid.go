package ident

// The length of a KID including its check digit.
const (
	KIDMin = 4
	KIDMax = 25
)

// KIDRule is the check digit algorithm that a creditor has agreed with the bank.
type KIDRule uint8

// The rules.
const (
	KIDMod10 KIDRule = 10
	KIDMod11 KIDRule = 11
)

// NewKID appends the check digit to a payload. Under modulus 11 one payload in eleven has no digit, and the
// caller must use the next number: the rule allows a hyphen there, but most means of payment refuse it.
func NewKID(payload string, rule KIDRule) (string, Problem) {
	bare, problem := number(payload)
	if problem != None {
		return "", problem
	}
	if len(bare)+1 < KIDMin || len(bare)+1 > KIDMax {
		return "", Length
	}
	check := rule.digit(bare)
	if check > 9 {
		return "", NoKID
	}
	return bare + string(rune('0'+check)), None
}

// KID checks a payment reference under a creditor's rule and returns its digits.
func KID(s string, rule KIDRule) (string, Problem) {
	bare, problem := number(s)
	if problem != None {
		return "", problem
	}
	if len(bare) < KIDMin || len(bare) > KIDMax {
		return "", Length
	}
	if rule.digit(bare[:len(bare)-1]) != last(bare) {
		return "", CheckDigit
	}
	return bare, None
}

func (r KIDRule) digit(payload string) int {
	if r == KIDMod11 {
		return mod11(payload)
	}
	return mod10(payload)
}
