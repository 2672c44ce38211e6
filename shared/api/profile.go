package api

import (
	"encoding/json"
	"time"

	"bompass/shared/role"
	"bompass/shared/toll"
)

// Details are what a person has told us and may change.
type Details struct {
	Mobile       string `json:"mobile"`
	PhonePrivate string `json:"phone_private"`
	PhoneWork    string `json:"phone_work"`
	Street       string `json:"street"`
	PostalCode   string `json:"postal_code"`
	City         string `json:"city"`
	Country      string `json:"country"`           // ISO 3166 alpha-2
	Contact      string `json:"contact,omitempty"` // whom to ask for in a company
}

// ProfileReply is "my details". Name and birth date come from registers and cannot be changed here.
type ProfileReply struct {
	Name            string `json:"name"`
	Email           string `json:"email"`
	EmailConfirmed  bool   `json:"email_confirmed"`
	MobileConfirmed bool   `json:"mobile_confirmed"`
	Company         bool   `json:"company"` // the contact field is shown
	Saved           bool   `json:"saved"`   // the person has gone through it once
	Details
	Consents []Consent  `json:"consents"`
	Erasure  *time.Time `json:"erasure,omitempty"` // when it was asked for
	Holds    []Hold     `json:"holds"`
}

// Consent is a person's latest stand on one question.
type Consent struct {
	Kind    toll.ConsentKind `json:"kind"`
	Given   bool             `json:"given"`
	Version int              `json:"version"`     // of the words agreed to; 0 when never asked
	Current int              `json:"current"`     // of the words today
	At      time.Time        `json:"at,omitzero"` // when the stand was taken
	Reaches bool             `json:"reaches"`     // has effect, S4.33
}

// Hold is something that the law makes us keep when a person is erased.
type Hold struct {
	What  string    `json:"what"` // passages, charges
	Count int       `json:"count"`
	Until time.Time `json:"until"`
}

// EmailRequest asks for another address.
type EmailRequest struct {
	Email string `json:"email"`
}

// CodeRequest asks for a code to be sent to the address or number that is to be confirmed.
type CodeRequest struct {
	Channel string `json:"channel"` // email, mobile
}

// ConfirmRequest brings the code.
type ConfirmRequest struct {
	Channel string `json:"channel"`
	Code    string `json:"code"`
}

// ConsentRequest takes a stand on every question.
type ConsentRequest struct {
	Given map[toll.ConsentKind]bool `json:"given"`
}

// SessionsReply says where a person is signed in and what has happened to the account.
type SessionsReply struct {
	Sessions []SessionLine `json:"sessions"` // latest used first
	History  []EventLine   `json:"history"`  // newest first
}

// SessionLine is one signed-in stay.
type SessionLine struct {
	ID      string    `json:"id"`
	Device  string    `json:"device"`
	Network string    `json:"network"`
	Began   time.Time `json:"began"`
	Seen    time.Time `json:"seen"`
	Here    bool      `json:"here"` // the one that asks
}

// EventLine is one line of an account's history.
type EventLine struct {
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Device  string    `json:"device,omitempty"`
	Network string    `json:"network,omitempty"`
}

// SessionRequest names a session.
type SessionRequest struct {
	ID string `json:"id"`
}

// PeopleReply says who acts for the customer.
type PeopleReply struct {
	People  []PersonLine  `json:"people"`
	Invited []InvitedLine `json:"invited"`
}

// PersonLine is somebody who acts for the customer.
type PersonLine struct {
	Account toll.AccountID `json:"account"`
	Name    string         `json:"name"`
	Email   string         `json:"email"`
	Role    role.Role      `json:"role"`
	Until   time.Time      `json:"until,omitzero"`
	Vehicle toll.VehicleID `json:"vehicle,omitempty"`
	Here    bool           `json:"here"` // the one who asks
}

// InvitedLine is an invitation that nobody has taken yet.
type InvitedLine struct {
	ID    string    `json:"id"`
	Email string    `json:"email"`
	Role  role.Role `json:"role"`
	Ends  time.Time `json:"ends"`
}

// InviteRequest invites somebody to act for the customer.
type InviteRequest struct {
	Email   string         `json:"email"`
	Role    role.Role      `json:"role"`
	Until   time.Time      `json:"until,omitzero"`    // of the role
	Vehicle toll.VehicleID `json:"vehicle,omitempty"` // a driver's own
}

// PersonRequest names somebody who acts for the customer.
type PersonRequest struct {
	Account toll.AccountID `json:"account"`
}

// InvitationRequest names an invitation.
type InvitationRequest struct {
	ID string `json:"id"`
}

// ErasureRequest asks to be erased, or takes that back.
type ErasureRequest struct {
	Withdraw bool `json:"withdraw,omitempty"`
}

// ExportReply is everything we know about a person, section by section.
type ExportReply struct {
	At       time.Time                  `json:"at"`
	Sections map[string]json.RawMessage `json:"sections"`
}

// The routes about oneself and about who acts for the customer.
var (
	Profile      = customer[Empty, ProfileReply]("profile", "GET", "/api/v1/profile", role.SeeOwn)
	SaveProfile  = customer[Details, ProfileReply]("profile.save", "POST", "/api/v1/profile", role.SeeOwn)
	ChangeEmail  = customer[EmailRequest, Empty]("profile.email", "POST", "/api/v1/profile/email", role.SeeOwn)
	SendCode     = customer[CodeRequest, Empty]("profile.code", "POST", "/api/v1/profile/code", role.SeeOwn)
	ConfirmCode  = customer[ConfirmRequest, ProfileReply]("profile.confirm", "POST", "/api/v1/profile/confirm", role.SeeOwn)
	SaveConsents = customer[ConsentRequest, ProfileReply]("consent.save", "POST", "/api/v1/profile/consents", role.SeeOwn)
	Erase        = customer[ErasureRequest, ProfileReply]("erasure", "POST", "/api/v1/profile/erasure", role.SeeOwn)
	Export       = customer[Empty, ExportReply]("export", "GET", "/api/v1/export", role.SeeOwn)
	Sessions     = customer[Empty, SessionsReply]("session.list", "GET", "/api/v1/sessions", role.SeeOwn)
	EndSession   = customer[SessionRequest, Empty]("session.end.one", "POST", "/api/v1/sessions/end", role.SeeOwn)
	EndSessions  = customer[Empty, Empty]("session.end.all", "POST", "/api/v1/sessions/end-all", role.SeeOwn)
	People       = customer[Empty, PeopleReply]("people", "GET", "/api/v1/people", role.ManagePeople)
	Invite       = customer[InviteRequest, Empty]("people.invite", "POST", "/api/v1/people/invite", role.ManagePeople)
	RemovePerson = customer[PersonRequest, Empty]("people.remove", "POST", "/api/v1/people/remove", role.ManagePeople)
	Withdraw     = customer[InvitationRequest, Empty]("people.withdraw", "POST", "/api/v1/people/withdraw", role.ManagePeople)
)
