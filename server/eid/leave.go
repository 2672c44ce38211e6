package eid

import (
	"context"

	"bompass/server/access"
	"bompass/server/partner/identity"
	"bompass/shared/fault"
)

// Leave says how a person ends the issuer's session too; false when the session was not begun with an
// eID or its issuer knows no way. It must be asked before the session ends.
func (d *Service) Leave(ctx context.Context, session access.Hash, state string) (identity.EndSessionRequest, bool, error) {
	proof, err := d.Store.SessionProof(ctx, session)
	if err != nil {
		return identity.EndSessionRequest{}, false, unless(err, fault.NotFound)
	}
	w, err := d.Provider(proof.Way)
	if err != nil {
		return identity.EndSessionRequest{}, false, unless(err, fault.NotFound)
	}
	if w.Issuer.ID() != proof.Issuer { // configured anew since
		return identity.EndSessionRequest{}, false, nil
	}
	token, err := d.Keys.OpenText(proof.Sealed.Key, proof.Sealed.Data, proofRow)
	if err != nil {
		return identity.EndSessionRequest{}, false, err
	}
	farewell, ok, err := w.Issuer.Leave(ctx, string(token), state)
	return farewell, ok, unless(err, fault.PartnerDown) // people can leave us all the same
}

// unless lets one fault pass as none.
func unless(err error, code fault.Code) error {
	if err != nil && fault.CodeOf(err) == code {
		return nil
	}
	return err
}

// Front ends the sessions that an issuer's front-channel message is about. No cookie comes with it:
// issuer and session are all there is, and both must be known.
func (d *Service) Front(ctx context.Context, issuer, session string) ([]access.Hash, error) {
	if issuer == "" || session == "" {
		return nil, nil
	}
	for _, w := range d.Ways {
		if w.Issuer.ID() == issuer {
			ended, _, err := d.Store.EndByNotice(ctx, Notice{Issuer: issuer, Session: session}, d.Now())
			return ended, err
		}
	}
	return nil, nil
}

// Back ends the sessions that an issuer's back-channel message is about, and refuses one that was
// sent before.
func (d *Service) Back(ctx context.Context, way, message string) ([]access.Hash, error) {
	w, err := d.Provider(way)
	if err != nil {
		return nil, err
	}
	said, err := w.Issuer.Hear(ctx, message)
	if err != nil {
		return nil, err
	}
	ended, again, err := d.Store.EndByNotice(ctx, Notice{
		Issuer: said.Issuer, Subject: said.Subject, Session: said.Session, Hash: access.Token(said.Notice).Hash(), Until: said.Until.Add(AuthRequestMax),
	}, d.Now())
	if err == nil && again {
		return nil, fault.New(fault.EIDRefused)
	}
	return ended, err
}
