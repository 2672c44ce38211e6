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

// BeginSessionEnrolled uses the pending login of an account without factors, or of one whose factors are lost,
// enrols an authenticator app and begins a session.
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
		if err := enrolTOTP(ctx, tx, b.Account, e); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}

// EnrolTOTP enrols an authenticator app in the place of the one before.
func (s *Store) EnrolTOTP(ctx context.Context, id toll.AccountID, e factor.Enrolment) error {
	return s.db.Tx(ctx, "enrol TOTP", func(tx pgx.Tx) error { return enrolTOTP(ctx, tx, id, e) })
}

func enrolTOTP(ctx context.Context, tx pgx.Tx, id toll.AccountID, e factor.Enrolment) error {
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
	return setRecoveryCodes(ctx, tx, id, e)
}

// SetRecoveryCodes replaces the recovery codes of an account.
func (s *Store) SetRecoveryCodes(ctx context.Context, id toll.AccountID, e factor.Enrolment) error {
	return s.db.Tx(ctx, "set recovery codes", func(tx pgx.Tx) error {
		if err := store.AddEvent(ctx, tx, id, access.EventRecoveryMade, e.At, access.Place{}); err != nil {
			return err
		}
		return setRecoveryCodes(ctx, tx, id, e)
	})
}

func setRecoveryCodes(ctx context.Context, tx pgx.Tx, id toll.AccountID, e factor.Enrolment) error {
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

// BeginSessionWithRecoveryCode uses a pending login and a recovery code and begins a session. It resets the
// count of wrong codes, so that a suspended authenticator works again.
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
