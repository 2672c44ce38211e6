package apiclient

import (
	"context"

	"bompass/shared/api"
)

// Profile is "my details".
func (c *Client) Profile(ctx context.Context) (api.ProfileReply, error) {
	return Call(ctx, c, api.Profile, api.Empty{})
}

// SaveProfile changes what a person may change.
func (c *Client) SaveProfile(ctx context.Context, d api.Details) (api.ProfileReply, error) {
	return Call(ctx, c, api.SaveProfile, d)
}

// ChangeEmail asks for another address; links to both follow by mail.
func (c *Client) ChangeEmail(ctx context.Context, email string) error {
	_, err := Call(ctx, c, api.ChangeEmail, api.EmailRequest{Email: email})
	return err
}

// SendCode sends a code to what is to be confirmed.
func (c *Client) SendCode(ctx context.Context, channel string) error {
	_, err := Call(ctx, c, api.SendCode, api.CodeRequest{Channel: channel})
	return err
}

// ConfirmCode confirms an address or number with its code.
func (c *Client) ConfirmCode(ctx context.Context, channel, code string) (api.ProfileReply, error) {
	return Call(ctx, c, api.ConfirmCode, api.ConfirmRequest{Channel: channel, Code: code})
}

// SaveConsents takes a stand on every question.
func (c *Client) SaveConsents(ctx context.Context, req api.ConsentRequest) (api.ProfileReply, error) {
	return Call(ctx, c, api.SaveConsents, req)
}

// Erase asks to be erased, or takes that back.
func (c *Client) Erase(ctx context.Context, withdraw bool) (api.ProfileReply, error) {
	return Call(ctx, c, api.Erase, api.ErasureRequest{Withdraw: withdraw})
}

// Sessions says where the person is signed in.
func (c *Client) Sessions(ctx context.Context) (api.SessionsReply, error) {
	return Call(ctx, c, api.Sessions, api.Empty{})
}

// EndSession ends one session.
func (c *Client) EndSession(ctx context.Context, id string) error {
	_, err := Call(ctx, c, api.EndSession, api.SessionRequest{ID: id})
	return err
}

// EndSessions ends every session, this one too.
func (c *Client) EndSessions(ctx context.Context) error {
	_, err := Call(ctx, c, api.EndSessions, api.Empty{})
	return err
}

// People says who acts for the customer.
func (c *Client) People(ctx context.Context) (api.PeopleReply, error) {
	return Call(ctx, c, api.People, api.Empty{})
}

// Invite invites somebody to act for the customer.
func (c *Client) Invite(ctx context.Context, req api.InviteRequest) error {
	_, err := Call(ctx, c, api.Invite, req)
	return err
}

// RemovePerson ends somebody's right to act for the customer.
func (c *Client) RemovePerson(ctx context.Context, req api.PersonRequest) error {
	_, err := Call(ctx, c, api.RemovePerson, req)
	return err
}

// Withdraw takes an invitation back.
func (c *Client) Withdraw(ctx context.Context, id string) error {
	_, err := Call(ctx, c, api.Withdraw, api.InvitationRequest{ID: id})
	return err
}
