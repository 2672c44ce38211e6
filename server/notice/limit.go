package notice

import (
	"slices"
	"strings"

	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of messages that people can cause, each a day. A limit is refilled evenly over the day.
const (
	textsPerNumber  = 10
	textsPerPerson  = 10
	mailsPerAddress = 10
	mailsPerPerson  = 100
	lettersPerOwner = 3
	noticesPerOwner = 100
)

// Count is a limit that a message counts under: what is counted, as a keyed hash, and how many messages of a day it
// allows.
type Count struct {
	Key string
	Max int
}

// Limits is the part of the limits that the operator of the portal chooses.
type Limits struct {
	Countries    []string // calling codes of the countries whose numbers receive text messages without a limit of the country
	OthersPerDay int      // text messages a day to each other country; 0 allows none
}

// DefaultLimits allows the countries of the European Economic Area, the United Kingdom and Switzerland, and few messages
// to others: somebody who earns by incoming text messages chooses the country.
func DefaultLimits() Limits {
	return Limits{Countries: strings.Fields("30 31 32 33 34 351 352 353 354 356 357 358 359 36 370 371 372 385 386 39 40 41 420 421 423 43 44 45 46 47 48 49"), OthersPerDay: 20}
}

// premium are the beginnings of numbers whose messages cost more than those to people: satellites and international
// networks, shared cost, premium rate and personal numbers.
var premium = strings.Fields("808 870 878 881 882 883 888 979 1900 33899 4470 4476 449 4590 46900 46939 46944 4782 4781 49900 358600 358700")

// isPremium reports whether a number, in international form, belongs to a range that is charged above the usual rate.
func isPremium(number string) bool {
	digits := strings.TrimPrefix(number, "+")
	return slices.ContainsFunc(premium, func(begin string) bool { return strings.HasPrefix(digits, begin) })
}

// twoDigits are the calling codes of two digits; those of one digit are 1 and 7, and all others have three.
const twoDigits = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "

// callingCode returns the calling code of a number in international form.
func callingCode(number string) string {
	digits := strings.TrimPrefix(number, "+")
	switch {
	case strings.HasPrefix(digits, "1"), strings.HasPrefix(digits, "7"):
		return digits[:1]
	case len(digits) >= 2 && strings.Contains(twoDigits, " "+digits[:2]+" "):
		return digits[:2]
	}
	return digits[:min(3, len(digits))]
}

// CheckNumber returns a fault for a number that no text message is sent to.
func (w *Writer) CheckNumber(number string) error {
	if isPremium(number) || w.limits.OthersPerDay == 0 && !slices.Contains(w.limits.Countries, callingCode(number)) {
		return fault.New(fault.FieldWrong).At("mobile")
	}
	return nil
}

// requested are the kinds that a person can cause to be sent to an address or number of their choice. All others tell
// the owner of an account what has happened to it.
var requested = []Kind{
	Register, AlreadyRegistered, Reset, FirstEmail, FirstEmailTaken, FirstPassword, ConfirmEmail, ConfirmMobile, EmailNew, EmailTaken,
	Invited, FindAgreements, SignInCode, LostAsked, LostCode,
}

// counts returns what a message counts under. A message that the caller's person has not asked for in a session is
// dropped beyond a limit: a refusal would tell whether an account exists, or keep something from being done.
func (w *Writer) counts(channel Channel, kind Kind, to Recipient) (list []Count, dropped bool) {
	add := func(what, name string, most int) {
		if name != "" {
			list = append(list, Count{Key: "message " + what + ":" + w.seal.ThrottleName(what+" "+strings.ToLower(name)), Max: most})
		}
	}
	owner := string(to.Account)
	if owner == "" {
		owner = to.Address
	}
	switch {
	case to.Address == "" || channel == Decoy:
		return nil, true
	case kind == NewInvoice || kind == NewReminder: // as many as there are
		return nil, false
	case !slices.Contains(requested, kind):
		add("notice", owner, noticesPerOwner)
		return list, true
	case channel == SMS:
		add("number", to.Address, textsPerNumber)
		add("texts of person", string(to.By), textsPerPerson)
		if code := callingCode(to.Address); !slices.Contains(w.limits.Countries, code) {
			list = append(list, Count{Key: "message country:" + code, Max: w.limits.OthersPerDay})
		}
	case channel == Paper:
		add("letters", owner, lettersPerOwner)
	default:
		add("address", to.Address, mailsPerAddress)
		add("mails of person", string(to.By), mailsPerPerson)
	}
	return list, to.By == ""
}

// AskedBy returns the recipient of a message that a signed-in person has asked for. It is refused beyond a limit.
func (r Recipient) AskedBy(account toll.AccountID) Recipient {
	r.By = account
	return r
}
