package persondb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/person"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Invite adds an invitation and its link. A driver's vehicle must be on an agreement of the customer, or its
// own.
func (s *Store) Invite(ctx context.Context, i person.Invitation, link seal.Link, messages []notice.Message) error {
	return s.db.Tx(ctx, "invite", func(tx pgx.Tx) error {
		var count int
		err := tx.QueryRow(ctx, `select (select count(*) from invitation where customer_id = $1 and ends_at > $2 and taken_at is null and withdrawn_at is null)
			+ (select count(*) from account_party where customer_id = $1)`, string(i.Customer), i.At).Scan(&count)
		if err != nil {
			return err
		}
		if count >= person.PeopleMax {
			return fault.New(fault.TooLarge, "max", "500")
		}
		done, err := tx.Exec(ctx, `
			insert into invitation (id, customer_id, email, role, until, vehicle_id, invited_by, invited_at, ends_at)
			select $1, $2, $3, $4, $5, $6::uuid, $7, $8, $9
			where $6::uuid is null or exists (select from vehicle v where v.id = $6::uuid and v.owner_id = $2)
				or exists (select from mount m join agreement a on a.id = m.agreement_id where m.vehicle_id = $6::uuid and a.customer_id = $2
					and m.valid_from <= $8 and (m.valid_to is null or m.valid_to > $8))`,
			i.ID, string(i.Customer), i.Email, string(i.Role), store.NullIfZero(i.Until), store.NullIfZero(string(i.Vehicle)), string(i.By), i.At, i.Ends)
		if err != nil {
			return err
		}
		if done.RowsAffected() != 1 {
			return fault.New(fault.NotFound).At("vehicle")
		}
		return store.AddLinks(ctx, tx, []seal.Link{link}, messages)
	})
}

// AcceptInvitation uses a link and gives the account the role of the invitation, in the place of another role or of a
// right by mandate. An owner stays owner.
func (s *Store) AcceptInvitation(ctx context.Context, link seal.Hash, invitation string, account toll.AccountID, now time.Time) error {
	return s.db.Tx(ctx, "accept invitation", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, link, now); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, "update invitation set taken_at = $2 where id = $1 and taken_at is null and withdrawn_at is null and ends_at > $2", invitation, now)
		if err != nil {
			return err
		}
		if done.RowsAffected() != 1 {
			return fault.New(fault.LinkSpent)
		}
		_, err = tx.Exec(ctx, `insert into account_party (account_id, customer_id, role, until, vehicle_id)
			select $2, customer_id, role, until, vehicle_id from invitation where id = $1
			on conflict (account_id, customer_id) do update set role = excluded.role, by_mandate = false, until = excluded.until,
				vehicle_id = excluded.vehicle_id where account_party.role <> 'owner'`, invitation, string(account))
		if err != nil {
			return err
		}
		return store.AddEvent(ctx, tx, account, access.EventRole, now, access.Place{})
	})
}

// WithdrawInvitation withdraws an open invitation, or returns fault.NotFound.
func (s *Store) WithdrawInvitation(ctx context.Context, customer toll.CustomerID, id string, now time.Time) error {
	return s.db.Tx(ctx, "withdraw invitation", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `update invitation set withdrawn_at = $3 where id = $1 and customer_id = $2
			and taken_at is null and withdrawn_at is null`, id, string(customer), now)
		if err == nil && done.RowsAffected() == 0 {
			err = fault.New(fault.NotFound)
		}
		return err
	})
}
