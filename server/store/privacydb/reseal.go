package privacydb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/server/store/inventory"
)

// resealBatch is the maximum number of rows of one transaction.
const resealBatch = 200

// Resealed counts the values of one column that were sealed again, and those whose key is unknown.
type Resealed struct {
	Place            string // table.column
	Anew, Unopenable int
}

// Reseal seals every value again that is sealed with another key than the first one. Servers may run
// meanwhile: rows that are being changed are locked, and what is sealed with an old key afterwards is found
// the next time.
func (s *Store) Reseal(ctx context.Context, keys seal.Keys) (list []Resealed, err error) {
	for _, c := range inventory.SealedColumns() {
		r := Resealed{Place: c.Table + "." + c.Value}
		for n := resealBatch; n == resealBatch; {
			if n, err = s.resealSome(ctx, c, keys); err != nil {
				return list, err
			}
			r.Anew += n
		}
		err := s.db.Pool.QueryRow(ctx, fmt.Sprintf("select count(*) from %s where length(%s) > 0 and %s <> all($1)", c.Table, c.Value, c.Key), keys.SealNames()).
			Scan(&r.Unopenable)
		if err != nil {
			return list, fmt.Errorf("reseal %s: %w", r.Place, err)
		}
		list = append(list, r)
	}
	return list, nil
}

// resealSome seals at most resealBatch values of a column again and returns how many.
func (s *Store) resealSome(ctx context.Context, c inventory.SealedColumn, keys seal.Keys) (n int, err error) {
	err = s.db.Tx(ctx, "reseal "+c.Table+"."+c.Value, func(tx pgx.Tx) error {
		rows, err := store.Select[struct {
			ID, Row, Key string
			Value        []byte
		}](ctx, tx, fmt.Sprintf(`select %s::text as id, %s as row, %s as key, %s as value from %s
			where length(%s) > 0 and %s <> $1 and %s = any($2) limit $3 for update skip locked`,
			c.ID, c.Row, c.Key, c.Value, c.Table, c.Value, c.Key, c.Key), keys.SealName(), keys.SealNames(), resealBatch)
		if err != nil {
			return err
		}
		update := fmt.Sprintf("update %s set %s = $2, %s = $3 where %s::text = $1", c.Table, c.Key, c.Value, c.ID)
		for _, r := range rows {
			anew, err := keys.Reseal(seal.Sealed{Key: r.Key, Data: r.Value}, r.Row)
			if err != nil {
				return err
			}
			if _, err = tx.Exec(ctx, update, r.ID, anew.Key, anew.Data); err != nil {
				return err
			}
		}
		n = len(rows)
		return nil
	})
	return n, err
}
