package persondb

import (
	"context"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// SaveConsents adds consents of an account to those before.
func (s *Store) SaveConsents(ctx context.Context, account toll.AccountID, consents []api.Consent) error {
	return s.db.Tx(ctx, "save consents", func(tx pgx.Tx) error {
		for _, c := range consents {
			_, err := tx.Exec(ctx, "insert into consent (account_id, kind, version, given, at) values ($1, $2, $3, $4, $5)",
				string(account), string(c.Kind), c.Version, c.Given, c.At)
			if err != nil {
				return err
			}
		}
		return store.AddEvent(ctx, tx, account, access.EventConsent, consents[0].At, access.Place{})
	})
}
