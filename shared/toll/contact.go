package toll

import (
	"slices"
	"strings"
)

// Contact is how the customer service of a toll charger is reached. Both lists may be empty.
type Contact struct {
	Phones []string `json:"phones,omitempty"` // as they are displayed, such as 72 54 09 00
	Emails []string `json:"emails,omitempty"`
}

// Office is where a toll charger is found: its web site, its postal address and its opening hours. Each may be empty.
type Office struct {
	Site    string // without https://, such as bompass.example
	Address string // on one line
	Hours   []Hours
}

// Hours are opening hours of some days of the week, in minutes of the day.
type Hours struct {
	Days     [7]bool // from Sunday
	From, To int
}

// Empty reports whether nothing is known of an office.
func (o Office) Empty() bool { return o.Site == "" && o.Address == "" && len(o.Hours) == 0 }

// Charger is a toll charger as customers reach it.
type Charger struct {
	ID      ChargerID
	Name    string
	Contact Contact
	Office  Office
}

// numberSeparator separates telephone numbers in a sentence.
const numberSeparator = " / "

// Equal reports whether two contacts have the same numbers and addresses, in the same order.
func (c Contact) Equal(o Contact) bool {
	return slices.Equal(c.Phones, o.Phones) && slices.Equal(c.Emails, o.Emails)
}

// Text returns the telephone numbers for a sentence, or the email addresses if there are none. It is empty for an
// empty Contact.
func (c Contact) Text() string {
	if len(c.Phones) == 0 {
		return strings.Join(c.Emails, numberSeparator)
	}
	return strings.Join(c.Phones, numberSeparator)
}

// DialNumber returns a telephone number as it is dialled from anywhere. A number without the code of a country is
// Norwegian.
func DialNumber(phone string) string {
	number := strings.ReplaceAll(phone, " ", "")
	if !strings.HasPrefix(number, "+") {
		number = "+47" + number
	}
	return number
}
