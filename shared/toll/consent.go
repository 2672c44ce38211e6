package toll

// ConsentKind is something that a person agrees to or not, S4.30–S4.33.
type ConsentKind string

// The consents.
const (
	ConsentPrivacy     ConsentKind = "privacy"     // the privacy statement; nobody uses the portal without it
	ConsentEmail       ConsentKind = "email"       // mail with information
	ConsentSMS         ConsentKind = "sms"         // text messages with information
	ConsentAdvertising ConsentKind = "advertising" // advertising on what is agreed to above
)

// Consents lists the kinds in the order they are asked about.
func Consents() []ConsentKind {
	return []ConsentKind{ConsentPrivacy, ConsentEmail, ConsentSMS, ConsentAdvertising}
}

// ConsentVersion is the version of the words that a person agrees to today. Whoever agreed to older
// words is asked again.
func ConsentVersion(kind ConsentKind) int {
	switch kind {
	case ConsentPrivacy, ConsentEmail, ConsentSMS, ConsentAdvertising:
		return 1
	}
	return 0
}

// AdvertisingReaches tells whether a consent to advertising has any effect: only where mail or text
// messages are agreed to, S4.33.
func AdvertisingReaches(given map[ConsentKind]bool) bool {
	return given[ConsentAdvertising] && (given[ConsentEmail] || given[ConsentSMS])
}
