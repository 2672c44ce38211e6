package privacydb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/server/store/inventory"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// exportMax is the maximum number of rows of one section of an export.
const exportMax = 100_000

// Export reads the sections that the inventory lists, all at one instant. The customer is empty when the account does not
// own it.
func (s *Store) Export(ctx context.Context, account toll.AccountID, customer toll.CustomerID, at time.Time) (api.ExportReply, error) {
	reply := api.ExportReply{At: at, Sections: map[string]json.RawMessage{}}
	args := pgx.NamedArgs{"account": string(account), "customer": store.NullIfZero(string(customer))}
	err := s.db.Tx(ctx, "export", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set transaction isolation level repeatable read"); err != nil {
			return err
		}
		for _, t := range inventory.Tables() {
			if t.Export.Section == "" {
				continue
			}
			var rows []byte
			err := tx.QueryRow(ctx, fmt.Sprintf("select coalesce(json_agg(t), '[]') from (%s limit %d) t", t.Export.Query, exportMax), args).Scan(&rows)
			if err != nil {
				return fmt.Errorf("%s: %w", t.Export.Section, err)
			}
			reply.Sections[t.Export.Section] = rows
		}
		return nil
	})
	return reply, err
}

// AddExported adds an event and messages about the download of an account's data.
func (s *Store) AddExported(ctx context.Context, account toll.AccountID, at time.Time, messages []notice.Message) error {
	return s.db.Tx(ctx, "add exported", func(tx pgx.Tx) error {
		if err := store.AddEvent(ctx, tx, account, access.EventExported, at, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, messages)
	})
}
