package accessdb

import (
	"context"
	"crypto/hmac"
	"fmt"
)

// CheckSecret reports whether proof is that of the secret which the database was first used with. The first proof is
// stored.
func (s *Store) CheckSecret(ctx context.Context, proof []byte) (same bool, err error) {
	var stored []byte
	err = s.db.Pool.QueryRow(ctx, `with first as (insert into server_secret (proof) values ($1) on conflict do nothing returning proof)
		select proof from first union all select proof from server_secret limit 1`, proof).Scan(&stored)
	if err != nil {
		return false, fmt.Errorf("check the secret: %w", err)
	}
	return hmac.Equal(stored, proof), nil
}
