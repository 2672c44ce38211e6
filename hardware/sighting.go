package hardware

import "time"

// Sighting is one vehicle in one lane, as far as it was made out.
type Sighting struct {
	Lane      int       `json:"lane"`
	At        time.Time `json:"at"`
	Direction string    `json:"direction,omitempty"` // in, out, or empty when the lane cannot tell
	Tag       TagRead   `json:"tag,omitzero"`
	Plate     PlateRead `json:"plate,omitzero"`

	Offset time.Duration `json:"offset,omitempty"` // the device's clock less the host's, as last measured
}

// TagRead is what the transaction with a tag brought. A tag that is strange is a finding, not an error.
type TagRead struct {
	Finding Finding   `json:"finding"`
	PAN     string    `json:"pan,omitempty"` // 19 digits: the tag's number for everyone else
	OBU     string    `json:"obu,omitempty"` // the maker's number, hexadecimal
	Mark    [6]byte   `json:"mark"`          // whose contract, of which kind
	Plate   PlateRead `json:"plate,omitzero"`

	Verified   bool      `json:"verified,omitempty"`    // its authenticator was checked and right
	LowBattery bool      `json:"low_battery,omitempty"` // it says so itself
	Device     time.Time `json:"device,omitzero"`       // when the antenna heard it, by the antenna's own clock
	Raw        []Message `json:"raw,omitempty"`
}

// IsZero tells whether there was no tag.
func (t TagRead) IsZero() bool { return t.Finding == NoTag }

// PlateRead is a plate as a camera or a tag gives it; empty when unread.
type PlateRead struct {
	Country string `json:"country,omitempty"` // ISO 3166 alpha-2
	Text    string `json:"text,omitempty"`
}

// Message is one T-APDU of a transaction as it went over the air, kept for disputes.
type Message struct {
	FromTag bool      `json:"from_tag"`
	At      time.Time `json:"at"`
	Octets  []byte    `json:"octets"`
}

// Finding says what a transaction found.
type Finding string

// The findings. Only those that are Charged let a passage be charged to the tag.
const (
	NoTag         Finding = ""
	Read          Finding = "read"
	Interrupted   Finding = "interrupted"    // the tag was gone before it had said its number
	NoContract    Finding = "no-contract"    // no toll application
	UnknownIssuer Finding = "unknown-issuer" // a contract that is not accepted here
	AccessDenied  Finding = "access-denied"  // the tag refuses to be read
	Unreadable    Finding = "unreadable"     // octets that are no message, or not the one asked for
	WrongNumber   Finding = "wrong-number"   // not 19 digits, or the Luhn digit is wrong
	Expired       Finding = "expired"        // the day on the tag has passed
	Unproven      Finding = "unproven"       // its authenticator is wrong, or not to be checked where it must be
	PlateDiffers  Finding = "plate-differs"  // read, but in a car with another plate than it was made for
)

// Chargeable tells whether the tag says who pays. A tag in another car does: tags are moved, and whether
// this one may have been is for those who know the agreement.
func (f Finding) Chargeable() bool { return f == Read || f == PlateDiffers }
