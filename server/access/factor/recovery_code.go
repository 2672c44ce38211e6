package factor

import (
	"context"
	"strings"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// Limits of recovery codes.
const (
	RecoveryCodes = 10
	RecoveryLow   = 3  // the person is warned when this many are left
	recoveryBytes = 10 // 80 bits
)

const securityPath = "/security"

// newRecoveryCodes returns recovery codes and their hashes.
func (s *Service) newRecoveryCodes(account toll.AccountID) (codes []string, hashes [][]byte) {
	for range RecoveryCodes {
		code := newCode(recoveryBytes)
		codes = append(codes, strings.ReplaceAll(groupsOfFour(code), " ", "-"))
		hashes = append(hashes, s.keys.CodeHash(code, "recovery", string(account)))
	}
	return codes, hashes
}

// ReplaceRecoveryCodes makes new recovery codes; the old ones become invalid.
func (s *Service) ReplaceRecoveryCodes(ctx context.Context, principal access.Principal) ([]string, error) {
	if err := s.access.RequireStepUp(principal); err != nil {
		return nil, err
	}
	message, err := s.messages.Mail(notice.RecoveryMade, principal.Recipient(), notice.Content{})
	if err != nil {
		return nil, err
	}
	codes, hashes := s.newRecoveryCodes(principal.Account)
	return codes, s.store.SetRecoveryCodes(ctx, principal.Account, Enrolment{RecoveryCodes: hashes, At: s.now(), Messages: []notice.Message{message}})
}

// SignInWithRecoveryCode completes a pending login with a recovery code, which is spent. The owner is notified of
// how many are left, and a suspended authenticator app is accepted again.
func (s *Service) SignInWithRecoveryCode(ctx context.Context, visitor access.Visitor, login seal.Token, code string) (seal.Token, error) {
	account, err := s.countTry(ctx, login)
	if err != nil {
		return "", err
	}
	attempt, err := s.access.CountFactorTry(ctx, visitor, account.Email)
	if err != nil {
		return "", err
	}
	token, session, err := s.access.NewSession(account, visitor, s.now())
	if err != nil {
		return "", err
	}
	// The message is written before the code is checked, because one transaction uses the code and stores the message.
	message, err := s.messages.Mail(notice.RecoveryUsed, account.Recipient(), notice.Content{Params: []any{"left", account.RecoveryCodes - 1}, Link: securityPath})
	if err != nil {
		return "", err
	}
	session.Messages = append(session.Messages, message)
	hash := s.keys.CodeHash(text.Code(code), "recovery", string(account.ID))
	began, err := s.store.BeginSessionWithRecoveryCode(ctx, login.Hash(), hash, session)
	if err == nil && !began {
		err = fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return "", err
	}
	return token, s.access.Refund(ctx, attempt, true)
}
