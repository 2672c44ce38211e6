package person

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Invitation is an offer to act for a customer.
type Invitation struct {
	ID       string
	Customer toll.CustomerID
	Email    string
	Role     role.Role
	Until    time.Time // end of the role; zero for no end
	Vehicle  toll.VehicleID
	By       toll.AccountID
	At, Ends time.Time
}

// RoleChange gives a person another role for a customer, and a driver a vehicle. Message tells the person.
type RoleChange struct {
	Customer toll.CustomerID
	Account  toll.AccountID
	Role     role.Role
	Vehicle  toll.VehicleID
	Message  func(notice.Recipient) (notice.Message, error)
	ByOwner  bool // only the owner changes the role of an administrator
	At       time.Time
}

// PeopleStore stores the people who act for a customer.
type PeopleStore interface {
	People(ctx context.Context, customer toll.CustomerID, now time.Time) (api.PeopleReply, error)
	// Invite returns fault.NotFound when the vehicle is not the customer's.
	Invite(ctx context.Context, i Invitation, link seal.Link, messages []notice.Message) error
	// AcceptInvitation uses up the link and gives the account its role. An owner keeps the owner's role.
	AcceptInvitation(ctx context.Context, link seal.Hash, invitation string, account toll.AccountID, now time.Time) error
	WithdrawInvitation(ctx context.Context, customer toll.CustomerID, id string, now time.Time) error
}

// RoleStore stores changes of the people's roles.
type RoleStore interface {
	// ChangeRole returns fault.LastOwner for an owner, and fault.NotFound for a person without a role or a vehicle that is
	// not the customer's.
	ChangeRole(ctx context.Context, c RoleChange) error
	// RemovePerson returns fault.LastOwner for an owner, and fault.NotFound for a person without a role.
	RemovePerson(ctx context.Context, customer toll.CustomerID, account toll.AccountID, message func(notice.Recipient) (notice.Message, error), now time.Time) error
}

// People returns the people who act for the actor's customer.
func (s *Service) People(ctx context.Context, actor access.Principal) (api.PeopleReply, error) {
	if !actor.Role.May(role.ManagePeople) {
		return api.PeopleReply{}, fault.New(fault.Refused)
	}
	reply, err := s.store.People(ctx, actor.Customer, s.now())
	for i := range reply.People {
		reply.People[i].Here = reply.People[i].Account == actor.Account
	}
	return reply, err
}

// requireManagePeople requires the right to manage people and a recent step-up.
func (s *Service) requireManagePeople(actor access.Principal) error {
	if !actor.Role.May(role.ManagePeople) {
		return fault.New(fault.Refused)
	}
	return s.stepUp.RequireStepUp(actor)
}

// Invite sends an invitation to act for the actor's customer.
func (s *Service) Invite(ctx context.Context, actor access.Principal, req api.InviteRequest) error {
	if !actor.Role.May(role.ManagePeople) {
		return fault.New(fault.Refused)
	}
	email, wanted, now := strings.ToLower(strings.TrimSpace(req.Email)), req.Role, s.now()
	var faults fault.List
	if !access.CheckEmail(email) {
		faults.Add(wrongOrMissing(email).At("email"))
	}
	switch {
	case !role.Grantable(wanted):
		faults.Add(fault.New(fault.FieldWrong).At("role"))
	case wanted == role.Administrator && actor.Role != role.Owner:
		return fault.New(fault.Refused).At("role") // only the owner appoints administrators
	case (wanted == role.Driver) != (req.Vehicle != ""):
		faults.Add(fault.New(fault.FieldMissing).At("vehicle"))
	}
	if !req.Until.IsZero() && !req.Until.After(now) {
		faults.Add(fault.New(fault.FieldWrong).At("until"))
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if err := s.stepUp.RequireStepUp(actor); err != nil { // after the checks: a proof is asked for what can be done
		return err
	}
	i := Invitation{
		ID: uuid.NewString(), Customer: actor.Customer, Email: email, Role: wanted, Until: req.Until, Vehicle: req.Vehicle,
		By: actor.Account, At: now, Ends: now.Add(access.InvitationMax),
	}
	link, token, err := s.keys.NewLink(seal.PurposeInvitation, "", i.Ends, i.ID)
	if err != nil {
		return err
	}
	words := i18n.For(actor.Language)
	message, err := s.writer.Mail(notice.Invited, notice.Recipient{Address: email, Language: actor.Language, By: actor.Account}, notice.Content{
		Link: "/invitation?token=" + string(token), Params: []any{"name", actor.Name, "role", words.T("role." + string(wanted))},
	})
	if err != nil {
		return err
	}
	return s.store.Invite(ctx, i, link, []notice.Message{message})
}

// AcceptInvitation accepts an invitation for the person who is signed in. Possession of the link proves access to the
// mailbox.
func (s *Service) AcceptInvitation(ctx context.Context, actor access.Principal, token seal.Token) error {
	if !token.Plausible() {
		return fault.New(fault.LinkSpent)
	}
	link, err := s.store.FindLink(ctx, token.Hash(), seal.PurposeInvitation, s.now())
	if err != nil {
		return err
	}
	var invitation string
	if err := s.keys.OpenLink(link, &invitation); err != nil {
		return err
	}
	return s.store.AcceptInvitation(ctx, link.Hash, invitation, actor.Account, s.now())
}

// WithdrawInvitation withdraws an invitation. Its link becomes invalid.
func (s *Service) WithdrawInvitation(ctx context.Context, actor access.Principal, id string) error {
	if err := s.requireManagePeople(actor); err != nil {
		return err
	}
	if uuid.Validate(id) != nil {
		return fault.New(fault.NotFound)
	}
	return s.store.WithdrawInvitation(ctx, actor.Customer, id, s.now())
}

// ChangeRole gives another person of the customer another role, at once. Only the owner makes or changes administrators.
func (s *Service) ChangeRole(ctx context.Context, actor access.Principal, req api.RoleRequest) error {
	if err := s.requireManagePeople(actor); err != nil {
		return err
	}
	switch {
	case !role.Grantable(req.Role):
		return fault.New(fault.FieldWrong).At("role")
	case uuid.Validate(string(req.Account)) != nil:
		return fault.New(fault.NotFound)
	case req.Account == actor.Account, req.Role == role.Administrator && actor.Role != role.Owner:
		return fault.New(fault.Refused).At("role")
	case (req.Role == role.Driver) != (req.Vehicle != ""), req.Vehicle != "" && uuid.Validate(string(req.Vehicle)) != nil:
		return fault.New(fault.FieldMissing).At("vehicle")
	}
	return s.store.ChangeRole(ctx, RoleChange{
		Customer: actor.Customer, Account: req.Account, Role: req.Role, Vehicle: req.Vehicle, ByOwner: actor.Role == role.Owner, At: s.now(),
		Message: func(to notice.Recipient) (notice.Message, error) {
			return s.writer.Mail(notice.RoleChanged, to, notice.Content{Params: []any{"name", actor.Name}})
		},
	})
}

// RemovePerson ends a person's right to act for the customer, at once.
func (s *Service) RemovePerson(ctx context.Context, actor access.Principal, account toll.AccountID) error {
	if err := s.requireManagePeople(actor); err != nil {
		return err
	}
	if uuid.Validate(string(account)) != nil {
		return fault.New(fault.NotFound)
	}
	return s.store.RemovePerson(ctx, actor.Customer, account, func(to notice.Recipient) (notice.Message, error) {
		return s.writer.Mail(notice.RoleChanged, to, notice.Content{Params: []any{"name", actor.Name}})
	}, s.now())
}
