package eid

import (
	"context"

	"bompass/server/access/seal"
	"bompass/server/partner/identity"
	"bompass/shared/fault"
)

// EndSession says how a person ends the issuer's session too; false when the session was not begun with an
// eID or its issuer knows no way. It must be asked before the session ends.
func (d *Service) EndSession(ctx context.Context, session seal.Hash, state string) (identity.EndSessionRequest, bool, error) {
	proof, err := d.Store.SessionProof(ctx, session)
	if err != nil {
		return identity.EndSessionRequest{}, false, ignoreFault(err, fault.NotFound)
	}
	w, err := d.Provider(proof.Provider)
	if err != nil {
		return identity.EndSessionRequest{}, false, ignoreFault(err, fault.NotFound)
	}
	if w.Issuer.ID() != proof.Issuer { // configured anew since
		return identity.EndSessionRequest{}, false, nil
	}
	token, err := d.Keys.OpenText(proof.IDToken.Key, proof.IDToken.Data, idTokenRow)
	if err != nil {
		return identity.EndSessionRequest{}, false, err
	}
	farewell, ok, err := w.Issuer.EndSession(ctx, string(token), state)
	return farewell, ok, ignoreFault(err, fault.PartnerDown) // people can leave us all the same
}

// ignoreFault lets one fault pass as none.
func ignoreFault(err error, code fault.Code) error {
	if err != nil && fault.CodeOf(err) == code {
		return nil
	}
	return err
}

// FrontChannelLogout ends the sessions that an issuer's front-channel message is about. No cookie comes with it:
// issuer and session are all there is, and both must be known.
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

// BackChannelLogout ends the sessions that an issuer's back-channel message is about, and refuses one that was
// sent before.
func (d *Service) BackChannelLogout(ctx context.Context, way, message string) ([]seal.Hash, error) {
	w, err := d.Provider(way)
	if err != nil {
		return nil, err
	}
	said, err := w.Issuer.VerifyLogoutToken(ctx, message)
	if err != nil {
		return nil, err
	}
	ended, again, err := d.Store.EndSessionsByLogout(ctx, LogoutNotice{
		Issuer: said.Issuer, Subject: said.Subject, Session: said.Session, Hash: seal.Token(said.TokenID).Hash(), Until: said.ExpiresAt.Add(AuthRequestMax),
	}, d.Now())
	if err == nil && again {
		return nil, fault.New(fault.EIDRefused)
	}
	return ended, err
}
