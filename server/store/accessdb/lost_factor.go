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

// PostalAddress returns the postal address of an account; it has no lines when the address is incomplete.
func (s *Store) PostalAddress(ctx context.Context, id toll.AccountID) (factor.PostalAddress, error) {
	r, err := store.SelectOne[struct {
		Person, Street, PostalCode, City, Country string
		AddressAt                                 *time.Time
	}](ctx, s.db.Pool, `select a.person, coalesce(f.street, '') as street, coalesce(f.postal_code, '') as postal_code, coalesce(f.city, '') as city,
			coalesce(f.country, '') as country, f.address_at
		from account a left join profile f on f.account_id = a.id where a.id = $1`, string(id))
	if err != nil {
		return factor.PostalAddress{}, fmt.Errorf("postal address: %w", err)
	}
	p := factor.PostalAddress{Since: store.ZeroIfNull(r.AddressAt)}
	if r.Street == "" || r.PostalCode == "" || r.City == "" {
		return p, nil
	}
	p.Lines = []string{r.Person, r.Street, r.PostalCode + " " + r.City}
	if r.Country != "" && r.Country != "NO" {
		p.Lines = append(p.Lines, r.Country)
	}
	return p, nil
}

// OpenLostFactorClaim returns the claim of an account that is neither stopped, used nor expired, or
// fault.NotFound.
func (s *Store) OpenLostFactorClaim(ctx context.Context, id toll.AccountID, now time.Time) (factor.LostFactorClaim, error) {
	r, err := store.SelectOne[struct {
		ID                       string
		AskedAt, OpensAt, EndsAt time.Time
	}](ctx, s.db.Pool, `select id::text, asked_at, opens_at, ends_at from lost_factor
		where account_id = $1 and stopped_at is null and used_at is null and ends_at > $2`, string(id), now)
	if errors.Is(err, pgx.ErrNoRows) {
		return factor.LostFactorClaim{}, fault.New(fault.NotFound)
	}
	if err != nil {
		return factor.LostFactorClaim{}, fmt.Errorf("open lost factor claim: %w", err)
	}
	return factor.LostFactorClaim{ID: r.ID, Account: id, Asked: r.AskedAt, Opens: r.OpensAt, Ends: r.EndsAt}, nil
}

// AddLostFactorClaim adds a claim that every factor is lost. It returns false when one is open already, or was
// made after since. An expired one is closed first.
func (s *Store) AddLostFactorClaim(ctx context.Context, l factor.LostFactorClaim, since time.Time, stop seal.Link, messages []notice.Message) (bool, error) {
	added, err := s.db.TryTx(ctx, "add lost factor claim", func(tx pgx.Tx) error {
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
		return store.AddLinks(ctx, tx, []seal.Link{stop}, messages)
	})
	if store.HasCode(err, pgerrcode.UniqueViolation) {
		return false, nil
	}
	return added, err
}

// StopLostFactorClaim closes the open claim of an account and ends all its sessions and pending logins, since
// the one who made the claim knows the password.
func (s *Store) StopLostFactorClaim(ctx context.Context, id toll.AccountID, link *seal.Hash, at time.Time, messages []notice.Message) error {
	return s.db.Tx(ctx, "stop lost factor claim", func(tx pgx.Tx) error {
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
		return store.AddMessages(ctx, tx, messages)
	})
}

// TryLostFactorCode counts a try of a claim's code, wrong ones too, and marks the pending login with the claim
// when matches reports that the code is right.
func (s *Store) TryLostFactorCode(ctx context.Context, id toll.AccountID, login seal.Hash, now time.Time, matches func([]byte) bool) (marked bool, err error) {
	err = s.db.Tx(ctx, "try lost factor code", func(tx pgx.Tx) error {
		var claim string
		var hash []byte
		err := tx.QueryRow(ctx, `update lost_factor set tries = tries + 1
			where account_id = $1 and stopped_at is null and used_at is null and opens_at <= $2 and ends_at > $2 and tries < $3
			returning id::text, code_hash`, string(id), now, factor.LostTries).Scan(&claim, &hash)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil || !matches(hash) {
			return err
		}
		marked = true
		return store.ExactlyOne(tx.Exec(ctx, "update login_step set lost_id = $3 where token_hash = $1 and account_id = $2", login[:], string(id), claim))
	})
	return marked, err
}

// PendingLoginClaim returns the id of the open claim that a pending login is marked with, or "".
func (s *Store) PendingLoginClaim(ctx context.Context, login seal.Hash, now time.Time) (claim string, err error) {
	err = s.db.Pool.QueryRow(ctx, `select l.id::text from login_step s join lost_factor l on l.id = s.lost_id
		where s.token_hash = $1 and s.until > $2 and l.stopped_at is null and l.used_at is null and l.ends_at > $2`, login[:], now).Scan(&claim)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("claim of a pending login: %w", err)
	}
	return claim, nil
}

// removeFactors uses a claim and deletes every factor of the account. It returns store.ErrSpent when the claim
// has been used or stopped.
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
