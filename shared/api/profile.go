package api

import (
	"encoding/json"
	"time"

	"bompass/shared/role"
	"bompass/shared/toll"
)

// Details are the contact details that a person enters and can change.
type Details struct {
	Mobile       string `json:"mobile"`
	PhonePrivate string `json:"phone_private"`
	PhoneWork    string `json:"phone_work"`
	Street       string `json:"street"`
	PostalCode   string `json:"postal_code"`
	City         string `json:"city"`
	Country      string `json:"country"`           // ISO 3166 alpha-2
	Contact      string `json:"contact,omitempty"` // name of the contact person of a company
}

// SaveRequest changes the page "my details" as a whole.
type SaveRequest struct {
	Details
	Given map[toll.ConsentKind]bool `json:"given,omitempty"` // the answers to all questions of consent; nil keeps those before
}

// ProfileReply is the content of the page "my details". The name comes from a register and cannot be changed here.
type ProfileReply struct {
	Name            string `json:"name"`
	Registered      bool   `json:"registered,omitempty"` // the name comes from a population register, by an eID
	Email           string `json:"email"`
	EmailConfirmed  bool   `json:"email_confirmed"`
	PendingEmail    string `json:"pending_email,omitempty"` // a new address that is not confirmed yet
	MobileConfirmed bool   `json:"mobile_confirmed"`
	Company         bool   `json:"company"` // the customer is a company, which has a contact person
	Saved           bool   `json:"saved"`   // the details have been saved at least once
	Details
	Consents []Consent  `json:"consents"`
	Erasure  *time.Time `json:"erasure,omitempty"` // time of the request for erasure
	Holds    []Hold     `json:"holds"`
}

// Consent is a person's current answer to a question of consent.
type Consent struct {
	Kind    toll.ConsentKind `json:"kind"`
	Given   bool             `json:"given"`
	Version int              `json:"version"`     // of the accepted text; 0 if there is no answer
	Current int              `json:"current"`     // of the current text
	At      time.Time        `json:"at,omitzero"` // time of the answer
	Reaches bool             `json:"reaches"`     // has effect: advertising needs consent to a channel, too, S4.33
}

// Hold is a category of data that the law requires to be kept when a person is erased.
type Hold struct {
	What  string    `json:"what"` // passages, charges
	Count int       `json:"count"`
	Until time.Time `json:"until"`
}

// EmailRequest asks for a change of the email address.
type EmailRequest struct {
	Email string `json:"email"`
}

// CodeRequest asks for a confirmation code to be sent by a channel.
type CodeRequest struct {
	Channel string `json:"channel"` // email, mobile
}

// ConfirmRequest confirms the address or number of a channel with the code that was sent to it.
type ConfirmRequest struct {
	Channel string `json:"channel"`
	Code    string `json:"code"`
}

// ConsentRequest has the answer to every question of consent.
type ConsentRequest struct {
	Given map[toll.ConsentKind]bool `json:"given"`
}

// SessionsReply lists a person's open sessions and the history of the account.
type SessionsReply struct {
	Sessions []SessionLine `json:"sessions"` // most recently used first
	History  []EventLine   `json:"history"`  // newest first
}

// SessionLine is one open session.
type SessionLine struct {
	ID      string    `json:"id"`
	Device  string    `json:"device"`  // browser and system, as from the User-Agent header
	Network string    `json:"network"` // truncated address
	Began   time.Time `json:"began"`
	Seen    time.Time `json:"seen"`
	Here    bool      `json:"here"` // the session of this request
}

// EventLine is one event in the history of an account.
type EventLine struct {
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Device  string    `json:"device,omitempty"`
	Network string    `json:"network,omitempty"`
}

// SessionRequest selects a session.
type SessionRequest struct {
	ID string `json:"id"`
}

// PeopleReply lists the people who can act for the customer, and the open invitations.
type PeopleReply struct {
	People  []PersonLine  `json:"people"`
	Invited []InvitedLine `json:"invited"`
}

// PersonLine is one person who can act for the customer.
type PersonLine struct {
	Account toll.AccountID `json:"account"`
	Name    string         `json:"name"`
	Email   string         `json:"email"`
	Role    role.Role      `json:"role"`
	Until   time.Time      `json:"until,omitzero"`    // end of the role; zero if it does not end
	Vehicle toll.VehicleID `json:"vehicle,omitempty"` // of a driver
	Here    bool           `json:"here"`              // the signed-in person
}

// InvitedLine is an open invitation.
type InvitedLine struct {
	ID    string    `json:"id"`
	Email string    `json:"email"`
	Role  role.Role `json:"role"`
	Ends  time.Time `json:"ends"`
}

// InviteRequest invites a person to act for the customer.
type InviteRequest struct {
	Email   string         `json:"email"`
	Role    role.Role      `json:"role"`
	Until   time.Time      `json:"until,omitzero"`    // end of the role
	Vehicle toll.VehicleID `json:"vehicle,omitempty"` // of a driver
}

// PersonRequest selects a person who can act for the customer.
type PersonRequest struct {
	Account toll.AccountID `json:"account"`
}

// RoleRequest gives a person who can act for the customer another role.
type RoleRequest struct {
	Account toll.AccountID `json:"account"`
	Role    role.Role      `json:"role"`
	Vehicle toll.VehicleID `json:"vehicle,omitempty"` // of a driver
}

// InvitationRequest selects an invitation.
type InvitationRequest struct {
	ID string `json:"id"`
}

// ErasureRequest asks for the erasure of the signed-in person, or withdraws that request.
type ErasureRequest struct {
	Withdraw bool `json:"withdraw,omitempty"`
}

// ExportReply is all stored data about a person, by section (GDPR articles 15 and 20).
type ExportReply struct {
	At       time.Time                  `json:"at"`
	Sections map[string]json.RawMessage `json:"sections"`
}

// The routes of the person's own account and of the people who act for the customer.
var (
	Profile     = customer[Empty, ProfileReply]("profile", "GET", "/api/v1/profile", role.SeeOwn)
	SaveProfile = customer[SaveRequest, ProfileReply]("profile.save", "POST", "/api/v1/profile", role.SeeOwn)
	ChangeEmail = customer[EmailRequest, Empty]("profile.email", "POST", "/api/v1/profile/email", role.SeeOwn)
	KeepEmail   = customer[Empty, ProfileReply]("profile.email.keep", "POST", "/api/v1/profile/email/keep", role.SeeOwn)
	SendCode    = customer[CodeRequest, Empty]("profile.code", "POST", "/api/v1/profile/code", role.SeeOwn)
	ConfirmCode = customer[ConfirmRequest, ProfileReply]("profile.confirm", "POST", "/api/v1/profile/confirm",
		role.SeeOwn)
	SaveConsents = customer[ConsentRequest, ProfileReply]("consent.save", "POST", "/api/v1/profile/consents",
		role.SeeOwn)
	Erase        = customer[ErasureRequest, ProfileReply]("erasure", "POST", "/api/v1/profile/erasure", role.SeeOwn)
	Export       = customer[Empty, ExportReply]("export", "GET", "/api/v1/export", role.SeeOwn)
	Sessions     = customer[Empty, SessionsReply]("session.list", "GET", "/api/v1/sessions", role.SeeOwn)
	EndSession   = customer[SessionRequest, Empty]("session.end.one", "POST", "/api/v1/sessions/end", role.SeeOwn)
	EndSessions  = customer[Empty, Empty]("session.end.all", "POST", "/api/v1/sessions/end-all", role.SeeOwn)
	People       = customer[Empty, PeopleReply]("people", "GET", "/api/v1/people", role.ManagePeople)
	Invite       = customer[InviteRequest, Empty]("people.invite", "POST", "/api/v1/people/invite", role.ManagePeople)
	RemovePerson = customer[PersonRequest, Empty]("people.remove", "POST", "/api/v1/people/remove", role.ManagePeople)
	ChangeRole   = customer[RoleRequest, Empty]("people.role", "POST", "/api/v1/people/role", role.ManagePeople)
	Withdraw     = customer[InvitationRequest, Empty]("people.withdraw", "POST", "/api/v1/people/withdraw",
		role.ManagePeople)
)
