// Package fault owns the errors that a person can act on: a code, its parameters, perhaps a field.
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

// The codes. Each has words in every catalogue under "fault.<code>".
const (
	Internal         Code = "internal"          // something of ours broke; the trace finds it
	NotFound         Code = "not.found"         // not there, or not yours: the same answer
	SignedOut        Code = "signed.out"        // no session, or it has ended
	Refused          Code = "refused"           // signed in, but not allowed
	CrossSite        Code = "cross.site"        // the request did not come from our own page
	BadRequest       Code = "bad.request"       // not what the contract says; param "why"
	TooMany          Code = "too.many"          // throttled; param "seconds"
	TooLarge         Code = "too.large"         // param "max"
	Busy             Code = "busy"              // a part is down or full; try again
	WrongCredentials Code = "wrong.credentials" // unknown user, wrong password or wrong code alike
	PeriodTooLong    Code = "period.too.long"   // over 30 days and not one calendar month; param "days"
	PeriodReversed   Code = "period.reversed"   // the end lies before the start
	StationUnknown   Code = "station.unknown"   // params "station", "at"
	TariffMissing    Code = "tariff.missing"    // no version or no price; params "station", "at"
	PassageFuture    Code = "passage.future"    // more than five minutes ahead; params "station", "at"
	PassageTooOld    Code = "passage.too.old"   // more than 400 days; params "station", "at"
	LineMalformed    Code = "line.malformed"    // params "line", "why"
	KeyUnknown       Code = "key.unknown"       // the station's API key
	PeriodMissing    Code = "period.missing"    // no dates chosen
	StepUp           Code = "step.up"           // show a factor first: the last time is too long ago
	PasswordShort    Code = "password.short"    // param "min"
	PasswordCommon   Code = "password.common"   // what guessers try first, or made of the person's own words
	CodeWrong        Code = "code.wrong"        // a confirmation code is wrong, spent or too old
	LinkSpent        Code = "link.spent"        // a link from a letter is spent, too old or incomplete
	FieldMissing     Code = "field.missing"     // a field must be filled in
	FieldWrong       Code = "field.wrong"       // a field holds what it cannot
	LastFactor       Code = "last.factor"       // one way to confirm a sign-in must remain
	LastOwner        Code = "last.owner"        // a customer keeps an owner
	ConsentNeeded    Code = "consent.needed"    // the privacy statement must be accepted
	PartnerUnset     Code = "partner.unset"     // a system outside has not been configured; param "variable"
	PartnerDown      Code = "partner.down"      // a system outside does not answer; param "partner"
	EIDRefused       Code = "eid.refused"       // the issuer's proof is not accepted
	EIDCancelled     Code = "eid.cancelled"     // the person stopped at the issuer
	EIDTaken         Code = "eid.taken"         // it opens another account that has a password, or is somebody else's
	MandateEnded     Code = "mandate.ended"     // the right to act for the company is gone
	VehicleTaken     Code = "vehicle.taken"     // on an agreement already; whose is not told
	VehicleYours     Code = "vehicle.yours"     // on one of the customer's own agreements; param "number"
	TermsNeeded      Code = "terms.needed"      // both sets of terms must be accepted
	DraftGone        Code = "draft.gone"        // the answers have been changed or sent elsewhere
	LegacyWrong      Code = "legacy.wrong"      // number and password of the system before are not right, or spent: alike
	TooManyToday     Code = "too.many.today"    // throttled until tomorrow
)

// All lists every code, for tests of catalogues and of the status table.
var All = []Code{
	Internal, NotFound, SignedOut, Refused, CrossSite, BadRequest, TooMany, TooLarge, Busy, WrongCredentials,
	PeriodTooLong, PeriodReversed, StationUnknown, TariffMissing, PassageFuture, PassageTooOld, LineMalformed,
	KeyUnknown, PeriodMissing, PartnerUnset, PartnerDown, EIDRefused, EIDCancelled, EIDTaken, MandateEnded,
	VehicleTaken, VehicleYours, TermsNeeded, DraftGone, LegacyWrong, TooManyToday,
}

// Error is a fault with its parameters.
type Error struct {
	Code   Code              `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	Field  string            `json:"field,omitempty"` // the request's field it concerns, if one
	Trace  string            `json:"trace,omitempty"` // the request id, to quote to an operator
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

// Error is the operator's form: the code and its parameters in a fixed order.
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

// Status is the HTTP status of a code.
func Status(c Code) int {
	switch c {
	case NotFound:
		return 404
	case SignedOut, WrongCredentials, KeyUnknown, EIDRefused, EIDCancelled:
		return 401
	case Refused, CrossSite, MandateEnded:
		return 403
	case TooMany, TooManyToday:
		return 429
	case TooLarge:
		return 413
	case Busy, PartnerUnset, PartnerDown:
		return 503
	case Internal:
		return 500
	default:
		return 422
	}
}
