package accessdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/toll"
)

// CountFactorTry counts a wrong code and returns the count. A right code resets the count, unless the factor
// is suspended.
func (s *Store) CountFactorTry(ctx context.Context, id toll.AccountID, right bool) (fails int, err error) {
	err = s.db.Pool.QueryRow(ctx, `
		insert into factor_guard as g (account_id, fails) values ($1, case when $2 then 0 else 1 end)
		on conflict (account_id) do update set fails = case when $2 and g.fails < $3 then 0 when $2 then g.fails else g.fails + 1 end
		returning fails`, string(id), right, factor.FailsMax).Scan(&fails)
	if err != nil {
		return 0, fmt.Errorf("count factor try: %w", err)
	}
	return fails, nil
}

// SuspendFactor adds the event and the messages of an authenticator that has been suspended.
func (s *Store) SuspendFactor(ctx context.Context, id toll.AccountID, at time.Time, messages []notice.Message) error {
	return s.db.Tx(ctx, "suspend factor", func(tx pgx.Tx) error {
		if err := store.AddEvent(ctx, tx, id, access.EventSuspended, at, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, messages)
	})
}

// useTOTP uses a code's time step, and with it all earlier ones: a code works once.
func useTOTP(ctx context.Context, tx pgx.Tx, id toll.AccountID, step int64) error {
	return store.ExactlyOne(tx.Exec(ctx, "update account set totp_last_step = $2 where id = $1 and totp_last_step < $2", string(id), step))
}
