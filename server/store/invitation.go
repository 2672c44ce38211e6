package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/person"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Invite keeps an invitation and its link. A driver's vehicle must be the customer's.
func (s *Store) Invite(ctx context.Context, i person.Invitation, link access.Link, letters []notice.Message) error {
	return s.write(ctx, "invite", func(tx pgx.Tx) error {
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
			i.ID, string(i.Customer), i.Email, string(i.Role), optional(i.Until), optional(string(i.Vehicle)), string(i.By), i.At, i.Ends)
		if err != nil {
			return err
		}
		if done.RowsAffected() != 1 {
			return fault.New(fault.NotFound).At("vehicle")
		}
		return addLinks(ctx, tx, []access.Link{link}, letters)
	})
}

// AcceptInvitation spends the link and gives the account its role; the role of an owner stays.
func (s *Store) AcceptInvitation(ctx context.Context, link access.Hash, invitation string, account toll.AccountID, now time.Time) error {
	return s.write(ctx, "take invitation", func(tx pgx.Tx) error {
		if err := useLink(ctx, tx, link, now); err != nil {
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
			on conflict (account_id, customer_id) do update set role = excluded.role, until = excluded.until, vehicle_id = excluded.vehicle_id
				where account_party.role <> 'owner'`, invitation, string(account))
		if err != nil {
			return err
		}
		return addEvent(ctx, tx, account, access.EventRole, now, access.Place{})
	})
}

// WithdrawInvitation takes an invitation back.
func (s *Store) WithdrawInvitation(ctx context.Context, customer toll.CustomerID, id string, now time.Time) error {
	return s.write(ctx, "withdraw invitation", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `update invitation set withdrawn_at = $3 where id = $1 and customer_id = $2
			and taken_at is null and withdrawn_at is null`, id, string(customer), now)
		if err == nil && done.RowsAffected() == 0 {
			err = fault.New(fault.NotFound)
		}
		return err
	})
}

// RemovePerson ends somebody's right to act for a customer; sessions for that customer end with it.
func (s *Store) RemovePerson(
	ctx context.Context, customer toll.CustomerID, account toll.AccountID, letter func(notice.Recipient) (notice.Message, error), now time.Time,
) error {
	return s.write(ctx, "remove person", func(tx pgx.Tx) error {
		var held role.Role
		to := notice.Recipient{Account: account}
		err := tx.QueryRow(ctx, `select p.role, a.person, a.email, a.language from account_party p join account a on a.id = p.account_id
			where p.customer_id = $1 and p.account_id = $2 for update of p`, string(customer), string(account)).Scan(&held, &to.Name, &to.Address, &to.Language)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound)
		}
		if err != nil {
			return err
		}
		if held == role.Owner {
			return fault.New(fault.LastOwner)
		}
		for _, statement := range []string{
			"delete from account_party where customer_id = $1 and account_id = $2", "delete from session where customer_id = $1 and account_id = $2",
		} {
			if _, err := tx.Exec(ctx, statement, string(customer), string(account)); err != nil {
				return err
			}
		}
		if err := addEvent(ctx, tx, account, access.EventRole, now, access.Place{}); err != nil {
			return err
		}
		if to.Address == "" {
			return nil
		}
		l, err := letter(to)
		if err != nil {
			return err
		}
		return addMessages(ctx, tx, []notice.Message{l})
	})
}
