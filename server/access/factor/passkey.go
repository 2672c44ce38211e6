package factor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// Limits of passkeys.
const (
	PasskeysMax    = 10
	passkeyNameMax = 100 // characters
)

// Passkeys stores passkeys.
type Passkeys interface {
	AddPasskey(ctx context.Context, id toll.AccountID, key Passkey, messages []notice.Message) error
	// RemovePasskey returns fault.LastFactor when the account would be left without a factor.
	RemovePasskey(ctx context.Context, id toll.AccountID, key []byte, at time.Time, messages []notice.Message) error
	Passkeys(ctx context.Context, id toll.AccountID) ([]Passkey, error)
}

// Passkey is a WebAuthn credential: the public half of a key pair.
type Passkey struct {
	ID         []byte
	Name       string // chosen by the person
	Credential []byte // the library's JSON
	Added      time.Time
	Used       time.Time // zero if never
}

// relyingParty returns the portal's WebAuthn configuration. A passkey opens an account without a password, so
// user verification and a discoverable credential are required.
func relyingParty(public *url.URL) (*webauthn.WebAuthn, error) {
	host, origins := public.Hostname(), []string{public.Scheme + "://" + public.Host}
	if ip, err := netip.ParseAddr(host); err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = "localhost"
		origins = append(origins, public.Scheme+"://localhost:"+public.Port())
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Bompass", RPOrigins: origins, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return party, nil
}

// webauthnUser is an account in the form that the WebAuthn library needs.
type webauthnUser struct {
	id          toll.AccountID
	email, name string
	keys        []webauthn.Credential
}

// WebAuthnID returns the account's identifier for the authenticator.
func (h webauthnUser) WebAuthnID() []byte { return []byte(h.id) }

// WebAuthnName returns the name that the authenticator shows.
func (h webauthnUser) WebAuthnName() string { return h.email }

// WebAuthnDisplayName returns the person's name.
func (h webauthnUser) WebAuthnDisplayName() string { return h.name }

// WebAuthnCredentials returns the account's passkeys.
func (h webauthnUser) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// webauthnUser returns an account with its passkeys as the WebAuthn library needs them.
func (s *Service) webauthnUser(ctx context.Context, id toll.AccountID) (webauthnUser, access.Account, error) {
	account, err := s.store.AccountByID(ctx, id, s.now())
	if err != nil {
		return webauthnUser{}, access.Account{}, err
	}
	keys, err := s.store.Passkeys.Passkeys(ctx, id)
	if err != nil {
		return webauthnUser{}, access.Account{}, err
	}
	h := webauthnUser{id: id, email: account.Email, name: account.Person}
	for _, key := range keys {
		var c webauthn.Credential
		if err := json.Unmarshal(key.Credential, &c); err != nil {
			return webauthnUser{}, access.Account{}, fmt.Errorf("read passkey: %w", err)
		}
		h.keys = append(h.keys, c)
	}
	return h, account, nil
}

// StartPasskeySignIn returns the options of an assertion: by any passkey of the pending login's account or,
// without a pending login, by any passkey that the person chooses. Holder identifies the visitor's browser
// until the assertion arrives.
func (s *Service) StartPasskeySignIn(ctx context.Context, login, holder seal.Token) ([]byte, error) {
	if !holder.Plausible() {
		return nil, fault.New(fault.SignedOut)
	}
	var options *protocol.CredentialAssertion
	var data *webauthn.SessionData
	var err error
	if login == "" {
		options, data, err = s.relyingParty.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	} else {
		account, loginErr := s.pendingAccount(ctx, login)
		if loginErr != nil {
			return nil, loginErr
		}
		options, data, err = s.beginAssertion(ctx, account.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("passkey options: %w", err)
	}
	return s.saveChallenge(ctx, "get", holder.Hash(), options, data)
}

// beginAssertion returns the challenge for one of the account's passkeys. The device must verify the user by PIN or
// biometrics.
func (s *Service) beginAssertion(ctx context.Context, id toll.AccountID) (*protocol.CredentialAssertion, *webauthn.SessionData, error) {
	h, _, err := s.webauthnUser(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if len(h.keys) == 0 {
		return nil, nil, fault.New(fault.Refused)
	}
	return s.relyingParty.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationRequired))
}

// saveChallenge stores a challenge for one assertion and returns its options as JSON.
func (s *Service) saveChallenge(ctx context.Context, name string, holder seal.Hash, options any, data *webauthn.SessionData) ([]byte, error) {
	kept, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("encode challenge: %w", err)
	}
	now := s.now()
	if err := s.store.SaveCeremony(ctx, access.CeremonyKey(name, holder), kept, now, now.Add(CeremonyMax)); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// takeChallenge returns the state of a challenge and deletes it, so that an answer to it is accepted once.
func (s *Service) takeChallenge(ctx context.Context, name string, holder seal.Hash) (data webauthn.SessionData, err error) {
	kept, err := s.store.Ceremony(ctx, access.CeremonyKey(name, holder), s.now(), true)
	if err != nil {
		return data, err
	}
	if err := json.Unmarshal(kept, &data); err != nil {
		return data, fmt.Errorf("read challenge: %w", err)
	}
	return data, nil
}

// SignInWithPasskey verifies the assertion and begins a session. It needs no code: the authenticator is one
// factor and its unlocking another.
func (s *Service) SignInWithPasskey(ctx context.Context, visitor access.Visitor, login, holder seal.Token, answer []byte) (seal.Token, error) {
	if !holder.Plausible() {
		return "", fault.New(fault.SignedOut)
	}
	attempt, err := s.access.CountAttempt(ctx, visitor, "passkey "+access.Network(visitor.Address))
	if err != nil {
		return "", err
	}
	data, err := s.takeChallenge(ctx, "get", holder.Hash())
	if err != nil {
		return "", err
	}
	account, key, err := s.verifyAssertion(ctx, data, answer)
	if err != nil {
		return "", err
	}
	// A pending login has a verified password, and the passkey must be of the same account.
	var from *seal.Hash
	if login != "" {
		owner, err := s.pendingAccount(ctx, login)
		if err != nil {
			return "", err
		}
		if owner.ID != account.ID {
			return "", fault.New(fault.WrongCredentials)
		}
		hash := login.Hash()
		from = &hash
	}
	token, session, err := s.access.NewSession(account, visitor, s.now())
	if err != nil {
		return "", err
	}
	began, err := s.store.BeginSessionWithPasskey(ctx, from, key, session)
	if err == nil && !began {
		err = fault.New(fault.SignedOut)
	}
	if err != nil {
		return "", err
	}
	return token, s.access.Refund(ctx, attempt, true)
}

// verifyAssertion verifies a signature over a challenge and returns its account and the passkey after use.
func (s *Service) verifyAssertion(ctx context.Context, data webauthn.SessionData, answer []byte) (access.Account, Passkey, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return access.Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	// A challenge for one account has its id. A challenge without an account is answered by any passkey of the device,
	// whose answer states the account.
	id := toll.AccountID(data.UserID)
	if len(data.UserID) == 0 {
		id = toll.AccountID(parsed.Response.UserHandle)
	}
	if !isAccountID(id) {
		return access.Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	h, account, err := s.webauthnUser(ctx, id)
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return access.Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return access.Account{}, Passkey{}, err
	}
	var used *webauthn.Credential
	if len(data.UserID) > 0 {
		used, err = s.relyingParty.ValidateLogin(h, data, parsed)
	} else {
		_, used, err = s.relyingParty.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, data, parsed)
	}
	// The signature counter of a clone falls behind that of the original (WebAuthn section 6.1.1).
	if err != nil || used.Authenticator.CloneWarning {
		return access.Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	credential, err := json.Marshal(used)
	if err != nil {
		return access.Account{}, Passkey{}, fmt.Errorf("encode passkey: %w", err)
	}
	return account, Passkey{ID: used.ID, Credential: credential, Used: s.now()}, nil
}

// isAccountID reports whether a text has the form of an account's identifier; others are not looked up.
func isAccountID(id toll.AccountID) bool {
	return len(id) == 36 && strings.Trim(string(id), "0123456789abcdef-") == "" && strings.Count(string(id), "-") == 4
}

// StartPasskeyRegistration returns what the browser asks an authenticator for to make a key for the principal.
func (s *Service) StartPasskeyRegistration(ctx context.Context, principal access.Principal) ([]byte, error) {
	if err := s.access.RequireStepUp(principal); err != nil {
		return nil, err
	}
	h, _, err := s.webauthnUser(ctx, principal.Account)
	if err != nil {
		return nil, err
	}
	if len(h.keys) >= PasskeysMax {
		return nil, fault.New(fault.TooLarge, "max", strconv.Itoa(PasskeysMax))
	}
	options, data, err := s.relyingParty.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("new passkey options: %w", err)
	}
	return s.saveChallenge(ctx, "create", principal.Session, options, data)
}

// FinishPasskeyRegistration stores the passkey that the principal's authenticator has made.
func (s *Service) FinishPasskeyRegistration(ctx context.Context, principal access.Principal, name string, answer []byte) error {
	if err := s.access.RequireStepUp(principal); err != nil {
		return err
	}
	data, err := s.takeChallenge(ctx, "create", principal.Session)
	if err != nil {
		return err
	}
	h, _, err := s.webauthnUser(ctx, principal.Account)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return fault.New(fault.BadRequest, "why", "the authenticator's answer is malformed")
	}
	// The library compares the answer with the stored challenge, the origin and the relying party.
	made, err := s.relyingParty.CreateCredential(h, data, parsed)
	if err != nil {
		return fault.New(fault.BadRequest, "why", "the authenticator's answer is not the one asked for")
	}
	credential, err := json.Marshal(made)
	if err != nil {
		return fmt.Errorf("encode passkey: %w", err)
	}
	message, err := s.messages.Mail(notice.FactorAdded, principal.Recipient(), notice.Content{})
	if err != nil {
		return err
	}
	// A name that cannot be shown is no reason to refuse the passkey, which has been made already.
	if name = strings.TrimSpace(name); name == "" || !text.HasAtMost(name, passkeyNameMax) || !text.IsLine(name) {
		name = "Passkey"
	}
	return s.store.AddPasskey(ctx, principal.Account, Passkey{ID: made.ID, Name: name, Credential: credential, Added: s.now()}, []notice.Message{message})
}

// RemovePasskey removes a passkey. It returns fault.LastFactor for the last factor of an account.
func (s *Service) RemovePasskey(ctx context.Context, principal access.Principal, id []byte) error {
	if err := s.access.RequireStepUp(principal); err != nil {
		return err
	}
	message, err := s.messages.Mail(notice.FactorRemoved, principal.Recipient(), notice.Content{})
	if err != nil {
		return err
	}
	return s.store.RemovePasskey(ctx, principal.Account, id, s.now(), []notice.Message{message})
}

// StartPasskeyStepUp returns the options of an assertion for a step-up.
func (s *Service) StartPasskeyStepUp(ctx context.Context, principal access.Principal) ([]byte, error) {
	options, data, err := s.beginAssertion(ctx, principal.Account)
	if _, known := errors.AsType[*fault.Error](err); known {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("passkey options: %w", err)
	}
	return s.saveChallenge(ctx, "prove", principal.Session, options, data)
}

// StepUpWithPasskey is StepUp with a passkey instead of a code.
func (s *Service) StepUpWithPasskey(ctx context.Context, principal access.Principal, visitor access.Visitor, answer []byte) (seal.Token, error) {
	attempt, err := s.access.CountAttempt(ctx, visitor, principal.Email)
	if err != nil {
		return "", err
	}
	data, err := s.takeChallenge(ctx, "prove", principal.Session)
	if err != nil {
		return "", err
	}
	account, key, err := s.verifyAssertion(ctx, data, answer)
	if err != nil {
		return "", err
	}
	if account.ID != principal.Account || !bytes.Equal(data.UserID, []byte(principal.Account)) {
		return "", fault.New(fault.WrongCredentials)
	}
	return s.saveStepUp(ctx, StepUp{Account: account.ID, Old: principal.Session, Passkey: &key, At: s.now(), Place: visitor.Place()}, attempt)
}
