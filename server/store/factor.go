package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// SaveCeremony replaces what was kept under the hash. Some that are over are dropped.
func (s *Store) SaveCeremony(ctx context.Context, hash access.Hash, data []byte, now, until time.Time) error {
	return s.write(ctx, "keep ceremony", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "delete from ceremony where hash in (select hash from ceremony where until <= $1 limit $2 for update skip locked)", now, staleChunk)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into ceremony (hash, data, until) values ($1, $2, $3)
			on conflict (hash) do update set data = excluded.data, until = excluded.until`, hash[:], data, until)
		return err
	})
}

// Ceremony returns what is kept under the hash; take removes it, so that it is answered once.
func (s *Store) Ceremony(ctx context.Context, hash access.Hash, now time.Time, take bool) (data []byte, err error) {
	query := "select data from ceremony where hash = $1 and until > $2"
	if take {
		query = "delete from ceremony where hash = $1 and until > $2 returning data"
	}
	err = s.pool.QueryRow(ctx, query, hash[:], now).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.SignedOut)
	}
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	return data, nil
}

// BeginSessionEnrolled spends the step of an account without factors, or of one that has lost them all, enrols and
// begins a session.
func (s *Store) BeginSessionEnrolled(ctx context.Context, step access.Hash, e access.Enrolment, b access.Session) (bool, error) {
	return s.begin(ctx, func(tx pgx.Tx) error {
		if err := usePendingLogin(ctx, tx, step, b.Account); err != nil {
			return err
		}
		var held int
		if err := tx.QueryRow(ctx, "select length(totp_secret) from account where id = $1 for update", string(b.Account)).Scan(&held); err != nil {
			return err
		}
		if e.Claim != "" {
			if err := removeFactors(ctx, tx, b.Account, e); err != nil {
				return err
			}
		} else if held > 0 {
			return errSpent
		}
		if err := enrol(ctx, tx, b.Account, e); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}

// EnrolTOTP puts an authenticator app in the place of the one before.
func (s *Store) EnrolTOTP(ctx context.Context, id toll.AccountID, e access.Enrolment) error {
	return s.write(ctx, "enrol", func(tx pgx.Tx) error { return enrol(ctx, tx, id, e) })
}

func enrol(ctx context.Context, tx pgx.Tx, id toll.AccountID, e access.Enrolment) error {
	_, err := tx.Exec(ctx, "update account set totp_key = $2, totp_secret = $3, totp_last_step = $4 where id = $1", string(id), e.TOTP.Key, e.TOTP.Data, e.TOTPStep)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from factor_guard where account_id = $1", string(id)); err != nil {
		return err
	}
	if err := addEvent(ctx, tx, id, access.EventFactorAdded, e.At, access.Place{}); err != nil {
		return err
	}
	return setRecovery(ctx, tx, id, e)
}

// SetRecoveryCodes puts new recovery codes in the place of all others.
func (s *Store) SetRecoveryCodes(ctx context.Context, id toll.AccountID, e access.Enrolment) error {
	return s.write(ctx, "set recovery codes", func(tx pgx.Tx) error {
		if err := addEvent(ctx, tx, id, access.EventRecoveryMade, e.At, access.Place{}); err != nil {
			return err
		}
		return setRecovery(ctx, tx, id, e)
	})
}

func setRecovery(ctx context.Context, tx pgx.Tx, id toll.AccountID, e access.Enrolment) error {
	if e.RecoveryCodes != nil {
		if _, err := tx.Exec(ctx, "delete from recovery_code where account_id = $1", string(id)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into recovery_code (code_hash, account_id) select unnest($2::bytea[]), $1", string(id), e.RecoveryCodes); err != nil {
			return err
		}
	}
	return addMessages(ctx, tx, e.Messages)
}

// BeginSessionWithRecoveryCode spends the step and a recovery code and begins a session. An authenticator that was
// suspended counts anew.
func (s *Store) BeginSessionWithRecoveryCode(ctx context.Context, step access.Hash, code []byte, b access.Session) (bool, error) {
	return s.begin(ctx, func(tx pgx.Tx) error {
		if err := usePendingLogin(ctx, tx, step, b.Account); err != nil {
			return err
		}
		err := exactly(tx.Exec(ctx, "update recovery_code set used_at = $3 where code_hash = $1 and account_id = $2 and used_at is null",
			code, string(b.Account), b.Began))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from factor_guard where account_id = $1", string(b.Account)); err != nil {
			return err
		}
		if err := addEvent(ctx, tx, b.Account, access.EventRecoveryUsed, b.Began, b.Place); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}

// BeginSessionWithPasskey spends the step, if there was one, and begins a session.
func (s *Store) BeginSessionWithPasskey(ctx context.Context, step *access.Hash, key access.Passkey, b access.Session) (bool, error) {
	return s.begin(ctx, func(tx pgx.Tx) error {
		if step != nil {
			if err := usePendingLogin(ctx, tx, *step, b.Account); err != nil {
				return err
			}
		}
		if err := usePasskey(ctx, tx, b.Account, key); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}

// usePasskey keeps a key's counter and flags as they are after use.
func usePasskey(ctx context.Context, tx pgx.Tx, id toll.AccountID, key access.Passkey) error {
	return exactly(tx.Exec(ctx, "update passkey set credential = $3, used_at = $4 where id = $1 and account_id = $2", key.ID, string(id), key.Credential, key.Used))
}

// AddPasskey keeps a key that the person has just made.
func (s *Store) AddPasskey(ctx context.Context, id toll.AccountID, key access.Passkey, letters []notice.Message) error {
	return s.write(ctx, "add passkey", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into passkey (id, account_id, name, credential, added_at) values ($1, $2, $3, $4, $5)",
			key.ID, string(id), key.Name, key.Credential, key.Added)
		if err != nil {
			return err
		}
		if err := addEvent(ctx, tx, id, access.EventFactorAdded, key.Added, access.Place{}); err != nil {
			return err
		}
		return addMessages(ctx, tx, letters)
	})
}

// RemovePasskey forgets a key unless it is the account's last factor.
func (s *Store) RemovePasskey(ctx context.Context, id toll.AccountID, key []byte, at time.Time, letters []notice.Message) error {
	return s.write(ctx, "remove passkey", func(tx pgx.Tx) error {
		var others int
		err := tx.QueryRow(ctx, `select (length(totp_secret) > 0)::int + (select count(*) from passkey where account_id = $1 and id <> $2)
			from account where id = $1 for update`, string(id), key).Scan(&others)
		if err != nil {
			return err
		}
		if others == 0 {
			return fault.New(fault.LastFactor)
		}
		done, err := tx.Exec(ctx, "delete from passkey where id = $1 and account_id = $2", key, string(id))
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fault.New(fault.NotFound)
		}
		if err := addEvent(ctx, tx, id, access.EventFactorRemoved, at, access.Place{}); err != nil {
			return err
		}
		return addMessages(ctx, tx, letters)
	})
}

// Passkeys lists an account's keys, the oldest first.
func (s *Store) Passkeys(ctx context.Context, id toll.AccountID) ([]access.Passkey, error) {
	rows, err := s.pool.Query(ctx, "select id, name, credential, added_at, coalesce(used_at, 'epoch') from passkey where account_id = $1 order by added_at, id", string(id))
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k access.Passkey, err error) {
		err = row.Scan(&k.ID, &k.Name, &k.Credential, &k.Added, &k.Used)
		if k.Used.Unix() == 0 {
			k.Used = time.Time{}
		}
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return list, nil
}

// StepUp notes that a factor was shown again, and gives the session its new token.
func (s *Store) StepUp(ctx context.Context, p access.StepUp) (bool, error) {
	return s.begin(ctx, func(tx pgx.Tx) error {
		if p.Passkey != nil {
			if err := usePasskey(ctx, tx, p.Account, *p.Passkey); err != nil {
				return err
			}
		} else if err := useTOTP(ctx, tx, p.Account, p.TOTPStep); err != nil {
			return err
		}
		err := exactly(tx.Exec(ctx, "update session set token_hash = $2, proven_at = $3, seen_at = $3 where token_hash = $1 and account_id = $4",
			p.Old[:], p.New[:], p.At, string(p.Account)))
		if err != nil {
			return err
		}
		return addEvent(ctx, tx, p.Account, access.EventStepUp, p.At, p.Place)
	})
}

// ChangePassword changes a password from within a session, which goes on.
func (s *Store) ChangePassword(ctx context.Context, p access.PasswordChange, keep access.Hash) error {
	return s.write(ctx, "change password", func(tx pgx.Tx) error { return newPassword(ctx, tx, p, keep[:]) })
}
