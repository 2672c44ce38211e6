package billingdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/ledger"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Postings reads the transactions of a month and their entries in one pass, whatever their number.
func (s *Store) Postings(ctx context.Context, month oslo.Month, do func(ledger.Posting) error) error {
	type row struct {
		ID      int64
		Kind    ledger.Kind
		Number  string
		At      time.Time
		Account ledger.Account
		Amount  money.Ore
	}
	rows, err := s.db.Pool.Query(ctx, `select t.id, t.kind, coalesce(i.number::text, '') as number, t.at, e.account, e.amount
		from ledger_transaction t join ledger_entry e on e.transaction_id = t.id left join invoice i on i.id = t.invoice_id
		where t.at >= $1 and t.at < $2 order by t.id, e.no`, month.Start(), (month + 1).Start())
	if err != nil {
		return err
	}
	defer rows.Close()
	var p ledger.Posting
	for rows.Next() {
		r, err := pgx.RowToStructByName[row](rows)
		if err != nil {
			return err
		}
		if r.ID != p.ID {
			if p.ID != 0 {
				if err := do(p); err != nil {
					return err
				}
			}
			p = ledger.Posting{ID: r.ID, Kind: r.Kind, Number: r.Number, At: r.At}
		}
		p.Entries = append(p.Entries, ledger.Entry{Account: r.Account, Amount: r.Amount})
	}
	if err := rows.Err(); err != nil || p.ID == 0 {
		return err
	}
	return do(p)
}

var _ ledger.PostingStore = (*Store)(nil)
