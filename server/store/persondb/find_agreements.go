package persondb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/person"
	"bompass/server/store"
	"bompass/shared/toll"
)

// LinkAgreements uses a link and makes the account the owner of the private customers with an address that have
// none. It returns the agreements in force of every customer with the address.
func (s *Store) LinkAgreements(
	ctx context.Context, link seal.Hash, account toll.AccountID, email string, now time.Time,
) (list []person.FoundAgreement, err error) {
	err = s.db.Tx(ctx, "link agreements", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, link, now); err != nil {
			return err
		}
		// Two accounts that link the same customers take turns: the second finds the owner that the first has added.
		_, err := tx.Exec(ctx, "select from customer where lower(email) = $1 and kind = 'private' order by id for update", email)
		if err != nil {
			return err
		}
		if list, err = findAgreements(ctx, tx, account, email, now); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `insert into account_party (account_id, customer_id, role)
			select $1, c.id, 'owner' from customer c where lower(c.email) = $2 and c.kind = 'private'
			and not exists (select from account_party p where p.customer_id = c.id and p.role = 'owner')
			on conflict (account_id, customer_id) do update set role = 'owner', by_mandate = false, until = null, vehicle_id = null`,
			string(account), email)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		if err := store.MergePrivateCustomers(ctx, tx, account); err != nil {
			return err
		}
		return store.AddEvent(ctx, tx, account, access.EventLinked, now, access.Place{})
	})
	return list, err
}

// findAgreements returns the agreements in force of the customers with an address, and what becomes of each.
func findAgreements(ctx context.Context, tx pgx.Tx, account toll.AccountID, email string, now time.Time) ([]person.FoundAgreement, error) {
	return store.Select[person.FoundAgreement](ctx, tx, `
		select g.number, case when c.kind <> 'private' then 'company'
			when o.account_id is null then 'linked' when o.account_id = $1 then 'yours' else 'taken' end as outcome
		from customer c join agreement g on g.customer_id = c.id and (g.valid_to is null or g.valid_to > $3)
		left join account_party o on o.customer_id = c.id and o.role = 'owner'
		where lower(c.email) = $2 order by g.number`, string(account), email, now)
}
