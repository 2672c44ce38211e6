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
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// SessionRow is one signed-in stay.
type SessionRow struct {
	TokenHash             []byte `gorm:"primaryKey"`
	AccountID, CustomerID string
	BeganAt, SeenAt       time.Time
	Until                 time.Time
}

// TableName is the table of the row.
func (SessionRow) TableName() string { return "session" }

// BeginSessionWithTOTP spends the step and the code's time step and begins a session, or does nothing.
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

// beginSession keeps a session that has just begun with a factor, notes it and writes its letters.
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

// capSessions ends what is too many, and notes it with where that was. Sign-ins of one account take turns.
func capSessions(ctx context.Context, tx pgx.Tx, b access.Session) error {
	if _, err := tx.Exec(ctx, "select from account where id = $1 for no key update", string(b.Account)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `with ended as (delete from session where token_hash in (
			select token_hash from session where account_id = $1 and until > $2 and token_hash <> $4 order by seen_at desc, began_at desc offset $3)
			returning device, network)
		insert into account_event (account_id, kind, at, device, network) select $1, $5, $2, device, network from ended`,
		string(b.Account), b.Began, access.SessionsMax-1, b.Hash[:], string(access.EventCapped))
	return err
}

// SessionPrincipal returns who a session is, as the account and its rights are now.
func (s *Store) SessionPrincipal(ctx context.Context, hash seal.Hash, now, since time.Time) (a access.Principal, seen time.Time, err error) {
	err = s.db.Pool.QueryRow(ctx, `
		select a.id::text, a.email, a.person, a.language, p.role, c.id::text, c.name, c.kind, s.seen_at,
			coalesce(p.vehicle_id::text, ''), s.proven_at,
			coalesce((select case when given then version else 0 end from consent where account_id = a.id and kind = 'privacy' order by id desc limit 1), 0)
		from session s join account a on a.id = s.account_id
		join account_party p on p.account_id = s.account_id and p.customer_id = s.customer_id and (p.until is null or p.until > $2)
		join customer c on c.id = s.customer_id
		where s.token_hash = $1 and s.until > $2 and s.seen_at > $3`, hash[:], now, since).
		Scan(&a.Account, &a.Email, &a.Person, &a.Language, &a.Role, &a.Customer, &a.Name, &a.Kind, &seen, &a.Vehicle, &a.AuthTime, &a.Privacy)
	if errors.Is(err, pgx.ErrNoRows) {
		return access.Principal{}, time.Time{}, fault.New(fault.SignedOut)
	}
	if err != nil {
		return access.Principal{}, time.Time{}, fmt.Errorf("session: %w", err)
	}
	return a, seen, nil
}

// TouchSession notes that a session was used.
func (s *Store) TouchSession(ctx context.Context, hash seal.Hash, now time.Time) error {
	err := s.db.GORM(ctx).Model(&SessionRow{}).Where("token_hash = ? and seen_at < ?", hash[:], now).Update("seen_at", now).Error
	if err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// EndSession ends a session and notes that its person left; one that is over already stays so.
func (s *Store) EndSession(ctx context.Context, hash seal.Hash, now time.Time) error {
	return s.db.Tx(ctx, "end session", func(tx pgx.Tx) error {
		var account string
		var place access.Place
		err := tx.QueryRow(ctx, "delete from session where token_hash = $1 returning account_id::text, device, network", hash[:]).
			Scan(&account, &place.Device, &place.Network)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return store.AddEvent(ctx, tx, toll.AccountID(account), access.EventSignedOut, now, place)
	})
}

// StepUp notes that a factor was shown again, and gives the session its new token.
func (s *Store) StepUp(ctx context.Context, p factor.StepUp) (bool, error) {
	return s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
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
