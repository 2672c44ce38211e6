package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/seclog"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// BeginSessionWithTOTP uses a pending login and a code's time step and begins a session. It returns false when
// either was used already.
func (s *Store) BeginSessionWithTOTP(ctx context.Context, step seal.Hash, totpStep int64, b access.Session) (bool, error) {
	return s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
		if err := usePendingLogin(ctx, tx, step, b.Account); err != nil {
			return err
		}
		if err := useTOTP(ctx, tx, b.Account, totpStep); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}

// beginSession adds a session, its event and its messages, and ends the oldest sessions if there are too many.
func beginSession(ctx context.Context, tx pgx.Tx, b access.Session) error {
	_, err := tx.Exec(ctx, `insert into session (token_hash, account_id, customer_id, began_at, seen_at, until, device, network, proven_at)
		values ($1, $2, $3, $4, $4, $5, $6, $7, case when $8 then 'epoch' else $4::timestamptz end)`,
		b.Hash[:], string(b.Account), string(b.Customer), b.Began, b.Until, b.Place.Device, b.Place.Network, b.ByTextCode)
	if err != nil {
		return err
	}
	if err := store.AddEvent(ctx, tx, b.Account, access.EventSignedIn, b.Began, b.Place); err != nil {
		return err
	}
	if err := capSessions(ctx, tx, b); err != nil {
		return err
	}
	return store.AddMessages(ctx, tx, b.Messages)
}

// capSessions ends the sessions of an account over access.SessionsMax, each with an event. Sign-ins of one
// account take turns.
func capSessions(ctx context.Context, tx pgx.Tx, b access.Session) error {
	if _, err := tx.Exec(ctx, "select from account where id = $1 for no key update", string(b.Account)); err != nil {
		return err
	}
	done, err := tx.Exec(ctx, `with ended as (delete from session where token_hash in (
			select token_hash from session where account_id = $1 and until > $2 and token_hash <> $4 order by seen_at desc, began_at desc offset $3)
			returning device, network)
		insert into account_event (account_id, kind, at, device, network) select $1, $5, $2, device, network from ended`,
		string(b.Account), b.Began, access.SessionsMax-1, b.Hash[:], string(access.EventCapped))
	if done.RowsAffected() > 0 {
		seclog.Note(ctx, seclog.Changed(string(access.EventCapped)), b.Account)
	}
	return err
}

// SessionPrincipal returns the principal of a session, with its rights as they are now, and when the session was
// last used.
func (s *Store) SessionPrincipal(ctx context.Context, hash seal.Hash, now, since time.Time) (access.Principal, time.Time, error) {
	r, err := store.SelectOne[struct {
		Account, Email, Person, Language, Role, Customer, Name, Kind, Vehicle string
		SeenAt, AuthTime                                                      time.Time
		Privacy                                                               int
		Mobile, MobileConfirmed, Address, Own                                 bool
	}](ctx, s.db.Pool, `
		select a.id::text as account, a.email, a.person, a.language, p.role, c.id::text as customer, c.name, c.kind, s.seen_at,
			coalesce(p.vehicle_id::text, '') as vehicle, s.proven_at as auth_time, s.own_device as own,
			coalesce((select case when given then version else 0 end from consent where account_id = a.id and kind = 'privacy' order by id desc limit 1), 0) as privacy,
			coalesce(f.mobile <> '', false) as mobile, coalesce(f.mobile <> '' and f.mobile_confirmed_at is not null, false) as mobile_confirmed,
			coalesce(f.street <> '' and f.postal_code <> '' and f.city <> '' and f.country <> '', false) as address
		from session s join account a on a.id = s.account_id
		join account_party p on p.account_id = s.account_id and p.customer_id = s.customer_id and (p.until is null or p.until > $2)
		join customer c on c.id = s.customer_id
		left join profile f on f.account_id = a.id
		where s.token_hash = $1 and s.until > $2 and s.seen_at > $3 and s.began_at > $4`, hash[:], now, since, now.Add(-access.SessionMax))
	if errors.Is(err, pgx.ErrNoRows) {
		if _, err := s.LockedSession(ctx, hash, now); err == nil {
			return access.Principal{}, time.Time{}, fault.New(fault.SignedOut, fault.Locked, "yes")
		}
		return access.Principal{}, time.Time{}, fault.New(fault.SignedOut)
	}
	if err != nil {
		return access.Principal{}, time.Time{}, fmt.Errorf("session: %w", err)
	}
	return access.Principal{
		Account: toll.AccountID(r.Account), Email: r.Email, Person: r.Person, Language: r.Language, Role: role.Role(r.Role),
		Customer: toll.CustomerID(r.Customer), Name: r.Name, Kind: toll.CustomerKind(r.Kind), Vehicle: toll.VehicleID(r.Vehicle),
		Own: r.Own, AuthTime: r.AuthTime, Privacy: r.Privacy, Contact: access.Contact{Mobile: r.Mobile, MobileConfirmed: r.MobileConfirmed, Address: r.Address},
	}, r.SeenAt, nil
}

// TouchSession sets when a session was last used.
func (s *Store) TouchSession(ctx context.Context, hash seal.Hash, now time.Time) error {
	if _, err := s.db.Pool.Exec(ctx, "update session set seen_at = $2 where token_hash = $1 and seen_at < $2", hash[:], now); err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// EndSession ends a session, with an event; one that has ended already is left alone.
func (s *Store) EndSession(ctx context.Context, hash seal.Hash, now time.Time) error {
	return s.endSession(ctx, "delete from session where token_hash = $1", hash, now)
}

// endSession ends the session that a statement deletes by its hash, with an event; it does nothing where there is none.
func (s *Store) endSession(ctx context.Context, deletes string, hash seal.Hash, now time.Time) error {
	return s.db.Tx(ctx, "end session", func(tx pgx.Tx) error {
		ended, err := store.SelectOne[struct{ AccountID, Device, Network string }](ctx, tx, deletes+" returning account_id::text, device, network", hash[:])
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return store.AddEvent(ctx, tx, toll.AccountID(ended.AccountID), access.EventSignedOut, now, access.Place{Device: ended.Device, Network: ended.Network})
	})
}

// StepUp gives a session a new token and a new time of authentication. It returns false when the factor or
// the session is no longer as it was.
func (s *Store) StepUp(ctx context.Context, p factor.StepUp) (bool, error) {
	return s.db.TryTx(ctx, "step up", func(tx pgx.Tx) error {
		if p.Passkey != nil {
			if err := usePasskey(ctx, tx, p.Account, *p.Passkey); err != nil {
				return err
			}
		} else if err := useTOTP(ctx, tx, p.Account, p.TOTPStep); err != nil {
			return err
		}
		err := store.ExactlyOne(tx.Exec(ctx, "update session set token_hash = $2, proven_at = $3, seen_at = $3 where token_hash = $1 and account_id = $4",
			p.Old[:], p.New[:], p.At, string(p.Account)))
		if err != nil {
			return err
		}
		return store.AddEvent(ctx, tx, p.Account, access.EventStepUp, p.At, p.Place)
	})
}
