package ident

// mod10 returns the Luhn digit of a payload: weights 2 and 1 alternate from the right, and the digits of the
// products are added.
func mod10(payload string) int {
	sum := 0
	for i := range len(payload) {
		d := int(payload[len(payload)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return (10 - sum%10) % 10
}

// mod11 returns the check digit of a payload by weights 2 to 7, repeated from the right. 10 means that there is
// no digit.
func mod11(payload string) int {
	sum := 0
	for i := range len(payload) {
		sum += int(payload[len(payload)-1-i]-'0') * (2 + i%6)
	}
	return (11 - sum%11) % 11
}

// weighted returns the sum of the products of digits and weights.
func weighted(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}

func last(s string) int { return int(s[len(s)-1] - '0') }

// Luhn reports whether the last digit of a number of digits is its modulus 10 check digit, as in a
// tag's PAN. It returns false for anything but two digits or more.
func Luhn(s string) bool {
	bare, problem := number(s)
	return problem == None && bare == s && len(s) > 1 && mod10(s[:len(s)-1]) == last(s)
}
