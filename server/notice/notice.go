// Package notice owns the messages to people outside the portal: their kinds, texts, languages and addresses, and their
// delivery.
//
// A message is stored in the transaction of its cause and waits in the outbox, sealed. The sender hands it to a partner
// and deletes its text. Other packages decide when a message is written and to whom.
package notice

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/ident"
	"bompass/shared/invoice"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// Channel is the means of delivery of a message.
type Channel string

// The channels. A decoy is written where an answer must take the same time for unknown people; it is never
// sent.
const (
	Mail  Channel = "mail"
	SMS   Channel = "sms"
	Paper Channel = "paper" // printed and posted
	Decoy Channel = "none"
)

// Kind is the subject of a message. Its texts are in the catalogues under "mail.<kind>" and "sms.<kind>".
type Kind string

// The kinds of messages.
const (
	Register          Kind = "register"         // confirm the address and begin; link
	AlreadyRegistered Kind = "already.there"    // registration with an address that has an account
	Reset             Kind = "reset"            // choose a new password; link, by SMS a code
	FirstEmail        Kind = "first.email"      // the address was registered for the customer number; link
	FirstEmailTaken   Kind = "first.taken"      // an attempt to register another address for it
	FirstPassword     Kind = "first.password"   // choose the first password; link
	PasswordChanged   Kind = "password.changed" // and all sessions were ended
	ConfirmEmail      Kind = "confirm.email"    // code
	ConfirmMobile     Kind = "confirm.mobile"   // code, by SMS
	EmailNew          Kind = "email.new"        // confirm the new address; link
	EmailOld          Kind = "email.old"        // the address will change; link that stops the change
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
	SMSAdded          Kind = "text.added"      // codes by SMS were enabled for sign-in
	LostAsked         Kind = "lost.asked"      // recovery was requested; link that stops it, params day, at
	LostCode          Kind = "lost.code"       // code, on paper; params day, at
	LostStopped       Kind = "lost.stopped"    // recovery was stopped and all sessions were ended; link
	LostUsed          Kind = "lost.used"       // all factors were replaced
	AddressChanged    Kind = "address.changed" // the postal address was changed
	EIDConnected      Kind = "eid.connected"   // an eID was connected for sign-in
	EmailTaken        Kind = "email.there"     // an attempt to use an address that belongs to this account; link
	AgreementMade     Kind = "agreement.made"  // link, params number, charger, plate
	LegacyLinked      Kind = "legacy.linked"   // to the address that the agreement had; params number, person
	NewInvoice        Kind = "new.invoice"     // a file; params number, period, amount, due
	NewReminder       Kind = "new.reminder"    // a file; params number, invoice, amount, due
	CaseAnswered      Kind = "case.answered"   // customer service has written; link, param number
)

// Kinds returns every kind, for the test of the catalogues.
func Kinds() []Kind {
	return []Kind{
		Register, AlreadyRegistered, Reset, FirstEmail, FirstEmailTaken, FirstPassword, PasswordChanged, ConfirmEmail,
		ConfirmMobile, EmailNew,
		EmailOld, EmailChanged, EmailKept, MobileChanged, FactorAdded, FactorRemoved, RecoveryMade, RecoveryUsed,
		NewDevice,
		SessionsEnded, Invited, RoleChanged, ErasureAsked, Exported, FindAgreements, FactorSuspended, Erased,
		SignInCode, SMSAdded, LostAsked, LostCode, LostStopped, LostUsed, AddressChanged, EIDConnected, EmailTaken,
		AgreementMade, LegacyLinked, NewInvoice, NewReminder, CaseAnswered,
	}
}

// SMSOnly reports whether a kind is sent by SMS only.
func (k Kind) SMSOnly() bool { return k == ConfirmMobile || k == SignInCode }

// Recipient is the recipient of a message.
type Recipient struct {
	Account  toll.AccountID // empty for a person without one
	By       toll.AccountID // that has asked for the message in a session; empty if none has
	Name     string         // empty when unknown
	Address  string         // email address, number for SMS, or postal address
	Language string
}

// Message is a message in the outbox.
type Message struct {
	ID      string
	Channel Channel
	Kind    Kind
	Account toll.AccountID

	Number   string // by which its recipient can ask whether it is ours
	Language string
	ShownTo  string // the recipient, masked

	Key     string // names the key that Sealed opens with
	Sealed  []byte
	Written time.Time
	Counts  []Count // limits that the message counts under when it is added
	Dropped bool    // beyond a limit, it is never sent; otherwise what causes it is refused
}

// Text is the content of a message. It is stored sealed, since its links and codes give access to accounts.
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
	Number   string   `json:"number,omitempty"`
	Check    string   `json:"check,omitempty"` // the number, and where it is checked

	Privacy     string `json:"privacy,omitempty"` // address of the privacy statement
	PrivacyText string `json:"privacy_text,omitempty"`

	Until time.Time `json:"until,omitzero"` // when the code expires; the message is not sent later

	File *FileRef `json:"file,omitempty"`
}

// FileRef names a file that a message brings. The file itself is kept elsewhere, and is added when the message is sent.
type FileRef struct {
	Name string       `json:"name"`
	ID   string       `json:"id"` // of the document
	Form invoice.Form `json:"form"`
}

// Sealer encrypts texts for the database.
type Sealer interface {
	SealText(text []byte, row string) (key string, sealed []byte)
	OpenText(key string, sealed []byte, row string) ([]byte, error)
	// ThrottleName returns a keyed hash of a name that is counted.
	ThrottleName(name string) string
}

// Writer writes messages.
type Writer struct {
	seal     Sealer
	public   string // address of the portal, without a trailing slash
	now      func() time.Time
	disabled map[Channel]string // disabled channels, with the setting that is missing
	limits   Limits
}

// NewWriter returns a Writer whose links begin with the portal's public address.
func NewWriter(seal Sealer, public string, now func() time.Time) *Writer {
	return &Writer{seal: seal, public: public, now: now, limits: DefaultLimits()}
}

// WithLimits returns a Writer whose messages count under other limits.
func (w *Writer) WithLimits(limits Limits) *Writer {
	other := *w
	other.limits = limits
	return &other
}

// WithDisabled returns a Writer that refuses messages on a channel whose setting is missing.
func (w *Writer) WithDisabled(channel Channel, setting string) *Writer {
	other := *w
	other.disabled = map[Channel]string{channel: setting}
	maps.Copy(other.disabled, w.disabled)
	return &other
}

// CheckChannel returns fault.PartnerUnset with the missing setting if a channel is disabled.
func (w *Writer) CheckChannel(channel Channel) error {
	if setting, shut := w.disabled[channel]; shut {
		return fault.New(fault.PartnerUnset, "variable", setting)
	}
	return nil
}

// Content is the variable part of a message.
type Content struct {
	Link   string // path on the portal, with its token
	Code   string
	Params []any     // name, value pairs for the texts
	Until  time.Time // when the code expires
	File   *FileRef
}

// Mail returns a message for email.
func (w *Writer) Mail(kind Kind, to Recipient, c Content) (Message, error) {
	return w.write(Mail, kind, to, c)
}

// write returns a message with the texts of its kind in the recipient's language.
func (w *Writer) write(channel Channel, kind Kind, to Recipient, c Content) (Message, error) {
	words, number := i18n.For(to.Language), newNumber()
	key := "mail." + string(kind)
	text := Text{
		To: to.Address, Language: words.Lang(), Subject: words.T(key+".subject", c.Params...),
		Greeting: words.T("mail.greeting"), Lines: []string{words.T(key+".text", c.Params...)}, Code: c.Code,
		Closing: words.T("mail.closing"), Number: number,
		Check:   words.T("mail.number", "number", ident.FormatMessageNumber(number), "address", addressOf(w.public)+site.Message),
		Privacy: w.public + site.Privacy, PrivacyText: words.T("mail.privacy"),
		Until: c.Until, File: c.File,
	}
	if to.Name != "" {
		text.Greeting = words.T("mail.greeting.name", "name", to.Name)
	}
	if c.Link != "" {
		text.Link, text.LinkText = w.public+c.Link, words.T(key+".link")
	}
	return w.sealMessage(channel, kind, to, text)
}

// SMS returns a message for SMS. It has no link, whatever its content has: people are told that a text message with a
// link is not ours.
func (w *Writer) SMS(kind Kind, to Recipient, c Content) (Message, error) {
	if err := w.CheckChannel(SMS); err != nil {
		return Message{}, err
	}
	if err := w.CheckNumber(to.Address); err != nil {
		return Message{}, err
	}
	words, number := i18n.For(to.Language), newNumber()
	params := append([]any{
		"code", c.Code, "host", hostOf(w.public), "number", ident.FormatMessageNumber(number),
	}, c.Params...)
	return w.sealMessage(SMS, kind, to, Text{
		To: to.Address, Language: words.Lang(), Lines: []string{words.T("sms."+string(kind), params...)}, Number: number,
		Until: c.Until,
	})
}

// hostOf returns the host of the portal. A telephone offers a code with it on the portal's pages only.
func hostOf(public string) string {
	u, err := url.Parse(public)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// addressOf returns the address of the portal as people type it.
func addressOf(public string) string {
	_, host, ok := strings.Cut(public, "://")
	if !ok {
		return public
	}
	return host
}

// Paper returns a letter to be printed and posted. The recipient's address is the postal one, below the name.
func (w *Writer) Paper(kind Kind, to Recipient, c Content) (Message, error) {
	if err := w.CheckChannel(Paper); err != nil {
		return Message{}, err
	}
	return w.write(Paper, kind, to, c)
}

// Decoy returns a message that is never sent and takes the same time to write.
func (w *Writer) Decoy(kind Kind, c Content) (Message, error) {
	message, err := w.Mail(kind, Recipient{Address: "nobody@bompass.invalid", Language: i18n.Default}, c)
	message.Channel, message.Counts = Decoy, nil
	return message, err
}

// sealMessage encrypts the text for the outbox. A message without an address becomes a decoy.
func (w *Writer) sealMessage(channel Channel, kind Kind, to Recipient, text Text) (Message, error) {
	plain, err := json.Marshal(text)
	if err != nil {
		return Message{}, fmt.Errorf("write %s: %w", kind, err)
	}
	if text.To == "" { // an account that was created with an eID may have no address
		channel = Decoy
	}
	message := Message{ID: uuid.NewString(), Channel: channel, Kind: kind, Account: to.Account, Written: w.now()}
	message.Number, message.Language, message.ShownTo = text.Number, text.Language, mask(channel, text.To)
	message.Counts, message.Dropped = w.counts(channel, kind, to)
	message.Key, message.Sealed = w.seal.SealText(plain, message.sealContext())
	return message, nil
}

// sealContext returns the additional data with which the text is sealed. Its prefix is part of stored ciphertexts
// and must not change.
func (l Message) sealContext() string { return "letter " + l.ID }
