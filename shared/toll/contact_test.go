package toll_test

import (
	"testing"

	"bompass/shared/toll"
)

// A sentence names the telephone numbers, and email addresses where there are none.
func TestContactTextPrefersTelephone(t *testing.T) {
	phones, emails := []string{"72 54 09 00", "+46 771 23 45 67"}, []string{"post@a.example", "post@b.example"}
	for want, c := range map[string]toll.Contact{
		"72 54 09 00 / +46 771 23 45 67":  {Phones: phones, Emails: emails},
		"post@a.example / post@b.example": {Emails: emails},
		"":                                {},
	} {
		if got := c.Text(); got != want {
			t.Errorf("%v: got %q, want %q", c, got, want)
		}
	}
}

func TestDialNumberHasCodeOfCountry(t *testing.T) {
	for phone, want := range map[string]string{"72 54 09 00": "+4772540900", "02012": "+4702012", "+46 771 23 45 67": "+46771234567"} {
		if got := toll.DialNumber(phone); got != want {
			t.Errorf("%s: got %s, want %s", phone, got, want)
		}
	}
}
