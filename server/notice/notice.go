// Package notice owns what people are told outside the portal: which letter follows from which event,
// in which language, to which address, and that it arrives or is given up.
//
// A letter is written in the transaction of its cause and waits in the outbox, sealed. The courier
// hands it to a partner and wipes it. What happened and who must know is the other domains' to say.
package notice

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"time"

	"github.com/google/uuid"

	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// Channel is how a letter travels.
type Channel string

// The channels. A letter to nobody is written where an answer must cost the same for people we do not
// know; it is never sent.
const (
	Mail  Channel = "mail"
	SMS   Channel = "sms"
	Paper Channel = "paper" // printed, and posted by somebody
	Decoy Channel = "none"
)

// Kind says what a letter is about. Its words stand in the catalogues under "mail.<kind>" and
// "sms.<kind>".
type Kind string

// The letters.
const (
	Register          Kind = "register"         // confirm the address and begin; link
	AlreadyRegistered Kind = "already.there"    // somebody registered an address that has an account
	Reset             Kind = "reset"            // choose a new password; link
	FirstEmail        Kind = "first.email"      // the address was put on the customer number
	FirstEmailTaken   Kind = "first.taken"      // somebody wanted to put another address on it
	FirstPassword     Kind = "first.password"   // choose the first password; link
	PasswordChanged   Kind = "password.changed" // and all sessions were ended
	ConfirmEmail      Kind = "confirm.email"    // code
	ConfirmMobile     Kind = "confirm.mobile"   // code, by SMS
	EmailNew          Kind = "email.new"        // confirm the new address; link
	EmailOld          Kind = "email.old"        // the address is about to change; link that stops it
	EmailChanged      Kind = "email.changed"    // to the new address, once it is in use
	EmailKept         Kind = "email.kept"       // the change was stopped
	MobileChanged     Kind = "mobile.changed"
	FactorAdded       Kind = "factor.added"
	FactorRemoved     Kind = "factor.removed"
	RecoveryMade      Kind = "recovery.made"
	RecoveryUsed      Kind = "recovery.used" // param left
	NewDevice         Kind = "new.device"    // params device, network
	SessionsEnded     Kind = "sessions.ended"
	Invited           Kind = "invited" // link, params name, role
	RoleChanged       Kind = "role.changed"
	ErasureAsked      Kind = "erasure.asked"
	Exported          Kind = "exported"
	FindAgreements    Kind = "find.agreements"  // link, param person
	FactorSuspended   Kind = "factor.suspended" // too many wrong codes
	Erased            Kind = "erased"
	SignInCode        Kind = "sign.in.code"    // code, by SMS
	SMSAdded          Kind = "text.added"      // a code by SMS opens the account from now on
	LostAsked         Kind = "lost.asked"      // somebody says that every factor is lost; link that stops it, params day, at
	LostCode          Kind = "lost.code"       // code, on paper; params day, at
	LostStopped       Kind = "lost.stopped"    // and everybody was signed out; link
	LostUsed          Kind = "lost.used"       // all factors were replaced
	AddressChanged    Kind = "address.changed" // the postal address is another
	EIDConnected      Kind = "eid.connected"   // an eID opens the account from now on
	EmailTaken        Kind = "email.there"     // somebody wants to use an address that has another account; link
	AgreementMade     Kind = "agreement.made"  // link, params number, charger, plate
	LegacyLinked      Kind = "legacy.linked"   // to the address that the agreement had; params number, person
)

// Kinds lists every letter, for the test of the catalogues.
func Kinds() []Kind {
	return []Kind{
		Register, AlreadyRegistered, Reset, FirstEmail, FirstEmailTaken, FirstPassword, PasswordChanged, ConfirmEmail, ConfirmMobile, EmailNew,
		EmailOld, EmailChanged, EmailKept, MobileChanged, FactorAdded, FactorRemoved, RecoveryMade, RecoveryUsed, NewDevice,
		SessionsEnded, Invited, RoleChanged, ErasureAsked, Exported, FindAgreements, FactorSuspended, Erased,
		SignInCode, SMSAdded, LostAsked, LostCode, LostStopped, LostUsed, AddressChanged, EIDConnected, EmailTaken, AgreementMade, LegacyLinked,
	}
}

// SMSOnly tells of a kind that goes by SMS alone.
func (k Kind) SMSOnly() bool { return k == ConfirmMobile || k == SignInCode }

// Recipient is whom a letter is for.
type Recipient struct {
	Account  toll.AccountID // empty for somebody without one
	Name     string         // empty when unknown
	Address  string         // e-mail address, or number for SMS
	Language string
}

// Message is a letter in the outbox.
type Message struct {
	ID      string
	Channel Channel
	Kind    Kind
	Account toll.AccountID
	Key     string // names the key that Sealed opens with
	Sealed  []byte
	Written time.Time
}

// Text is a letter as it is read. It is kept sealed, since links and codes open doors.
type Text struct {
	To       string   `json:"to"`
	Language string   `json:"language"`
	Subject  string   `json:"subject,omitempty"`
	Greeting string   `json:"greeting,omitempty"`
	Lines    []string `json:"lines"`
	Code     string   `json:"code,omitempty"`
	Link     string   `json:"link,omitempty"`
	LinkText string   `json:"link_text,omitempty"`
	Closing  string   `json:"closing,omitempty"`

	Until time.Time `json:"until,omitzero"` // after which it is of no use to anybody, and is not sent
}

// Sealer keeps texts unreadable in the database.
type Sealer interface {
	SealText(text []byte, row string) (key string, sealed []byte)
	OpenText(key string, sealed []byte, row string) ([]byte, error)
}

// Writer writes letters.
type Writer struct {
	seal     Sealer
	public   string // address of the portal, without a trailing slash
	now      func() time.Time
	disabled map[Channel]string // channels that lead nowhere, and the setting that is missing
}

// NewWriter returns a Writer whose links begin with the portal's public address.
func NewWriter(seal Sealer, public string, now func() time.Time) *Writer {
	return &Writer{seal: seal, public: public, now: now}
}

// WithDisabled returns a Writer that knows of a channel that leads nowhere, for want of a setting.
func (w *Writer) WithDisabled(channel Channel, setting string) *Writer {
	other := *w
	other.disabled = map[Channel]string{channel: setting}
	maps.Copy(other.disabled, w.disabled)
	return &other
}

// CheckChannel tells whether a channel leads anywhere; else fault.PartnerUnset with the setting.
func (w *Writer) CheckChannel(channel Channel) error {
	if setting, shut := w.disabled[channel]; shut {
		return fault.New(fault.PartnerUnset, "variable", setting)
	}
	return nil
}

// Content is what a letter says beyond its words.
type Content struct {
	Link   string // path on the portal, with what opens it
	Code   string
	Params []any     // name, value pairs for the words
	Until  time.Time // when the code is over
}

// Mail writes a letter by e-mail.
func (w *Writer) Mail(kind Kind, to Recipient, c Content) (Message, error) {
	return w.write(Mail, kind, to, c)
}

func (w *Writer) write(channel Channel, kind Kind, to Recipient, c Content) (Message, error) {
	words := i18n.For(to.Language)
	key := "mail." + string(kind)
	text := Text{
		To: to.Address, Language: words.Lang(), Subject: words.T(key+".subject", c.Params...),
		Greeting: words.T("mail.greeting"), Lines: []string{words.T(key+".text", c.Params...)}, Code: c.Code, Closing: words.T("mail.closing"),
		Until: c.Until,
	}
	if to.Name != "" {
		text.Greeting = words.T("mail.greeting.name", "name", to.Name)
	}
	if c.Link != "" {
		text.Link, text.LinkText = w.public+c.Link, words.T(key+".link")
	}
	return w.sealMessage(channel, kind, to.Account, text)
}

// SMS writes a letter by text message.
func (w *Writer) SMS(kind Kind, to Recipient, c Content) (Message, error) {
	if err := w.CheckChannel(SMS); err != nil {
		return Message{}, err
	}
	words := i18n.For(to.Language)
	params := append([]any{"code", c.Code, "link", w.public + c.Link, "host", hostOf(w.public)}, c.Params...)
	return w.sealMessage(SMS, kind, to.Account, Text{To: to.Address, Language: words.Lang(), Lines: []string{words.T("sms."+string(kind), params...)}, Until: c.Until})
}

// hostOf is the name by which a telephone offers a code to our pages alone.
func hostOf(public string) string {
	u, err := url.Parse(public)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Paper writes a letter to be printed and posted. The reader's address is the postal one, with the name
// above it.
func (w *Writer) Paper(kind Kind, to Recipient, c Content) (Message, error) {
	if err := w.CheckChannel(Paper); err != nil {
		return Message{}, err
	}
	letter, err := w.write(Paper, kind, to, c)
	return letter, err
}

// Decoy writes a letter that is never sent and costs as much as one that is.
func (w *Writer) Decoy(kind Kind, c Content) (Message, error) {
	letter, err := w.Mail(kind, Recipient{Address: "nobody@bompass.invalid", Language: i18n.Default}, c)
	letter.Channel = Decoy
	return letter, err
}

func (w *Writer) sealMessage(channel Channel, kind Kind, account toll.AccountID, text Text) (Message, error) {
	plain, err := json.Marshal(text)
	if err != nil {
		return Message{}, fmt.Errorf("write %s: %w", kind, err)
	}
	if text.To == "" { // who came with an eID may have no address yet
		channel = Decoy
	}
	letter := Message{ID: uuid.NewString(), Channel: channel, Kind: kind, Account: account, Written: w.now()}
	letter.Key, letter.Sealed = w.seal.SealText(plain, letter.sealContext())
	return letter, nil
}

// sealContext is what a letter's text is sealed for.
func (l Message) sealContext() string { return "letter " + l.ID }
