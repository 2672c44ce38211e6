package hardware

// CheckDigit returns the Luhn check digit (ISO/IEC 7812-1) of a string of decimal digits.
func CheckDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return byte('0' + (10-sum%10)%10)
}

// ValidCheckDigit reports whether the last digit of number is the Luhn check digit of the digits before it.
func ValidCheckDigit(number string) bool {
	last := len(number) - 1
	return last >= 0 && number[last] == CheckDigit(number[:last])
}
