package access

import (
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
)

// Time steps of RFC 6238. The step before the current one is accepted too, for clocks and thumbs that
// are late; a code from the future is not.
const (
	totpPeriod    = 30 // seconds
	totpDigits    = 6
	totpLateSteps = 1 // steps
)

// matchTOTP returns the time step that a code belongs to. Every acceptable step is compared, so that
// the time taken tells nothing.
func matchTOTP(secret, code string, now time.Time) (step int64, ok bool, err error) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' {
			return -1
		}
		return r
	}, code)
	if len(code) != totpDigits {
		return 0, false, nil
	}
	current := now.Unix() / totpPeriod
	for s := current - totpLateSteps; s <= current; s++ {
		want, err := hotp.GenerateCode(secret, uint64(s))
		if err != nil {
			return 0, false, fmt.Errorf("work out code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok, nil
}
