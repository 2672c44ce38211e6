package persondb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// People lists who acts for a customer and who is invited to.
func (s *Store) People(ctx context.Context, customer toll.CustomerID, now time.Time) (reply api.PeopleReply, err error) {
	rows, err := s.db.Pool.Query(ctx, `
		select a.id::text, a.person, a.email, p.role, coalesce(p.until, 'epoch'), coalesce(p.vehicle_id::text, '')
		from account_party p join account a on a.id = p.account_id
		where p.customer_id = $1 and (p.until is null or p.until > $2) order by p.role <> 'owner', a.person, a.id`, string(customer), now)
	if err != nil {
		return reply, fmt.Errorf("people: %w", err)
	}
	reply.People, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l api.PersonLine, err error) {
		err = row.Scan(&l.Account, &l.Name, &l.Email, &l.Role, &l.Until, &l.Vehicle)
		if l.Until.Unix() == 0 {
			l.Until = time.Time{}
		}
		return l, err
	})
	if err != nil {
		return reply, fmt.Errorf("people: %w", err)
	}
	rows, err = s.db.Pool.Query(ctx, `select id::text, email, role, ends_at from invitation
		where customer_id = $1 and taken_at is null and withdrawn_at is null and ends_at > $2 order by invited_at`, string(customer), now)
	if err != nil {
		return reply, fmt.Errorf("invitations: %w", err)
	}
	reply.Invited, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l api.InvitedLine, err error) {
		err = row.Scan(&l.ID, &l.Email, &l.Role, &l.Ends)
		return l, err
	})
	if err != nil {
		return reply, fmt.Errorf("invitations: %w", err)
	}
	return reply, nil
}

// RemovePerson ends somebody's right to act for a customer; sessions for that customer end with it.
func (s *Store) RemovePerson(
	ctx context.Context, customer toll.CustomerID, account toll.AccountID, letter func(notice.Recipient) (notice.Message, error), now time.Time,
) error {
	return s.db.Tx(ctx, "remove person", func(tx pgx.Tx) error {
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
		if err := store.AddEvent(ctx, tx, account, access.EventRole, now, access.Place{}); err != nil {
			return err
		}
		if to.Address == "" {
			return nil
		}
		l, err := letter(to)
		if err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, []notice.Message{l})
	})
}
