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

// holder is an account as the library sees it.
type holder struct {
	id          toll.AccountID
	email, name string
	keys        []webauthn.Credential
}

// WebAuthnID names the account to the authenticator.
func (h holder) WebAuthnID() []byte { return []byte(h.id) }

// WebAuthnName is what the person picks the key by.
func (h holder) WebAuthnName() string { return h.email }

// WebAuthnDisplayName is the person's name.
func (h holder) WebAuthnDisplayName() string { return h.name }

// WebAuthnCredentials are the account's keys.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (l *Factors) holder(ctx context.Context, id toll.AccountID) (holder, Account, error) {
	account, err := l.store.Person(ctx, id, l.desk.now())
	if err != nil {
		return holder{}, Account{}, err
	}
	keys, err := l.store.Passkeys(ctx, id)
	if err != nil {
		return holder{}, Account{}, err
	}
	h := holder{id: id, email: account.Email, name: account.Person}
	for _, key := range keys {
		var c webauthn.Credential
		if err := json.Unmarshal(key.Credential, &c); err != nil {
			return holder{}, Account{}, fmt.Errorf("read passkey: %w", err)
		}
		h.keys = append(h.keys, c)
	}
	return h, account, nil
}

// AskPasskey returns what the browser asks an authenticator for: a signature by any key of the step's
// account, or, with no step, by any key the person chooses. Holder is what the visitor's browser is
// known by until the signature comes back.
func (l *Factors) AskPasskey(ctx context.Context, step, holder Token) ([]byte, error) {
	if !holder.plausible() {
		return nil, fault.New(fault.SignedOut)
	}
	var options *protocol.CredentialAssertion
	var data *webauthn.SessionData
	var err error
	if step == "" {
		options, data, err = l.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	} else {
		account, stepErr := l.account(ctx, step)
		if stepErr != nil {
			return nil, stepErr
		}
		options, data, err = l.askFor(ctx, account.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("ask for passkey: %w", err)
	}
	return l.keep(ctx, "get", holder.Hash(), options, data)
}

func (l *Factors) askFor(ctx context.Context, id toll.AccountID) (*protocol.CredentialAssertion, *webauthn.SessionData, error) {
	h, _, err := l.holder(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if len(h.keys) == 0 {
		return nil, nil, fault.New(fault.Refused)
	}
	return l.party.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationRequired))
}

// keep remembers a challenge for its one answer and writes its options for the browser.
func (l *Factors) keep(ctx context.Context, name string, holder Hash, options any, data *webauthn.SessionData) ([]byte, error) {
	kept, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("keep challenge: %w", err)
	}
	now := l.desk.now()
	if err := l.store.KeepCeremony(ctx, ceremony(name, holder), kept, now, now.Add(CeremonyMax)); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

func (l *Factors) kept(ctx context.Context, name string, holder Hash) (data webauthn.SessionData, err error) {
	kept, err := l.store.Ceremony(ctx, ceremony(name, holder), l.desk.now(), true)
	if err != nil {
		return data, err
	}
	if err := json.Unmarshal(kept, &data); err != nil {
		return data, fmt.Errorf("read challenge: %w", err)
	}
	return data, nil
}

// OpenWithPasskey checks the signature and begins a session. It needs no code: the authenticator is one
// factor and what unlocks it another.
func (l *Factors) OpenWithPasskey(ctx context.Context, visitor Visitor, step, holder Token, answer []byte) (Token, error) {
	if !holder.plausible() {
		return "", fault.New(fault.SignedOut)
	}
	keys := l.desk.throttleKeys(visitor, "passkey "+network(visitor.Address))
	if err := l.desk.spend(ctx, keys); err != nil {
		return "", err
	}
	data, err := l.kept(ctx, "get", holder.Hash())
	if err != nil {
		return "", err
	}
	account, key, err := l.signed(ctx, data, answer)
	if err != nil {
		return "", err
	}
	var from *Hash
	if step != "" {
		owner, err := l.account(ctx, step)
		if err != nil {
			return "", err
		}
		if owner.ID != account.ID {
			return "", fault.New(fault.WrongCredentials)
		}
		hash := step.Hash()
		from = &hash
	}
	token, session, err := l.desk.newSession(account, visitor, l.desk.now())
	if err != nil {
		return "", err
	}
	began, err := l.store.BeginPasskey(ctx, from, key, session)
	if err == nil && !began {
		err = fault.New(fault.SignedOut)
	}
	if err != nil {
		return "", err
	}
	return token, l.desk.refund(ctx, keys, true)
}

// signed checks a signature over a challenge and returns whose it is and the key as it is after use.
func (l *Factors) signed(ctx context.Context, data webauthn.SessionData, answer []byte) (Account, Passkey, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	id := toll.AccountID(data.UserID)
	if len(data.UserID) == 0 {
		id = toll.AccountID(parsed.Response.UserHandle)
	}
	if !accountForm(id) {
		return Account{}, Passkey{}, fault.New(fault.WrongCredentials)
	}
	h, account, err := l.holder(ctx, id)
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

// accountForm spares the database what cannot be an account's identity.
func accountForm(id toll.AccountID) bool {
	return len(id) == 36 && strings.Trim(string(id), "0123456789abcdef-") == "" && strings.Count(string(id), "-") == 4
}

// AskNewPasskey returns what the browser asks an authenticator for to make a key for the actor.
func (l *Factors) AskNewPasskey(ctx context.Context, actor Actor) ([]byte, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return nil, err
	}
	h, _, err := l.holder(ctx, actor.Account)
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
	return l.keep(ctx, "create", actor.Session, options, data)
}

// AddPasskey keeps the public half of a key that the actor's authenticator has made.
func (l *Factors) AddPasskey(ctx context.Context, actor Actor, name string, answer []byte) error {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return err
	}
	data, err := l.kept(ctx, "create", actor.Session)
	if err != nil {
		return err
	}
	h, _, err := l.holder(ctx, actor.Account)
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
	letter, err := l.letter.Mail(notice.FactorAdded, actor.reader(), notice.Content{})
	if err != nil {
		return err
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > nameMax || !printable(name) {
		name = "Passkey"
	}
	return l.store.AddPasskey(ctx, actor.Account, Passkey{ID: made.ID, Name: name, Credential: credential, Added: l.desk.now()}, []notice.Message{letter})
}

// RemovePasskey makes a key open nothing any more. One factor stays.
func (l *Factors) RemovePasskey(ctx context.Context, actor Actor, id []byte) error {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.FactorRemoved, actor.reader(), notice.Content{})
	if err != nil {
		return err
	}
	return l.store.RemovePasskey(ctx, actor.Account, id, l.desk.now(), []notice.Message{letter})
}

// AskProof returns what the browser asks an authenticator for, so that the actor shows a passkey again.
func (l *Factors) AskProof(ctx context.Context, actor Actor) ([]byte, error) {
	options, data, err := l.askFor(ctx, actor.Account)
	if _, known := errors.AsType[*fault.Error](err); known {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("ask for passkey: %w", err)
	}
	return l.keep(ctx, "prove", actor.Session, options, data)
}

// ProveWithPasskey does with a passkey what Prove does with a code.
func (l *Factors) ProveWithPasskey(ctx context.Context, actor Actor, visitor Visitor, answer []byte) (Token, error) {
	keys := l.desk.throttleKeys(visitor, actor.Email)
	if err := l.desk.spend(ctx, keys); err != nil {
		return "", err
	}
	data, err := l.kept(ctx, "prove", actor.Session)
	if err != nil {
		return "", err
	}
	account, key, err := l.signed(ctx, data, answer)
	if err != nil {
		return "", err
	}
	if account.ID != actor.Account || !bytes.Equal(data.UserID, []byte(actor.Account)) {
		return "", fault.New(fault.WrongCredentials)
	}
	return l.prove(ctx, Proof{Account: account.ID, Old: actor.Session, Passkey: &key, At: l.desk.now(), Place: placeOf(visitor)}, keys)
}
