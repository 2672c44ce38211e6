package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/seclog"
	"bompass/shared/toll"
)

// AddEvent adds an event to the history of an account.
func AddEvent(ctx context.Context, tx pgx.Tx, id toll.AccountID, kind access.EventKind, at time.Time, place access.Place) error {
	_, err := tx.Exec(ctx, "insert into account_event (account_id, kind, at, device, network) values ($1, $2, $3, $4, $5)",
		string(id), string(kind), at, place.Device, place.Network)
	if err != nil {
		return fmt.Errorf("add event: %w", err)
	}
	seclog.Note(ctx, seclog.Changed(string(kind)), id)
	return nil
}

// EndSessions deletes all sessions and pending logins of an account.
func EndSessions(ctx context.Context, tx pgx.Tx, id toll.AccountID) error {
	for _, statement := range []string{"delete from session where account_id = $1", "delete from login_step where account_id = $1"} {
		if _, err := tx.Exec(ctx, statement, string(id)); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
	}
	return nil
}

// CollectHashes returns the token hashes in the only column of rows.
func CollectHashes(rows pgx.Rows) ([]seal.Hash, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (hash seal.Hash, err error) {
		var b []byte
		err = row.Scan(&b)
		copy(hash[:], b)
		return hash, err
	})
}
