// Package privacy owns what people can ask of their own data: an export, erasure, and the certainty that nothing
// is kept longer than there is a reason for.
//
// The data itself belongs to the domains that write it; which tables hold it is a list in package store.
package privacy

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Store exports data and keeps requests for erasure.
type Store interface {
	// SetErasure stores when erasure was requested; a zero time withdraws the request.
	SetErasure(ctx context.Context, account toll.AccountID, at time.Time, messages []notice.Message) error
	// Export returns what is stored about an account and, unless customer is empty, about that customer.
	Export(ctx context.Context, account toll.AccountID, customer toll.CustomerID, at time.Time) (api.ExportReply, error)
	// AddExported adds to the history of an account that its data was downloaded.
	AddExported(ctx context.Context, account toll.AccountID, at time.Time, messages []notice.Message) error
}

// StepUpChecker reports, by its error, whether an actor has used a factor recently enough.
type StepUpChecker interface {
	RequireStepUp(actor access.Principal) error
}

// Service exports and erases the data of the person who asks.
type Service struct {
	store  Store
	writer *notice.Writer
	stepUp StepUpChecker
	now    func() time.Time
}

// NewService returns a Service whose messages are written by writer.
func NewService(store Store, writer *notice.Writer, stepUp StepUpChecker, now func() time.Time) *Service {
	return &Service{store: store, writer: writer, stepUp: stepUp, now: now}
}

func recipient(actor access.Principal) notice.Recipient {
	return notice.Recipient{Account: actor.Account, Name: actor.Person, Address: actor.Email, Language: actor.Language}
}

// RequestErasure requests that the actor's account is erased, after EraseAfter and once nothing must be kept, or
// withdraws the request. The actor is told by email.
func (s *Service) RequestErasure(ctx context.Context, actor access.Principal, req api.ErasureRequest) error {
	if err := s.stepUp.RequireStepUp(actor); err != nil {
		return err
	}
	if req.Withdraw {
		return s.store.SetErasure(ctx, actor.Account, time.Time{}, nil)
	}
	confirmation, err := s.writer.Mail(notice.ErasureAsked, recipient(actor), notice.Content{})
	if err != nil {
		return err
	}
	return s.store.SetErasure(ctx, actor.Account, s.now(), []notice.Message{confirmation})
}

// Export returns everything that is stored about the actor, to be downloaded. The actor is told of it by email.
func (s *Service) Export(ctx context.Context, actor access.Principal) (api.ExportReply, error) {
	reply, err := s.Stored(ctx, actor)
	if err != nil {
		return api.ExportReply{}, err
	}
	notification, err := s.writer.Mail(notice.Exported, recipient(actor), notice.Content{})
	if err != nil {
		return api.ExportReply{}, err
	}
	return reply, s.store.AddExported(ctx, actor.Account, s.now(), []notice.Message{notification})
}

// Stored returns everything that is stored about the actor, to be read on the page. The passages of a customer are the
// owner's data, so nobody else gets them.
func (s *Service) Stored(ctx context.Context, actor access.Principal) (api.ExportReply, error) {
	if err := s.stepUp.RequireStepUp(actor); err != nil {
		return api.ExportReply{}, err
	}
	customer := actor.Customer
	if actor.Role != role.Owner || !actor.Role.May(role.SeePassages) {
		customer = ""
	}
	return s.store.Export(ctx, actor.Account, customer, s.now())
}
