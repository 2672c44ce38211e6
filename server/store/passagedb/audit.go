package passagedb

import (
	"context"
	"fmt"

	"bompass/server/store"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// Audited is a passage with the sum of its charges, for an audit of the ledger.
type Audited struct {
	ID        toll.PassageID
	Revisions int
	Posted    money.Ore // sum of all postings
	Net       money.Ore // what stands
	List      money.Ore
	MatchedBy toll.MatchedBy
}

// Audit returns every passage, ordered by id.
func (s *Store) Audit(ctx context.Context) ([]Audited, error) {
	list, err := store.Select[Audited](ctx, s.db.Pool, `
		select p.id::text, p.matched_by, count(c) as revisions, coalesce(sum(c.amount), 0) as posted,
			coalesce((array_agg(c.net order by c.revision desc))[1], 0) as net, coalesce((array_agg(c.list order by c.revision desc))[1], 0) as list
		from passage p left join charge c on c.passage_id = p.id group by p.id order by p.id`)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return list, nil
}
