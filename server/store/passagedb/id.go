package passagedb

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
	"bompass/shared/toll"
)

func uuid(id passage.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: id != passage.ID{}} }

func uuids(ids []passage.ID) []pgtype.UUID {
	list := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		list[i] = uuid(id)
	}
	return list
}

func validity(from time.Time, to *time.Time) toll.Validity {
	v := toll.Validity{From: from}
	if to != nil {
		v.To = *to
	}
	return v
}
