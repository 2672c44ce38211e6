package passagedb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
	"bompass/server/store"
	"bompass/shared/toll"
)

// uuid returns an id as an argument; a zero one is null.
func uuid(id passage.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: id != passage.ID{}} }

// uuidZero is the id in passage_sum of no vehicle and of no agreement.
const uuidZero = "00000000-0000-0000-0000-000000000000"

func uuids(ids []passage.ID) []pgtype.UUID {
	list := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		list[i] = uuid(id)
	}
	return list
}

// selectIDs returns the ids in the only column of a query.
func selectIDs(ctx context.Context, q store.Querier, sql string, args ...any) ([]passage.ID, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (passage.ID, error) {
		var id pgtype.UUID
		err := row.Scan(&id)
		return id.Bytes, err
	})
}

// validity returns a period; a null end is none.
func validity(from time.Time, to *time.Time) toll.Validity {
	return toll.Validity{From: from, To: store.ZeroIfNull(to)}
}
