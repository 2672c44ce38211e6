package apiclient

import (
	"context"

	"bompass/shared/api"
)

// Profile returns the content of the page "my details".
func (c *Client) Profile(ctx context.Context) (api.ProfileReply, error) {
	return Call(ctx, c, api.Profile, api.Empty{})
}

// SaveProfile saves the contact details, and the answers to all questions of consent.
func (c *Client) SaveProfile(ctx context.Context, req api.SaveRequest) (api.ProfileReply, error) {
	return Call(ctx, c, api.SaveProfile, req)
}

// ChangeEmail asks for a change of the email address. The server sends a link to both addresses: the new one
// confirms the change, and the old one can stop it.
func (c *Client) ChangeEmail(ctx context.Context, email string) error {
	_, err := Call(ctx, c, api.ChangeEmail, api.EmailRequest{Email: email})
	return err
}

// SendCode makes the server send a confirmation code by a channel.
func (c *Client) SendCode(ctx context.Context, channel string) error {
	_, err := Call(ctx, c, api.SendCode, api.CodeRequest{Channel: channel})
	return err
}

// KeepEmail withdraws a change of the email address that is not confirmed yet.
func (c *Client) KeepEmail(ctx context.Context) (api.ProfileReply, error) {
	return Call(ctx, c, api.KeepEmail, api.Empty{})
}

// ConfirmCode confirms the address or number of a channel with its code.
func (c *Client) ConfirmCode(ctx context.Context, channel, code string) (api.ProfileReply, error) {
	return Call(ctx, c, api.ConfirmCode, api.ConfirmRequest{Channel: channel, Code: code})
}

// Erase asks for erasure, or withdraws that request.
func (c *Client) Erase(ctx context.Context, withdraw bool) (api.ProfileReply, error) {
	return Call(ctx, c, api.Erase, api.ErasureRequest{Withdraw: withdraw})
}

// Sessions returns the open sessions and the history of the account.
func (c *Client) Sessions(ctx context.Context) (api.SessionsReply, error) {
	return Call(ctx, c, api.Sessions, api.Empty{})
}

// EndSession ends one session.
func (c *Client) EndSession(ctx context.Context, id string) error {
	_, err := Call(ctx, c, api.EndSession, api.SessionRequest{ID: id})
	return err
}

// EndSessions ends every session, including the current one.
func (c *Client) EndSessions(ctx context.Context) error {
	_, err := Call(ctx, c, api.EndSessions, api.Empty{})
	return err
}

// People returns the people who can act for the customer, and the open invitations.
func (c *Client) People(ctx context.Context) (api.PeopleReply, error) {
	return Call(ctx, c, api.People, api.Empty{})
}

// Invite invites a person to act for the customer.
func (c *Client) Invite(ctx context.Context, req api.InviteRequest) error {
	_, err := Call(ctx, c, api.Invite, req)
	return err
}

// RemovePerson ends a person's right to act for the customer.
func (c *Client) RemovePerson(ctx context.Context, req api.PersonRequest) error {
	_, err := Call(ctx, c, api.RemovePerson, req)
	return err
}

// ChangeRole gives a person another role for the customer.
func (c *Client) ChangeRole(ctx context.Context, req api.RoleRequest) error {
	_, err := Call(ctx, c, api.ChangeRole, req)
	return err
}

// Withdraw withdraws an invitation.
func (c *Client) Withdraw(ctx context.Context, id string) error {
	_, err := Call(ctx, c, api.Withdraw, api.InvitationRequest{ID: id})
	return err
}
