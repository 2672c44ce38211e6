package i18n_test

import (
	"testing"

	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// A text names the email address, or the telephone number if there is none, in every language.
func TestContactTextFollowsWhatThereIs(t *testing.T) {
	phones, emails := []string{"72 54 09 00", "02012"}, []string{"post@a.example"}
	for want, c := range map[string]toll.Contact{
		"Help: write to post@a.example":  {Phones: phones, Emails: emails},
		"Help: call 72 54 09 00 / 02012": {Phones: phones},
		"":                               {},
	} {
		if got := i18n.For("en").Contact(c, "app.help", "app.help.call"); got != want {
			t.Errorf("%v: got %q, want %q", c, got, want)
		}
	}
}
