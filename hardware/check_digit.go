package hardware

// CheckDigit is the last digit of a tag's number: modulus 10 over the digits before it, after Luhn.
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

// ValidCheckDigit tells whether a number of digits ends in its check digit.
func ValidCheckDigit(number string) bool {
	last := len(number) - 1
	return last >= 0 && number[last] == CheckDigit(number[:last])
}
