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
	Until    time.Time // of the role; zero for as long as the account
	Vehicle  toll.VehicleID
	By       toll.AccountID
	At, Ends time.Time
}

// PeopleStore keeps who acts for a customer.
type PeopleStore interface {
	People(ctx context.Context, customer toll.CustomerID, now time.Time) (api.PeopleReply, error)
	// Invite returns fault.NotFound when the vehicle is not the customer's.
	Invite(ctx context.Context, i Invitation, link seal.Link, letters []notice.Message) error
	// AcceptInvitation spends the link and gives the account its role; the role of an owner stays.
	AcceptInvitation(ctx context.Context, link seal.Hash, invitation string, account toll.AccountID, now time.Time) error
	WithdrawInvitation(ctx context.Context, customer toll.CustomerID, id string, now time.Time) error
	// RemovePerson returns fault.LastOwner for an owner and fault.NotFound for a stranger.
	RemovePerson(ctx context.Context, customer toll.CustomerID, account toll.AccountID, letter func(notice.Recipient) (notice.Message, error), now time.Time) error
}

// People says who acts for the actor's customer.
func (d *Service) People(ctx context.Context, actor access.Principal) (api.PeopleReply, error) {
	if !actor.Role.May(role.ManagePeople) {
		return api.PeopleReply{}, fault.New(fault.Refused)
	}
	reply, err := d.store.People(ctx, actor.Customer, d.now())
	for i := range reply.People {
		reply.People[i].Here = reply.People[i].Account == actor.Account
	}
	return reply, err
}

// requireManagePeople lets those through who may change who acts for the customer and have shown a factor lately.
func (d *Service) requireManagePeople(actor access.Principal) error {
	if !actor.Role.May(role.ManagePeople) {
		return fault.New(fault.Refused)
	}
	return d.stepUp.RequireStepUp(actor)
}

// Invite sends somebody a link to act for the actor's customer.
func (d *Service) Invite(ctx context.Context, actor access.Principal, req api.InviteRequest) error {
	if err := d.requireManagePeople(actor); err != nil {
		return err
	}
	email, wanted, now := strings.ToLower(strings.TrimSpace(req.Email)), role.Role(req.Role), d.now()
	switch {
	case !access.CheckEmail(email):
		return fault.New(fault.FieldWrong).At("email")
	case !role.Grantable(wanted):
		return fault.New(fault.FieldWrong).At("role")
	case wanted == role.Administrator && actor.Role != role.Owner:
		return fault.New(fault.Refused).At("role") // only the owner makes equals
	case (wanted == role.Driver) != (req.Vehicle != ""):
		return fault.New(fault.FieldMissing).At("vehicle")
	case !req.Until.IsZero() && !req.Until.After(now):
		return fault.New(fault.FieldWrong).At("until")
	}
	i := Invitation{
		ID: uuid.NewString(), Customer: actor.Customer, Email: email, Role: wanted, Until: req.Until, Vehicle: req.Vehicle,
		By: actor.Account, At: now, Ends: now.Add(access.InvitationMax),
	}
	link, token, err := d.keys.NewLink(seal.PurposeInvitation, "", i.Ends, i.ID)
	if err != nil {
		return err
	}
	words := i18n.For(actor.Language)
	letter, err := d.writer.Mail(notice.Invited, notice.Recipient{Address: email, Language: actor.Language}, notice.Content{
		Link: "/invitation?token=" + string(token), Params: []any{"name", actor.Name, "role", words.T("role." + string(wanted))},
	})
	if err != nil {
		return err
	}
	return d.store.Invite(ctx, i, link, []notice.Message{letter})
}

// AcceptInvitation accepts an invitation for the person who is signed in. Whoever has the link has the mailbox.
func (d *Service) AcceptInvitation(ctx context.Context, actor access.Principal, token seal.Token) error {
	if !token.Plausible() {
		return fault.New(fault.LinkSpent)
	}
	link, err := d.store.FindLink(ctx, token.Hash(), seal.PurposeInvitation, d.now())
	if err != nil {
		return err
	}
	var invitation string
	if err := d.keys.OpenLink(link, &invitation); err != nil {
		return err
	}
	return d.store.AcceptInvitation(ctx, link.Hash, invitation, actor.Account, d.now())
}

// WithdrawInvitation takes an invitation back; its link opens nothing any more.
func (d *Service) WithdrawInvitation(ctx context.Context, actor access.Principal, id string) error {
	if err := d.requireManagePeople(actor); err != nil {
		return err
	}
	if uuid.Validate(id) != nil {
		return fault.New(fault.NotFound)
	}
	return d.store.WithdrawInvitation(ctx, actor.Customer, id, d.now())
}

// RemovePerson ends somebody's right to act for the customer, at once.
func (d *Service) RemovePerson(ctx context.Context, actor access.Principal, account toll.AccountID) error {
	if err := d.requireManagePeople(actor); err != nil {
		return err
	}
	if uuid.Validate(string(account)) != nil {
		return fault.New(fault.NotFound)
	}
	return d.store.RemovePerson(ctx, actor.Customer, account, func(to notice.Recipient) (notice.Message, error) {
		return d.writer.Mail(notice.RoleChanged, to, notice.Content{Params: []any{"name", actor.Name}})
	}, d.now())
}
