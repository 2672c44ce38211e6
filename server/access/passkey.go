package access

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

	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Passkey is a key pair of which we have the public half.
type Passkey struct {
	ID         []byte
	Name       string // what the person calls it
	Credential []byte // as the library keeps it
	Added      time.Time
	Used       time.Time // zero if never
}

// relyingParty is the portal as authenticators know it. A passkey opens without a password, so its
// holder must have been verified and the key be kept where it finds the account by itself.
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

// webauthnUser is an account as the library sees it.
type webauthnUser struct {
	id          toll.AccountID
	email, name string
	keys        []webauthn.Credential
}

// WebAuthnID names the account to the authenticator.
func (h webauthnUser) WebAuthnID() []byte { return []byte(h.id) }

// WebAuthnName is what the person picks the key by.
func (h webauthnUser) WebAuthnName() string { return h.email }

// WebAuthnDisplayName is the person's name.
func (h webauthnUser) WebAuthnDisplayName() string { return h.name }

// WebAuthnCredentials are the account's keys.
func (h webauthnUser) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (l *Factors) webauthnUser(ctx context.Context, id toll.AccountID) (webauthnUser, Account, error) {
	account, err := l.store.AccountByID(ctx, id, l.desk.now())
	if err != nil {
		return webauthnUser{}, Account{}, err
	}
	keys, err := l.store.Passkeys(ctx, id)
	if err != nil {
		return webauthnUser{}, Account{}, err
	}
	h := webauthnUser{id: id, email: account.Email, name: account.Person}
	for _, key := range keys {
		var c webauthn.Credential
		if err := json.Unmarshal(key.Credential, &c); err != nil {
			return webauthnUser{}, Account{}, fmt.Errorf("read passkey: %w", err)
		}
		h.keys = append(h.keys, c)
	}
	return h, account, nil
}

// StartPasskeySignIn returns what the browser asks an authenticator for: a signature by any key of the step's
// account, or, with no step, by any key the person chooses. Holder is what the visitor's browser is
// known by until the signature comes back.
func (l *Factors) StartPasskeySignIn(ctx context.Context, step, holder Token) ([]byte, error) {
	if !holder.plausible() {
		return nil, fault.New(fault.SignedOut)
	}
	var options *protocol.CredentialAssertion
	var data *webauthn.SessionData
	var err error
	if step == "" {
		options, data, err = l.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	} else {
		account, stepErr := l.pendingAccount(ctx, step)
		if stepErr != nil {
			return nil, stepErr
		}
		options, data, err = l.beginAssertion(ctx, account.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("ask for passkey: %w", err)
	}
	return l.saveChallenge(ctx, "get", holder.Hash(), options, data)
}

func (l *Factors) beginAssertion(ctx context.Context, id toll.AccountID) (*protocol.CredentialAssertion, *webauthn.SessionData, error) {
	h, _, err := l.webauthnUser(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if len(h.keys) == 0 {
		return nil, nil, fault.New(fault.Refused)
	}
	return l.party.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationRequired))
}

// saveChallenge remembers a challenge for its one answer and writes its options for the browser.
func (l *Factors) saveChallenge(ctx context.Context, name string, holder Hash, options any, data *webauthn.SessionData) ([]byte, error) {
	kept, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("keep challenge: %w", err)
	}
	now := l.desk.now()
	if err := l.store.SaveCeremony(ctx, ceremonyKey(name, holder), kept, now, now.Add(CeremonyMax)); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

func (l *Factors) takeChallenge(ctx context.Context, name string, holder Hash) (data webauthn.SessionData, err error) {
	kept, err := l.store.Ceremony(ctx, ceremonyKey(name, holder), l.desk.now(), true)
	if err != nil {
		return data, err
	}
	if err := json.Unmarshal(kept, &data); err != nil {
		return data, fmt.Errorf("read challenge: %w", err)
	}
	return data, nil
}

// SignInWithPasskey checks the signature and begins a session. It needs no code: the authenticator is one
// factor and what unlocks it another.
func (l *Factors) SignInWithPasskey(ctx context.Context, visitor Visitor, step, holder Token, answer []byte) (Token, error) {
	if !holder.plausible() {
		return "", fault.New(fault.SignedOut)
	}
	keys := l.desk.throttleKeys(visitor, "passkey "+network(visitor.Address))
	if err := l.desk.countTry(ctx, keys); err != nil {
		return "", err
	}
	data, err := l.takeChallenge(ctx, "get", holder.Hash())
	if err != nil {
		return "", err
	}
	account, key, err := l.verifyAssertion(ctx, data, answer)
	if err != nil {
		return "", err
	}
	var from *Hash
	if step != "" {
		owner, err := l.pendingAccount(ctx, step)
		if err != nil {
			return "", err
		}
		if owner.ID != account.ID {
			return "", fault.New(fault.WrongCredentials)
		}
		hash := step.Hash()
		from = &hash
	}
	token, session, err := l.desk.prepareSession(account, visitor, l.desk.now())
	if err != nil {
		return "", err
	}
	began, err := l.store.BeginSessionWithPasskey(ctx, from, key, session)
	if err == nil && !began {
		err = fault.New(fault.SignedOut)
	}
	if err != nil {
		return "", err
	}
	return token, l.desk.refund(ctx, keys, true)
}

// verifyAssertion checks a signature over a challenge and returns whose it is and the key as it is after use.
func (l *Factors) verifyAssertion(ctx context.Context, data webauthn.SessionData, answer []byte) (Account, Passkey, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	id := toll.AccountID(data.UserID)
	if len(data.UserID) == 0 {
		id = toll.AccountID(parsed.Response.UserHandle)
	}
	if !isAccountID(id) {
		return Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	h, account, err := l.webauthnUser(ctx, id)
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return Account{}, Passkey{}, err
	}
	var used *webauthn.Credential
	if len(data.UserID) > 0 {
		used, err = l.party.ValidateLogin(h, data, parsed)
	} else {
		_, used, err = l.party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, data, parsed)
	}
	if err != nil || used.Authenticator.CloneWarning {
		return Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	credential, err := json.Marshal(used)
	if err != nil {
		return Account{}, Passkey{}, fmt.Errorf("keep passkey: %w", err)
	}
	return account, Passkey{ID: used.ID, Credential: credential, Used: l.desk.now()}, nil
}

// isAccountID spares the database what cannot be an account's identity.
func isAccountID(id toll.AccountID) bool {
	return len(id) == 36 && strings.Trim(string(id), "0123456789abcdef-") == "" && strings.Count(string(id), "-") == 4
}

// StartPasskeyRegistration returns what the browser asks an authenticator for to make a key for the actor.
func (l *Factors) StartPasskeyRegistration(ctx context.Context, actor Principal) ([]byte, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return nil, err
	}
	h, _, err := l.webauthnUser(ctx, actor.Account)
	if err != nil {
		return nil, err
	}
	if len(h.keys) >= PasskeysMax {
		return nil, fault.New(fault.TooLarge, "max", strconv.Itoa(PasskeysMax))
	}
	options, data, err := l.party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("ask for new passkey: %w", err)
	}
	return l.saveChallenge(ctx, "create", actor.Session, options, data)
}

// FinishPasskeyRegistration keeps the public half of a key that the actor's authenticator has made.
func (l *Factors) FinishPasskeyRegistration(ctx context.Context, actor Principal, name string, answer []byte) error {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return err
	}
	data, err := l.takeChallenge(ctx, "create", actor.Session)
	if err != nil {
		return err
	}
	h, _, err := l.webauthnUser(ctx, actor.Account)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return fault.New(fault.BadRequest, "why", "the authenticator's answer is not understood")
	}
	made, err := l.party.CreateCredential(h, data, parsed)
	if err != nil {
		return fault.New(fault.BadRequest, "why", "the authenticator's answer is not the one asked for")
	}
	credential, err := json.Marshal(made)
	if err != nil {
		return fmt.Errorf("keep passkey: %w", err)
	}
	letter, err := l.letter.Mail(notice.FactorAdded, actor.recipient(), notice.Content{})
	if err != nil {
		return err
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > nameMax || !printable(name) {
		name = "Passkey"
	}
	return l.store.AddPasskey(ctx, actor.Account, Passkey{ID: made.ID, Name: name, Credential: credential, Added: l.desk.now()}, []notice.Message{letter})
}

// RemovePasskey makes a key open nothing any more. One factor stays.
func (l *Factors) RemovePasskey(ctx context.Context, actor Principal, id []byte) error {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.FactorRemoved, actor.recipient(), notice.Content{})
	if err != nil {
		return err
	}
	return l.store.RemovePasskey(ctx, actor.Account, id, l.desk.now(), []notice.Message{letter})
}

// StartPasskeyStepUp returns what the browser asks an authenticator for, so that the actor shows a passkey again.
func (l *Factors) StartPasskeyStepUp(ctx context.Context, actor Principal) ([]byte, error) {
	options, data, err := l.beginAssertion(ctx, actor.Account)
	if _, known := errors.AsType[*fault.Error](err); known {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("ask for passkey: %w", err)
	}
	return l.saveChallenge(ctx, "prove", actor.Session, options, data)
}

// StepUpWithPasskey does with a passkey what Prove does with a code.
func (l *Factors) StepUpWithPasskey(ctx context.Context, actor Principal, visitor Visitor, answer []byte) (Token, error) {
	keys := l.desk.throttleKeys(visitor, actor.Email)
	if err := l.desk.countTry(ctx, keys); err != nil {
		return "", err
	}
	data, err := l.takeChallenge(ctx, "prove", actor.Session)
	if err != nil {
		return "", err
	}
	account, key, err := l.verifyAssertion(ctx, data, answer)
	if err != nil {
		return "", err
	}
	if account.ID != actor.Account || !bytes.Equal(data.UserID, []byte(actor.Account)) {
		return "", fault.New(fault.WrongCredentials)
	}
	return l.saveStepUp(ctx, StepUp{Account: account.ID, Old: actor.Session, Passkey: &key, At: l.desk.now(), Place: placeOf(visitor)}, keys)
}
