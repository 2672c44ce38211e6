package hardware

import (
	"strings"
	"time"
	"unicode"
)

// Sighting is one vehicle in one lane, as one device or several joined devices detected it.
type Sighting struct {
	Lane      int       `json:"lane"`
	At        time.Time `json:"at"`
	Direction string    `json:"direction,omitempty"` // in, out, or empty when the lane has no known direction
	Tag       TagRead   `json:"tag,omitzero"`
	Plate     PlateRead `json:"plate,omitzero"`

	Offset     time.Duration `json:"offset,omitempty"`     // the device's clock minus the host's, as last measured
	Correction time.Duration `json:"correction,omitempty"` // what was added to the device's time to give At
	Images     []Image       `json:"images,omitempty"`
}

// Image refers to a picture of the vehicle.
type Image struct {
	Ref    string `json:"ref"`              // name of the picture in the camera or the store
	SHA256 string `json:"sha256,omitempty"` // hexadecimal
}

// TagRead is the result of one transaction with a tag. An unusual tag is a Finding, not an error.
type TagRead struct {
	Finding Finding `json:"finding"`
	PAN     string  `json:"pan,omitempty"` // personal account number, 19 digits: the tag's number outside the radio
	OBU     string  `json:"obu,omitempty"` // EquipmentOBUId, the manufacturer's number, hexadecimal
	Mark    [6]byte `json:"mark"`          // EFC context mark: issuer, type and version of the contract
	// AccessKey is the reference of the tag's access key, 0 at security level 0.
	AccessKey uint16    `json:"access_key,omitempty"`
	Plate     PlateRead `json:"plate,omitzero"`

	Verified   bool      `json:"verified,omitempty"`    // the authenticator was checked and is correct
	LowBattery bool      `json:"low_battery,omitempty"` // the tag reports a low battery
	Device     time.Time `json:"device,omitzero"`       // when the tag first answered, by the antenna's own clock
	RSSI       int8      `json:"rssi,omitempty"`        // signal strength in dBm, of UHF readers
	Stamp      Stamp     `json:"stamp,omitzero"`        // what the authenticator was checked with
	Raw        []Message `json:"raw,omitempty"`
}

// Stamp is the authenticated part of a transaction: enough to check the authenticator again in a dispute.
type Stamp struct {
	KeyRef        int    `json:"key_ref"`       // reference of the authentication key
	List          []byte `json:"list"`          // attribute list as received, including its count
	Nonce         []byte `json:"nonce"`         // as sent
	Authenticator []byte `json:"authenticator"` // as received
}

// IsZero reports whether nothing was authenticated.
func (s Stamp) IsZero() bool { return s.Authenticator == nil }

// IsZero reports whether there was no tag.
func (t TagRead) IsZero() bool { return t.Finding == NoTag }

// PlateRead is a licence plate as a camera or a tag reports it; empty when unread.
type PlateRead struct {
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Text    string `json:"text,omitempty"`
}

// Key returns the plate in the form in which plates are compared: country, then letters and digits in upper
// case. "EK 10001", "EK10001" and "ek-10001" have the same key.
func (p PlateRead) Key() string { return strings.ToUpper(p.Country) + " " + p.normalized() }

// Same reports whether two plates are the same. An unknown country equals any country; an unread plate is the
// same as none.
func (p PlateRead) Same(q PlateRead) bool {
	if p.Country != "" && q.Country != "" && !strings.EqualFold(p.Country, q.Country) {
		return false
	}
	text := p.normalized()
	return text != "" && text == q.normalized()
}

// normalized returns the letters and digits of a plate in upper case.
func (p PlateRead) normalized() string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, p.Text)
}

// Normalized returns the plate with only the letters and digits of its text, in upper case.
func (p PlateRead) Normalized() PlateRead {
	return PlateRead{Country: strings.ToUpper(p.Country), Text: p.normalized()}
}

// Message is one T-APDU of a transaction as it was transmitted. It travels with the passage to the server, as
// evidence for disputes.
type Message struct {
	FromTag bool      `json:"from_tag"`
	At      time.Time `json:"at"`
	Octets  []byte    `json:"octets"`
}

// Finding is the outcome of a transaction with a tag.
type Finding string

// Findings. Only a Chargeable one lets a passage be charged to the tag.
const (
	NoTag         Finding = ""
	Read          Finding = "read"
	Interrupted   Finding = "interrupted"    // the tag left before it had sent its number
	NoContract    Finding = "no-contract"    // the tag has no toll application
	UnknownIssuer Finding = "unknown-issuer" // the contract's issuer is not accepted here
	AccessDenied  Finding = "access-denied"  // the tag refused the read request
	Unreadable    Finding = "unreadable"     // the tag's answer does not decode, or answers another request
	WrongNumber   Finding = "wrong-number"   // not 19 digits, or the Luhn digit is wrong
	Expired       Finding = "expired"        // the contract's expiry date has passed
	Unproven      Finding = "unproven"       // the authenticator is wrong, or could not be checked where the profile requires it
	PlateDiffers  Finding = "plate-differs"  // read, but the camera saw another plate than the tag was issued for
)

// Chargeable reports whether the passage can be charged to the tag. A tag in another vehicle is chargeable:
// customers move tags between vehicles, and whether this one was allowed is decided with the agreement at
// hand.
func (f Finding) Chargeable() bool { return f == Read || f == PlateDiffers }
