package factor

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// StepUp is a factor shown again within a session, which continues under a new token.
type StepUp struct {
	Account  toll.AccountID
	Old, New seal.Hash
	TOTPStep int64    // 0 for a passkey
	Passkey  *Passkey // as it is after use
	At       time.Time
	Place    access.Place
}

// StepUp verifies a code within a session, after which credentials may be changed. The session continues under a
// new token, ASVS V7.2.4.
func (s *Service) StepUp(ctx context.Context, principal access.Principal, visitor access.Visitor, code string) (seal.Token, error) {
	account, err := s.store.AccountByID(ctx, principal.Account, s.now())
	if err != nil {
		return "", err
	}
	attempt, err := s.access.CountAttempt(ctx, visitor, account.Email)
	if err != nil {
		return "", err
	}
	now := s.now()
	step, ok, err := s.verifyTOTP(ctx, account, code, now)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.New(fault.WrongCredentials)
	}
	return s.saveStepUp(ctx, StepUp{Account: account.ID, Old: principal.Session, TOTPStep: step, At: now, Place: visitor.Place()}, attempt)
}

// saveStepUp marks the session as stepped up and returns its new token: a token that was copied before the step-up
// does not get its rights. The attempt is refunded, because it has succeeded.
func (s *Service) saveStepUp(ctx context.Context, p StepUp, attempt access.Attempt) (seal.Token, error) {
	token := seal.NewToken()
	p.New = token.Hash()
	done, err := s.store.StepUp(ctx, p)
	if err == nil && !done {
		err = fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return "", err
	}
	return token, s.access.Refund(ctx, attempt, true)
}
