package apiclient

import (
	"context"

	"bompass/shared/api"
)

// AgreementDraft is how far the person has come on the way to an agreement.
func (c *Client) AgreementDraft(ctx context.Context) (api.AgreementDraftReply, error) {
	return Call(ctx, c, api.AgreementDraft, api.Empty{})
}

// AgreementAnswer answers one step.
func (c *Client) AgreementAnswer(ctx context.Context, req api.AgreementStepRequest) (api.AgreementDraftReply, error) {
	return Call(ctx, c, api.AgreementAnswer, req)
}

// AgreementBegin makes the agreement.
func (c *Client) AgreementBegin(ctx context.Context, id string) (api.AgreementReceipt, error) {
	return Call(ctx, c, api.AgreementBegin, api.AgreementRequest{ID: id})
}

// AgreementReceipt confirms an agreement again.
func (c *Client) AgreementReceipt(ctx context.Context, number string) (api.AgreementReceipt, error) {
	return Call(ctx, c, api.AgreementConfirm, api.AgreementReceiptRequest{Number: number})
}
