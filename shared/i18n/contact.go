package i18n

import (
	"strings"

	"bompass/shared/toll"
)

// Contact returns the text of the key byEmail, with the email addresses of customer service as its parameter address.
// Without an address, it is the text of byPhone, with the telephone numbers as phones; without either, it is empty.
func (w *Words) Contact(c toll.Contact, byEmail, byPhone string) string {
	switch {
	case len(c.Emails) > 0:
		return w.T(byEmail, "address", strings.Join(c.Emails, " / "))
	case len(c.Phones) > 0:
		return w.T(byPhone, "phones", c.Text())
	}
	return ""
}
