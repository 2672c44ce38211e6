package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/eid"
	"bompass/server/store"
	"bompass/shared/fault"
)

// AddAuthRequest adds a request that has been sent to an issuer.
func (s *Store) AddAuthRequest(ctx context.Context, r eid.AuthRequest, now time.Time) error {
	return s.db.Tx(ctx, "add auth request", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from eid_journey where state_hash in (
			select state_hash from eid_journey where until <= $1 limit $2 for update skip locked)`, now, store.SweepMax)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into eid_journey (state_hash, browser_hash, issuer, key, sealed, until) values ($1, $2, $3, $4, $5, $6)",
			r.State[:], r.Browser[:], r.Provider, r.Sealed.Key, r.Sealed.Data, r.Until)
		return err
	})
}

// TakeAuthRequest deletes a request and returns its sealed part, or fault.SignedOut.
func (s *Store) TakeAuthRequest(ctx context.Context, state, browser seal.Hash, provider string, now time.Time) (sealed seal.Sealed, err error) {
	err = s.db.Pool.QueryRow(ctx, `delete from eid_journey where state_hash = $1 and browser_hash = $2 and issuer = $3 and until > $4
		returning key, sealed`, state[:], browser[:], provider, now).Scan(&sealed.Key, &sealed.Data)
	if errors.Is(err, pgx.ErrNoRows) {
		return seal.Sealed{}, fault.New(fault.SignedOut)
	}
	if err != nil {
		return seal.Sealed{}, fmt.Errorf("take auth request: %w", err)
	}
	return sealed, nil
}
