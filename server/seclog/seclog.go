// Package seclog is the log of security events: what was tried, refused and changed in sign-in, sessions, factors and
// rights, ASVS V16.3. An entry names its event, the account and party, the client's address and the route. It has no
// password, code, token, name, email address or telephone number.
//
// A request collects its events in a Recorder, and the HTTP layer writes them when the answer is known, so that a change
// whose transaction was rolled back is not logged.
package seclog

import (
	"context"
	"slices"
	"sync"

	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Event is the stable name of a security event. Names are never reused for something else: alarms are built on them.
type Event string

// The events of refusals and failures.
const (
	SignInFailed   Event = "signin.failed"   // unknown name or wrong password
	FactorFailed   Event = "factor.failed"   // wrong code, passkey or recovery code at sign-in or step-up
	CodeFailed     Event = "code.failed"     // wrong code of an address, a number or a new factor
	EIDFailed      Event = "eid.failed"      // the issuer's proof is not accepted, or the eID belongs to another account
	LegacyFailed   Event = "legacy.failed"   // wrong number or password of the legacy system
	StationFailed  Event = "station.failed"  // unknown key of a station
	LinkFailed     Event = "link.failed"     // a link of a message is spent, too old or not the person's
	AccessRefused  Event = "access.refused"  // a right is missing
	CSRFRefused    Event = "csrf.refused"    // the request did not come from our own page
	HostRefused    Event = "host.refused"    // the request names another host
	RequestRefused Event = "request.refused" // its framing or headers are ambiguous
	LimitMet       Event = "limit.met"       // too many tries, requests or messages
	MessageDropped Event = "message.dropped" // a message beyond a limit is not sent
	LinkDeclined   Event = "link.declined"   // "this was not me"
	SessionEnded   Event = "session.ended"   // by its person from another session, or by the issuer of the eID
)

// accountPrefix begins the names of events that an account's history has, too.
const accountPrefix = "account."

// Changed returns the event of an entry of an account's history, such as "account.signed.in".
func Changed(kind string) Event { return Event(accountPrefix + kind) }

// Events returns the events of refusals and failures. The others are Changed of every kind of access.EventKinds.
func Events() []Event {
	return []Event{
		SignInFailed, FactorFailed, CodeFailed, EIDFailed, LegacyFailed, StationFailed, LinkFailed, AccessRefused, CSRFRefused,
		HostRefused, RequestRefused, LimitMet, MessageDropped, LinkDeclined, SessionEnded,
	}
}

// OfFault returns the event of a fault that answers a request; ok is false for a fault that is none.
func OfFault(code fault.Code) (e Event, ok bool) {
	e, ok = map[fault.Code]Event{
		fault.WrongCredentials: FactorFailed, fault.CodeWrong: CodeFailed, fault.EIDRefused: EIDFailed, fault.EIDTaken: EIDFailed,
		fault.LegacyWrong: LegacyFailed, fault.KeyUnknown: StationFailed, fault.LinkSpent: LinkFailed, fault.Refused: AccessRefused,
		fault.MandateEnded: AccessRefused, fault.CrossSite: CSRFRefused, fault.TooMany: LimitMet, fault.TooManyToday: LimitMet,
	}[code]
	return e, ok
}

// Entry is one event of a request.
type Entry struct {
	Event   Event
	Account toll.AccountID // empty for the account of the request
}

// Recorder collects the events of one request. It is safe for concurrent use.
type Recorder struct {
	mu      sync.Mutex
	entries []Entry
	account toll.AccountID
	party   toll.CustomerID
}

type key struct{}

// With returns a context whose events r collects.
func With(ctx context.Context, r *Recorder) context.Context { return context.WithValue(ctx, key{}, r) }

// from returns the recorder of a context; without one, events are not collected.
func from(ctx context.Context) *Recorder {
	r, _ := ctx.Value(key{}).(*Recorder)
	return r
}

// Note adds an event. The account is empty if it is that of the request, or unknown.
func Note(ctx context.Context, e Event, account toll.AccountID) {
	if r := from(ctx); r != nil {
		r.Add(e, account)
	}
}

// About sets the account that a request is about before anybody is signed in.
func About(ctx context.Context, account toll.AccountID) {
	if r := from(ctx); r != nil {
		r.SetActor(account, "")
	}
}

// Tentative runs do and discards the events that it has noted if it fails.
func Tentative(ctx context.Context, do func() error) error {
	r := from(ctx)
	if r == nil {
		return do()
	}
	r.mu.Lock()
	mark := len(r.entries)
	r.mu.Unlock()
	err := do()
	if err != nil {
		r.mu.Lock()
		r.entries = r.entries[:min(mark, len(r.entries))]
		r.mu.Unlock()
	}
	return err
}

// Add adds an event, unless the request has it for the account already.
func (r *Recorder) Add(e Event, account toll.AccountID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if entry := (Entry{e, account}); !slices.Contains(r.entries, entry) {
		r.entries = append(r.entries, entry)
	}
}

// SetActor sets the account of a request and the party that it acts for.
func (r *Recorder) SetActor(account toll.AccountID, party toll.CustomerID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.account = account
	if party != "" {
		r.party = party
	}
}

// Actor is who made a request, and the party that was acted for. Both are empty for an unknown visitor.
type Actor struct {
	Account toll.AccountID
	Party   toll.CustomerID
}

// Take returns the events that were collected, each with the account that it is about, and removes them.
func (r *Recorder) Take() ([]Entry, Actor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.entries
	r.entries = nil
	for i := range list {
		if list[i].Account == "" {
			list[i].Account = r.account
		}
	}
	return list, Actor{r.account, r.party}
}
