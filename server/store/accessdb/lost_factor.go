package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// PostalAddress is where an account's letters on paper go; without lines where the address is not whole.
func (s *Store) PostalAddress(ctx context.Context, id toll.AccountID) (p factor.PostalAddress, err error) {
	var name, street, code, city, country string
	var since *time.Time
	err = s.db.Pool.QueryRow(ctx, `select a.person, coalesce(f.street, ''), coalesce(f.postal_code, ''), coalesce(f.city, ''), coalesce(f.country, ''), f.address_at
		from account a left join profile f on f.account_id = a.id where a.id = $1`, string(id)).Scan(&name, &street, &code, &city, &country, &since)
	if err != nil {
		return p, fmt.Errorf("postal address: %w", err)
	}
	if since != nil {
		p.Since = *since
	}
	if street == "" || code == "" || city == "" {
		return p, nil
	}
	p.Lines = []string{name, street, code + " " + city}
	if country != "" && country != "NO" {
		p.Lines = append(p.Lines, country)
	}
	return p, nil
}

// OpenLostFactorClaim returns what stands open.
func (s *Store) OpenLostFactorClaim(ctx context.Context, id toll.AccountID, now time.Time) (l factor.LostFactorClaim, err error) {
	l.Account = id
	err = s.db.Pool.QueryRow(ctx, `select id::text, asked_at, opens_at, ends_at from lost_factor
		where account_id = $1 and stopped_at is null and used_at is null and ends_at > $2`, string(id), now).Scan(&l.ID, &l.Asked, &l.Opens, &l.Ends)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, fault.New(fault.NotFound)
	}
	if err != nil {
		return l, fmt.Errorf("open loss: %w", err)
	}
	return l, nil
}

// AddLostFactorClaim keeps somebody's word, unless one stands open or one was asked for since. What stood open and is
// over is closed first.
func (s *Store) AddLostFactorClaim(ctx context.Context, l factor.LostFactorClaim, since time.Time, stop seal.Link, letters []notice.Message) (bool, error) {
	asked, err := s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "update lost_factor set stopped_at = $2 where account_id = $1 and stopped_at is null and used_at is null and ends_at <= $2", string(l.Account), l.Asked)
		if err != nil {
			return err
		}
		err = store.ExactlyOne(tx.Exec(ctx, `insert into lost_factor (id, account_id, code_hash, asked_at, opens_at, ends_at)
			select $1, $2, $3, $4, $5, $6 where not exists (select from lost_factor where account_id = $2 and asked_at > $7)`,
			l.ID, string(l.Account), l.Code, l.Asked, l.Opens, l.Ends, since))
		if err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, l.Account, access.EventLostFactorClaimed, l.Asked, access.Place{}); err != nil {
			return err
		}
		return store.AddLinks(ctx, tx, []seal.Link{stop}, letters)
	})
	if store.HasCode(err, pgerrcode.UniqueViolation) {
		return false, nil
	}
	return asked, err
}

// StopLostFactorClaim closes what stands open and ends all sessions and steps: whoever asked knows the password.
func (s *Store) StopLostFactorClaim(ctx context.Context, id toll.AccountID, link *seal.Hash, at time.Time, letters []notice.Message) error {
	return s.db.Tx(ctx, "stop loss", func(tx pgx.Tx) error {
		if link != nil {
			if err := store.SpendLink(ctx, tx, *link, at); err != nil {
				return err
			}
		}
		done, err := tx.Exec(ctx, "update lost_factor set stopped_at = $2 where account_id = $1 and stopped_at is null and used_at is null", string(id), at)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fault.New(fault.LinkSpent)
		}
		if err := store.EndSessions(ctx, tx, id); err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, id, access.EventLostFactorStopped, at, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, letters)
	})
}

// TryLostFactorCode counts a try and marks the step when right says so. A wrong try is kept, too.
func (s *Store) TryLostFactorCode(ctx context.Context, id toll.AccountID, step seal.Hash, now time.Time, right func([]byte) bool) (marked bool, err error) {
	err = s.db.Tx(ctx, "try loss", func(tx pgx.Tx) error {
		var loss string
		var hash []byte
		err := tx.QueryRow(ctx, `update lost_factor set tries = tries + 1
			where account_id = $1 and stopped_at is null and used_at is null and opens_at <= $2 and ends_at > $2 and tries < $3
			returning id::text, code_hash`, string(id), now, factor.LostTries).Scan(&loss, &hash)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil || !right(hash) {
			return err
		}
		marked = true
		return store.ExactlyOne(tx.Exec(ctx, "update login_step set lost_id = $3 where token_hash = $1 and account_id = $2", step[:], string(id), loss))
	})
	return marked, err
}

// PendingLoginClaim names what the step was marked with, while that stands open.
func (s *Store) PendingLoginClaim(ctx context.Context, step seal.Hash, now time.Time) (loss string, err error) {
	err = s.db.Pool.QueryRow(ctx, `select l.id::text from login_step s join lost_factor l on l.id = s.lost_id
		where s.token_hash = $1 and s.until > $2 and l.stopped_at is null and l.used_at is null and l.ends_at > $2`, step[:], now).Scan(&loss)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("step of a loss: %w", err)
	}
	return loss, nil
}

// removeFactors spends a loss and takes away all that was lost; whoever comes second, or comes after the
// owner has stopped it, changes nothing.
func removeFactors(ctx context.Context, tx pgx.Tx, id toll.AccountID, e factor.Enrolment) error {
	err := store.ExactlyOne(tx.Exec(ctx, `update lost_factor set used_at = $3
		where id = $1 and account_id = $2 and stopped_at is null and used_at is null and opens_at <= $3 and ends_at > $3`, e.Claim, string(id), e.At))
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"delete from passkey where account_id = $1", "delete from text_factor where account_id = $1", "delete from recovery_code where account_id = $1",
		"update link set used_at = now(), sealed = '' where account_id = $1 and purpose = 'lost.stop' and used_at is null",
	} {
		if _, err := tx.Exec(ctx, statement, string(id)); err != nil {
			return err
		}
	}
	if err := store.EndSessions(ctx, tx, id); err != nil {
		return err
	}
	return store.AddEvent(ctx, tx, id, access.EventLostFactorReplaced, e.At, access.Place{})
}
