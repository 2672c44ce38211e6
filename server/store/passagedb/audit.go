package passagedb

import (
	"context"
	"fmt"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// Audited is a passage with all that has been posted for it, for those who check the books.
type Audited struct {
	ID        toll.PassageID
	Revisions int
	Posted    money.Ore // sum of all postings
	Net       money.Ore // what stands
	List      money.Ore
	MatchedBy toll.MatchedBy
}

// Audit lists every passage, ordered by id.
func (s *Store) Audit(ctx context.Context) ([]Audited, error) {
	rows, err := s.db.Pool.Query(ctx, `select p.id::text, p.matched_by, count(c), coalesce(sum(c.amount), 0),
			coalesce((array_agg(c.net order by c.revision desc))[1], 0), coalesce((array_agg(c.list order by c.revision desc))[1], 0)
		from passage p left join charge c on c.passage_id = p.id group by p.id order by p.id`)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	defer rows.Close()
	var list []Audited
	for rows.Next() {
		var a Audited
		if err := rows.Scan(&a.ID, &a.MatchedBy, &a.Revisions, (*int64)(&a.Posted), (*int64)(&a.Net), (*int64)(&a.List)); err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		list = append(list, a)
	}
	return list, rows.Err()
}
