package toll

// ConsentKind is a subject on which a person gives or refuses consent.
type ConsentKind string

// The consents.
const (
	ConsentPrivacy     ConsentKind = "privacy"     // the privacy statement, required for using the portal
	ConsentEmail       ConsentKind = "email"       // information by email
	ConsentSMS         ConsentKind = "sms"         // information by text message
	ConsentAdvertising ConsentKind = "advertising" // advertising over the channels agreed to above
)

// Consents lists the kinds in the order they are asked about.
func Consents() []ConsentKind {
	return []ConsentKind{ConsentPrivacy, ConsentEmail, ConsentSMS, ConsentAdvertising}
}

// ConsentVersion returns the version of the text that applies today. A person who agreed to an older version is
// asked again.
func ConsentVersion(kind ConsentKind) int {
	switch kind {
	case ConsentPrivacy, ConsentEmail, ConsentSMS, ConsentAdvertising:
		return 1
	}
	return 0
}

// AdvertisingEffective reports whether a consent to advertising has any effect: only where mail or text
// messages are agreed to, S4.33.
func AdvertisingEffective(given map[ConsentKind]bool) bool {
	return given[ConsentAdvertising] && (given[ConsentEmail] || given[ConsentSMS])
}
