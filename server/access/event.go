package access

import "time"

// EventKind is the kind of an event of an account. Its text is in the catalogues under "event.<kind>".
type EventKind string

// The events of an account's history.
const (
	EventRegistered         EventKind = "registered"
	EventSignedIn           EventKind = "signed.in"
	EventSignedOut          EventKind = "signed.out"
	EventSessionsEnded      EventKind = "sessions.ended"
	EventStepUp             EventKind = "proven" // a second factor was shown again
	EventPassword           EventKind = "password"
	EventFactorAdded        EventKind = "factor.added"
	EventFactorRemoved      EventKind = "factor.removed"
	EventRecoveryMade       EventKind = "recovery.made"
	EventRecoveryUsed       EventKind = "recovery.used"
	EventEmail              EventKind = "email"
	EventEmailUndone        EventKind = "email.kept"
	EventMobile             EventKind = "mobile"
	EventConsent            EventKind = "consent"
	EventExported           EventKind = "exported"
	EventErasure            EventKind = "erasure"
	EventRole               EventKind = "role"
	EventLinked             EventKind = "linked"    // agreements found by email address
	EventAgreed             EventKind = "agreed"    // an agreement was made
	EventSuspended          EventKind = "suspended" // the authenticator, after too many wrong codes
	EventLostFactorClaimed  EventKind = "lost.asked"
	EventLostFactorStopped  EventKind = "lost.stopped"
	EventLostFactorReplaced EventKind = "lost.used" // every factor was replaced
	EventAddress            EventKind = "address"   // the postal one
	EventEID                EventKind = "eid.connected"
	EventJoined             EventKind = "joined"         // with another account of the same person
	EventCapped             EventKind = "session.capped" // a session ended because there were too many
	EventDeclined           EventKind = "link.declined"  // "this was not me" to the link of a message that was asked for
)

// EventKinds returns every kind, for the tests of the catalogues and of the security log.
func EventKinds() []EventKind {
	return []EventKind{
		EventRegistered, EventSignedIn, EventSignedOut, EventSessionsEnded, EventStepUp, EventPassword, EventFactorAdded,
		EventFactorRemoved, EventRecoveryMade, EventRecoveryUsed, EventEmail, EventEmailUndone, EventMobile, EventConsent, EventExported,
		EventErasure, EventRole, EventLinked, EventAgreed, EventSuspended, EventLostFactorClaimed, EventLostFactorStopped,
		EventLostFactorReplaced, EventAddress, EventEID, EventJoined, EventCapped, EventDeclined,
	}
}

// Event is one entry of an account's history.
type Event struct {
	Kind  EventKind
	At    time.Time
	Place Place
}
