// Package fault has the errors that a person can act on: a code, its parameters, and the field that it concerns.
//
// Words for a code live in package i18n. Everything that is not a fault is "internal" to the person
// and full detail to the operator.
package fault

import (
	"errors"
	"sort"
	"strings"
)

// Code names one kind of fault; it never changes once published.
type Code string

// The codes. Each has a row in specs, and words in every catalogue under "fault.<code>".
const (
	Internal         Code = "internal"    // something of ours broke; the trace finds it
	NotFound         Code = "not.found"   // not there, or not yours: the same answer
	SignedOut        Code = "signed.out"  // no session, or it has ended
	Refused          Code = "refused"     // signed in, but not allowed
	CrossSite        Code = "cross.site"  // the request did not come from our own page
	BadRequest       Code = "bad.request" // not what the contract says
	TooMany          Code = "too.many"    // throttled
	TooLarge         Code = "too.large"
	Busy             Code = "busy"              // a part is down or full; try again
	WrongCredentials Code = "wrong.credentials" // unknown user, wrong password or wrong code alike
	PeriodTooLong    Code = "period.too.long"   // over 30 days and not one calendar month
	PeriodReversed   Code = "period.reversed"   // the end is before the start
	StationUnknown   Code = "station.unknown"
	TariffMissing    Code = "tariff.missing"  // no version or no price
	PassageFuture    Code = "passage.future"  // more than five minutes ahead
	PassageTooOld    Code = "passage.too.old" // more than 400 days
	LineMalformed    Code = "line.malformed"
	KeyUnknown       Code = "key.unknown"    // the station's API key
	PeriodMissing    Code = "period.missing" // no dates chosen
	StepUp           Code = "step.up"        // show a factor first: the last time is too long ago
	PasswordShort    Code = "password.short"
	PasswordCommon   Code = "password.common"   // among the first that attackers try, or made of the person's own words
	PasswordLeaked   Code = "password.leaked"   // in a list of passwords that were found in data leaks
	CodeWrong        Code = "code.wrong"        // a confirmation code is wrong, spent or too old
	LinkSpent        Code = "link.spent"        // a link from an email is spent, too old or incomplete
	FieldMissing     Code = "field.missing"     // a field must be filled in
	FieldWrong       Code = "field.wrong"       // a field has an impossible value
	LastFactor       Code = "last.factor"       // one factor must remain
	LastOwner        Code = "last.owner"        // a customer keeps an owner
	ConsentNeeded    Code = "consent.needed"    // the privacy statement must be accepted
	DetailsNeeded    Code = "details.needed"    // name, email address, mobile number or postal address must be given
	PartnerUnset     Code = "partner.unset"     // a system outside has not been configured
	PartnerDown      Code = "partner.down"      // a system outside does not answer
	EIDRefused       Code = "eid.refused"       // the issuer's proof is not accepted
	EIDCancelled     Code = "eid.cancelled"     // the person stopped at the issuer
	EIDTaken         Code = "eid.taken"         // it belongs to another account with a password, or to another person
	MandateEnded     Code = "mandate.ended"     // the right to act for the company has ended
	VehicleTaken     Code = "vehicle.taken"     // on an agreement already; the answer does not say whose
	VehicleYours     Code = "vehicle.yours"     // on one of the customer's own agreements
	VehicleTagged    Code = "vehicle.tagged"    // has a tag already
	AgreementFull    Code = "agreement.full"    // has as many vehicles as a private agreement may have
	AgreementInUse   Code = "agreement.in.use"  // has other vehicles or tags
	TagOrdered       Code = "tag.ordered"       // not sent yet
	TagHeld          Code = "tag.held"          // on hold already
	TagLost          Code = "tag.lost"          // reported as lost or stolen
	TagOpen          Code = "tag.open"          // neither lost nor stolen
	TagBlocked       Code = "tag.blocked"       // by the issuer
	TagSettled       Code = "tag.settled"       // never used again
	ChangeTooOld     Code = "change.too.old"    // counts from before the earliest day allowed
	ChangeFuture     Code = "change.future"     // counts from later than now
	ChangedSince     Code = "changed.since"     // tag or vehicle was changed at or after that instant
	ChangedMeanwhile Code = "changed.meanwhile" // changed since the page was loaded
	TermsNeeded      Code = "terms.needed"      // both sets of terms must be accepted
	DraftGone        Code = "draft.gone"        // the answers have been changed or sent elsewhere
	LegacyWrong      Code = "legacy.wrong"      // number and password of the legacy system are wrong or spent: the same answer
	ImportUnreadable Code = "import.unreadable" // not a table with a column of registration numbers
	ImportTooLong    Code = "import.too.long"   // more rows than a file may have
	FileKind         Code = "file.kind"         // a sent file is none of the kinds that are accepted, or cannot be read
	FileTooLarge     Code = "file.too.large"    // a sent file is too large
	FileInfected     Code = "file.infected"     // the scanner has found a virus in a sent file
	FilesTooMany     Code = "files.too.many"    // more files than a message may have
	TooManyToday     Code = "too.many.today"    // throttled until tomorrow
)

// Error is a fault with its parameters. Its row in specs says which.
type Error struct {
	Code   Code              `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	Field  string            `json:"field,omitempty"` // the request's field it concerns, if one
	Trace  string            `json:"trace,omitempty"` // the request id, to quote to an operator
	More   []*Error          `json:"more,omitempty"`  // faults of further fields of the request
}

// List collects the faults of the fields of a request, in their order.
type List []*Error

// Add adds a fault; any other error, and nil, adds nothing.
func (l *List) Add(err error) {
	if e, ok := errors.AsType[*Error](err); ok {
		*l = append(*l, e.All()...)
	}
}

// Err returns the first fault with the others in More, nil if there are none.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	first := *l[0]
	first.More = append([]*Error(nil), l[1:]...)
	return &first
}

// All returns the fault and those in More. It returns nil for nil.
func (e *Error) All() []*Error {
	if e == nil {
		return nil
	}
	return append([]*Error{e}, e.More...)
}

// About returns the fault of a field of the request, nil if there is none.
func (e *Error) About(field string) *Error {
	for _, one := range e.All() {
		if one.Field == field {
			return one
		}
	}
	return nil
}

// Locked is the name of a parameter of SignedOut: the session is on the person's own device and waits for a passkey or an
// eID. What the device stores is kept.
const Locked = "locked"

// IsLocked reports whether an error says that the session is locked.
func IsLocked(err error) bool {
	known, ok := errors.AsType[*Error](err)
	return ok && known.Code == SignedOut && known.Params[Locked] != ""
}

// New returns a fault with parameters given as name, value pairs.
func New(code Code, pairs ...string) *Error {
	e := &Error{Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if e.Params == nil {
			e.Params = make(map[string]string, len(pairs)/2)
		}
		e.Params[pairs[i]] = pairs[i+1]
	}
	return e
}

// At returns the fault tied to a field of the request.
func (e *Error) At(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Error returns the code and its parameters in a fixed order, for operators.
func (e *Error) Error() string {
	names := make([]string, 0, len(e.Params))
	for name := range e.Params {
		names = append(names, name)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(string(e.Code))
	for _, name := range names {
		b.WriteString(" " + name + "=" + e.Params[name])
	}
	return b.String()
}

// CodeOf returns the code of a fault anywhere in err's chain; Internal for any other error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
