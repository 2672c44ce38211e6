package eid

import (
	"context"

	"bompass/server/access/seal"
	"bompass/server/partner/identity"
	"bompass/shared/fault"
)

// EndSession returns the request that ends the issuer's session too. It reports false if the session was not begun
// with an eID or its issuer offers no logout. It must be called before the session ends.
func (d *Service) EndSession(ctx context.Context, session seal.Hash, state string) (identity.EndSessionRequest, bool, error) {
	proof, err := d.Store.SessionProof(ctx, session)
	if err != nil {
		return identity.EndSessionRequest{}, false, ignoreFault(err, fault.NotFound)
	}
	w, err := d.Provider(proof.Provider)
	if err != nil {
		return identity.EndSessionRequest{}, false, ignoreFault(err, fault.NotFound)
	}
	if w.Issuer.ID() != proof.Issuer { // the provider has another issuer now
		return identity.EndSessionRequest{}, false, nil
	}
	token, err := d.Keys.OpenText(proof.IDToken.Key, proof.IDToken.Data, idTokenRow)
	if err != nil {
		return identity.EndSessionRequest{}, false, err
	}
	request, ok, err := w.Issuer.EndSession(ctx, string(token), state)
	return request, ok, ignoreFault(err, fault.PartnerDown) // an outage does not prevent signing out here
}

// ignoreFault returns nil if err is the given fault, and err otherwise.
func ignoreFault(err error, code fault.Code) error {
	if err != nil && fault.CodeOf(err) == code {
		return nil
	}
	return err
}

// FrontChannelLogout ends the sessions that an issuer's front-channel message is about. The request has no
// cookie, so issuer and session must both be known.
func (d *Service) FrontChannelLogout(ctx context.Context, issuer, session string) ([]seal.Hash, error) {
	if issuer == "" || session == "" {
		return nil, nil
	}
	for _, w := range d.Providers {
		if w.Issuer.ID() == issuer {
			ended, _, err := d.Store.EndSessionsByLogout(ctx, LogoutNotice{Issuer: issuer, Session: session}, d.Now())
			return ended, err
		}
	}
	return nil, nil
}

// BackChannelLogout ends the sessions that an issuer's back-channel message is about, and refuses one that
// was received before.
func (d *Service) BackChannelLogout(ctx context.Context, provider, message string) ([]seal.Hash, error) {
	w, err := d.Provider(provider)
	if err != nil {
		return nil, err
	}
	logout, err := w.Issuer.VerifyLogoutToken(ctx, message)
	if err != nil {
		return nil, err
	}
	ended, repeated, err := d.Store.EndSessionsByLogout(ctx, LogoutNotice{
		Issuer: logout.Issuer, Subject: logout.Subject, Session: logout.Session, Hash: seal.Token(logout.TokenID).Hash(), Until: logout.ExpiresAt.Add(AuthRequestMax),
	}, d.Now())
	if err == nil && repeated {
		return nil, fault.New(fault.EIDRefused)
	}
	return ended, err
}
