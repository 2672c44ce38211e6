package accessdb

import (
	"context"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/shared/toll"
)

// BeginSessionEnrolled spends the step of an account without factors, or of one that has lost them all, enrols and
// begins a session.
func (s *Store) BeginSessionEnrolled(ctx context.Context, step seal.Hash, e factor.Enrolment, b access.Session) (bool, error) {
	return s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
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
			return store.ErrSpent
		}
		if err := enrol(ctx, tx, b.Account, e); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}

// EnrolTOTP puts an authenticator app in the place of the one before.
func (s *Store) EnrolTOTP(ctx context.Context, id toll.AccountID, e factor.Enrolment) error {
	return s.db.Tx(ctx, "enrol", func(tx pgx.Tx) error { return enrol(ctx, tx, id, e) })
}

func enrol(ctx context.Context, tx pgx.Tx, id toll.AccountID, e factor.Enrolment) error {
	_, err := tx.Exec(ctx, "update account set totp_key = $2, totp_secret = $3, totp_last_step = $4 where id = $1", string(id), e.TOTP.Key, e.TOTP.Data, e.TOTPStep)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from factor_guard where account_id = $1", string(id)); err != nil {
		return err
	}
	if err := store.AddEvent(ctx, tx, id, access.EventFactorAdded, e.At, access.Place{}); err != nil {
		return err
	}
	return setRecovery(ctx, tx, id, e)
}

// SetRecoveryCodes puts new recovery codes in the place of all others.
func (s *Store) SetRecoveryCodes(ctx context.Context, id toll.AccountID, e factor.Enrolment) error {
	return s.db.Tx(ctx, "set recovery codes", func(tx pgx.Tx) error {
		if err := store.AddEvent(ctx, tx, id, access.EventRecoveryMade, e.At, access.Place{}); err != nil {
			return err
		}
		return setRecovery(ctx, tx, id, e)
	})
}

func setRecovery(ctx context.Context, tx pgx.Tx, id toll.AccountID, e factor.Enrolment) error {
	if e.RecoveryCodes != nil {
		if _, err := tx.Exec(ctx, "delete from recovery_code where account_id = $1", string(id)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into recovery_code (code_hash, account_id) select unnest($2::bytea[]), $1", string(id), e.RecoveryCodes); err != nil {
			return err
		}
	}
	return store.AddMessages(ctx, tx, e.Messages)
}

// BeginSessionWithRecoveryCode spends the step and a recovery code and begins a session. An authenticator that was
// suspended counts anew.
func (s *Store) BeginSessionWithRecoveryCode(ctx context.Context, step seal.Hash, code []byte, b access.Session) (bool, error) {
	return s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
		if err := usePendingLogin(ctx, tx, step, b.Account); err != nil {
			return err
		}
		err := store.ExactlyOne(tx.Exec(ctx, "update recovery_code set used_at = $3 where code_hash = $1 and account_id = $2 and used_at is null",
			code, string(b.Account), b.Began))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from factor_guard where account_id = $1", string(b.Account)); err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, b.Account, access.EventRecoveryUsed, b.Began, b.Place); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}
