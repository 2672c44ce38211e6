package access

import (
	"context"
	"time"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/seclog"
	"bompass/shared/fault"
	"bompass/shared/text"
)

// Visitor is the network's description of a caller before authentication.
type Visitor struct {
	Address string // of the network, without port
	Device  string // the browser's device token; empty before the first sign-in
	Agent   string // the User-Agent header
}

// Limits of input.
const (
	emailMax    = 254
	passwordMax = 512 // bytes; 128 characters of up to four
)

// VerifyPassword checks a login name and password and returns the token of a pending login, which the second
// factor completes. An unknown name, a wrong password and an account without a password give the same
// fault after the same work.
func (s *Service) VerifyPassword(ctx context.Context, visitor Visitor, name, password string) (seal.Token, error) {
	login := ParseLoginName(name)
	if len(login.Value) > emailMax || len(password) > passwordMax || !text.IsLine(login.Value) {
		return "", fault.New(fault.WrongCredentials)
	}
	attempt, deferred, err := s.countSignIn(ctx, visitor, login.Value)
	if err != nil {
		return "", err
	}
	if deferred {
		return s.deferPassword(ctx, login, password)
	}
	now := s.now()
	account, err := s.store.AccountByName(ctx, login, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return "", err
	}
	// Without an account, the password is compared with an empty hash, which takes as long.
	known := err == nil
	right, err := s.passwordMatches(ctx, password, account.PasswordHash)
	if err != nil {
		return "", err
	}
	if known {
		seclog.About(ctx, account.ID)
	}
	if !known || !right {
		return "", fault.New(fault.WrongCredentials)
	}
	if err := s.Refund(ctx, attempt, false); err != nil {
		return "", err
	}
	// The plain password is available at sign-in only, so hashes of an older cost or pepper are replaced here.
	if s.keys.NeedsRehash(account.PasswordHash) {
		hash, err := s.hashPassword(ctx, password)
		if err != nil {
			return "", err
		}
		if err := s.store.UpdatePasswordHash(ctx, account.ID, account.PasswordHash, hash); err != nil {
			return "", err
		}
	}
	token := seal.NewToken()
	return token, s.store.AddPendingLogin(ctx, token.Hash(), account.ID, now, now.Add(PendingLoginMax))
}

// deferredWait is how long a deferred sign-in waits for those before it.
const deferredWait = 10 * time.Second

// deferPassword checks a password while its account or the visitor's address has had too many tries. The answer is
// the same for a right and a wrong one: the token of a login whose code is asked for next. Only a right password
// with a right code of an authenticator app gets in, so passwords cannot be guessed this way, and attempts cannot
// lock the owner out. One password at a time is checked, which leaves the other slots to the sign-ins that are not
// deferred.
func (s *Service) deferPassword(ctx context.Context, login LoginName, password string) (seal.Token, error) {
	select {
	case s.deferred <- struct{}{}:
		defer func() { <-s.deferred }()
	case <-time.After(deferredWait):
		return "", tooMany(deferredWait)
	case <-ctx.Done():
		return "", ctx.Err()
	}
	now := s.now()
	account, err := s.store.AccountByName(ctx, login, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return "", err
	}
	right, err := s.passwordMatches(ctx, password, account.PasswordHash)
	if err != nil {
		return "", err
	}
	// The login of a wrong password has no account, so no code completes it.
	if !right || len(account.TOTP.Data) == 0 {
		account.ID = ""
	}
	token := seal.NewToken()
	return token, s.store.AddDeferredLogin(ctx, token.Hash(), account.ID, now, now.Add(PendingLoginMax))
}

// NewSession prepares a session for an account whose factors have been verified. An unknown browser adds a
// message to the owner.
func (s *Service) NewSession(account Account, visitor Visitor, now time.Time) (seal.Token, Session, error) {
	token := seal.NewToken()
	session := Session{
		Hash: token.Hash(), Account: account.ID, Customer: account.Customer, Began: now, Until: now.Add(SessionMax), Place: visitor.Place(),
	}
	if s.keys.DeviceMatches(visitor.Device, account.Email) || account.Email == "" {
		return token, session, nil
	}
	// ASVS V6.3.5: the owner is notified of a sign-in that may not be theirs.
	message, err := s.messages.Mail(notice.NewDevice, account.Recipient(), notice.Content{Params: []any{"device", session.Place.Device, "network", session.Place.Network}})
	session.Messages = []notice.Message{message}
	return token, session, err
}
