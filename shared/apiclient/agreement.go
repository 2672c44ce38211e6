package apiclient

import (
	"context"

	"bompass/shared/api"
)

// AgreementDraft returns the state of the form with which the person becomes a customer.
func (c *Client) AgreementDraft(ctx context.Context) (api.AgreementDraftReply, error) {
	return Call(ctx, c, api.AgreementDraft, api.Empty{})
}

// AgreementAnswer stores the answers of one step.
func (c *Client) AgreementAnswer(ctx context.Context, req api.AgreementStepRequest) (api.AgreementDraftReply, error) {
	return Call(ctx, c, api.AgreementAnswer, req)
}

// AgreementBegin makes the agreement of a draft.
func (c *Client) AgreementBegin(ctx context.Context, id string) (api.AgreementReceipt, error) {
	return Call(ctx, c, api.AgreementBegin, api.AgreementRequest{ID: id})
}

// AgreementReceipt returns the confirmation of an agreement.
func (c *Client) AgreementReceipt(ctx context.Context, number string) (api.AgreementReceipt, error) {
	return Call(ctx, c, api.AgreementConfirm, api.AgreementReceiptRequest{Number: number})
}

// AgreementDetails returns an agreement by its number.
func (c *Client) AgreementDetails(ctx context.Context, number string) (api.AgreementDetailsReply, error) {
	return Call(ctx, c, api.AgreementDetails, api.AgreementReceiptRequest{Number: number})
}

// ChangeAgreement changes what the customer may change on an agreement.
func (c *Client) ChangeAgreement(ctx context.Context, req api.AgreementChangeRequest) (api.AgreementDetailsReply, error) {
	return Call(ctx, c, api.AgreementChange, req)
}
