package access

import "time"

// EventKind says what happened to an account. Its words stand in the catalogues under "event.<kind>".
type EventKind string

// The events of an account's history.
const (
	EventRegistered EventKind = "registered"
	EventSignedIn   EventKind = "signed.in"
	EventSignedOut  EventKind = "signed.out"
	EventEnded      EventKind = "sessions.ended"
	EventProven     EventKind = "proven" // a factor was shown again
	EventPassword   EventKind = "password"
	EventFactor     EventKind = "factor.added"
	EventFactorGone EventKind = "factor.removed"
	EventRecovery   EventKind = "recovery.made"
	EventRecovered  EventKind = "recovery.used"
	EventEmail      EventKind = "email"
	EventEmailKept  EventKind = "email.kept"
	EventMobile     EventKind = "mobile"
	EventConsent    EventKind = "consent"
	EventExported   EventKind = "exported"
	EventErasure    EventKind = "erasure"
	EventRole       EventKind = "role"
	EventLinked     EventKind = "linked"    // agreements on an address
	EventAgreed     EventKind = "agreed"    // an agreement was made
	EventSuspended  EventKind = "suspended" // the authenticator, after too many wrong codes
	EventLostAsked  EventKind = "lost.asked"
	EventLostStop   EventKind = "lost.stopped"
	EventLostUsed   EventKind = "lost.used" // every factor was replaced
	EventAddress    EventKind = "address"   // the postal one
	EventEID        EventKind = "eid.connected"
	EventJoined     EventKind = "joined"         // with another account of the same person
	EventCapped     EventKind = "session.capped" // the oldest session ended for a new one
)

// Event is one line of an account's history.
type Event struct {
	Kind  EventKind
	At    time.Time
	Place Place
}
