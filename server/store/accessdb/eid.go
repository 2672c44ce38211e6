package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/eid"
	"bompass/server/partner/identity"
	"bompass/server/seclog"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// AccountByEID returns the account that an issuer's subject opens, or else the one with the personal number.
func (s *Store) AccountByEID(ctx context.Context, issuer, subject string, number eid.Number, now time.Time) (access.Account, error) {
	found, err := loadAccount(ctx, s.db.Pool, now, "a.id = (select account_id from identity where issuer = $1 and subject = $3)", issuer, subject)
	if len(number.Hash) == 0 || err == nil || fault.CodeOf(err) != fault.NotFound {
		return found, err
	}
	return loadAccount(ctx, s.db.Pool, now, `a.id = coalesce(
		(select id from account where birth_hash = $1), (select account_id from account_number where number_hash = $1))`, number.Hash)
}

// BeginSessionWithEID begins a session with an eID, and adds the account of a newcomer. It returns false when
// another sign-in has added the newcomer first.
func (s *Store) BeginSessionWithEID(ctx context.Context, e eid.Entry) (bool, error) {
	began, err := s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
		if e.New != nil {
			if err := addNewAccount(ctx, tx, *e.New); err != nil {
				return err
			}
		}
		p, b := e.Proof, e.Session
		_, err := tx.Exec(ctx, "insert into identity (issuer, subject, account_id) values ($1, $2, $3) on conflict do nothing", p.Issuer, p.Subject, string(b.Account))
		if err != nil {
			return err
		}
		if err := beginSession(ctx, tx, b); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update session set proven_at = least(began_at, $2) where token_hash = $1", b.Hash[:], p.AuthTime); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into session_identity (token_hash, issuer, subject, sid, level, proved_at, way, key, sealed)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			b.Hash[:], p.Issuer, p.Subject, p.Session, p.Level.String(), p.AuthTime, p.Provider, p.IDToken.Key, p.IDToken.Data)
		if err != nil || e.Replaces == nil {
			return err
		}
		_, err = tx.Exec(ctx, `with before as (delete from session where token_hash = $1 returning own_device, until)
			update session s set own_device = true, until = before.until from before where s.token_hash = $2 and before.own_device`, e.Replaces[:], b.Hash[:])
		return err
	})
	if store.HasCode(err, pgerrcode.UniqueViolation) && e.New != nil {
		return false, nil
	}
	return began, err
}

// addNewAccount adds an account with a customer of its own, which has no agreement yet.
func addNewAccount(ctx context.Context, tx pgx.Tx, n eid.NewAccount) error {
	_, err := tx.Exec(ctx, "insert into customer (id, kind, name, email, country, language) values ($1, 'private', $2, '', $3, $4)",
		string(n.Customer), n.Person, n.Country, n.Language)
	if err != nil {
		return err
	}
	own := eid.Number{Hash: []byte{}}
	own.Sealed.Data = []byte{}
	if n.Country == "NO" && len(n.Number.Hash) > 0 {
		own = n.Number
	}
	_, err = tx.Exec(ctx, `insert into account (id, email, person, language, password_hash, totp_key, totp_secret, birth_key, birth_number, birth_hash)
		values ($1, '', $2, $3, '', '', '', $4, $5, $6)`, string(n.Account), n.Person, n.Language, own.Sealed.Key, own.Sealed.Data, own.Hash)
	if err != nil {
		return err
	}
	if n.Country != "NO" && len(n.Number.Hash) > 0 {
		_, err = tx.Exec(ctx, "insert into account_number (number_hash, account_id, country, key, sealed) values ($1, $2, $3, $4, $5)",
			n.Number.Hash, string(n.Account), n.Country, n.Number.Sealed.Key, n.Number.Sealed.Data)
		if err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "insert into account_party (account_id, customer_id, role) values ($1, $2, 'owner')", string(n.Account), string(n.Customer))
	return err
}

// IssuersOf returns the issuers whose eIDs open an account.
func (s *Store) IssuersOf(ctx context.Context, account toll.AccountID) ([]string, error) {
	rows, err := s.db.Pool.Query(ctx, "select distinct issuer from identity where account_id = $1", string(account))
	if err != nil {
		return nil, fmt.Errorf("issuers of an account: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("issuers of an account: %w", err)
	}
	return list, nil
}

// AddNumber adds a personal number of another country; one that exists stays as it is.
func (s *Store) AddNumber(ctx context.Context, id toll.AccountID, n eid.Number) error {
	_, err := s.db.Pool.Exec(ctx, `insert into account_number (number_hash, account_id, country, key, sealed) values ($1, $2, $3, $4, $5)
		on conflict do nothing`, n.Hash, string(id), n.Country, n.Sealed.Key, n.Sealed.Data)
	if err != nil {
		return fmt.Errorf("add personal number: %w", err)
	}
	return nil
}

// SessionProof returns what an issuer vouched for when a session began, or fault.NotFound.
func (s *Store) SessionProof(ctx context.Context, session seal.Hash) (eid.Proof, error) {
	r, err := store.SelectOne[struct {
		Way, Issuer, Subject, SID, Level string
		ProvedAt                         time.Time
		Key                              string
		Sealed                           []byte
	}](ctx, s.db.Pool, "select way, issuer, subject, sid, level, proved_at, key, sealed from session_identity where token_hash = $1", session[:])
	if errors.Is(err, pgx.ErrNoRows) {
		return eid.Proof{}, fault.New(fault.NotFound)
	}
	if err != nil {
		return eid.Proof{}, fmt.Errorf("session's proof: %w", err)
	}
	p := eid.Proof{
		Provider: r.Way, Issuer: r.Issuer, Subject: r.Subject, Session: r.SID, AuthTime: r.ProvedAt,
		IDToken: seal.Sealed{Key: r.Key, Data: r.Sealed}, Level: identity.Substantial,
	}
	if r.Level == identity.High.String() {
		p.Level = identity.High
	}
	return p, nil
}

// EndSessionsByLogout ends the sessions that an issuer's logout message names, or all of its subject. again
// reports that the message was received before.
func (s *Store) EndSessionsByLogout(ctx context.Context, n eid.LogoutNotice, now time.Time) (ended []seal.Hash, again bool, err error) {
	err = s.db.Tx(ctx, "end sessions", func(tx pgx.Tx) error {
		if n.Hash != (seal.Hash{}) {
			if _, err := tx.Exec(ctx, "delete from eid_notice where until <= $1", now); err != nil {
				return err
			}
			done, err := tx.Exec(ctx, "insert into eid_notice (issuer, notice, until) values ($1, $2, $3) on conflict do nothing", n.Issuer, n.Hash[:], n.Until)
			if again = err == nil && done.RowsAffected() == 0; err != nil || again {
				return err
			}
		}
		// With a session id only that session ends, otherwise all of the subject.
		rows, err := tx.Query(ctx, `delete from session where token_hash in (select token_hash from session_identity
			where issuer = $1 and case when $2 <> '' then sid = $2 and ($3 = '' or subject = $3) else subject = $3 and $3 <> '' end)
			returning token_hash`, n.Issuer, n.Session, n.Subject)
		if err != nil {
			return err
		}
		if ended, err = store.CollectHashes(rows); len(ended) > 0 {
			seclog.Note(ctx, seclog.SessionEnded, "")
		}
		return err
	})
	return ended, again, err
}

// Numbers returns the personal numbers of other countries that an account has.
func (s *Store) Numbers(ctx context.Context, account toll.AccountID) ([]eid.Number, error) {
	type numberRow struct {
		Country    string
		NumberHash []byte
		Key        string
		Sealed     []byte
	}
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r numberRow) eid.Number {
		return eid.Number{Country: r.Country, Hash: r.NumberHash, Sealed: seal.Sealed{Key: r.Key, Data: r.Sealed}}
	}, "select country, number_hash, key, sealed from account_number where account_id = $1 order by number_hash", string(account))
	if err != nil {
		return nil, fmt.Errorf("personal numbers: %w", err)
	}
	return list, nil
}
