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

// personRow is a person who acts for a customer.
type personRow struct {
	Account       toll.AccountID
	Person, Email string
	Role          role.Role
	Until         *time.Time
	Vehicle       toll.VehicleID
}

// People returns who acts for a customer, and who is invited to.
func (s *Store) People(ctx context.Context, customer toll.CustomerID, now time.Time) (reply api.PeopleReply, err error) {
	reply.People, err = store.SelectMapped(ctx, s.db.Pool, func(r personRow) api.PersonLine {
		return api.PersonLine{Account: r.Account, Name: r.Person, Email: r.Email, Role: r.Role, Until: store.ZeroIfNull(r.Until), Vehicle: r.Vehicle}
	}, `
		select a.id::text as account, a.person, a.email, p.role, p.until, coalesce(p.vehicle_id::text, '') as vehicle
		from account_party p join account a on a.id = p.account_id
		where p.customer_id = $1 and (p.until is null or p.until > $2) order by p.role <> 'owner', a.person, a.id`, string(customer), now)
	if err != nil {
		return reply, fmt.Errorf("people: %w", err)
	}
	reply.Invited, err = store.Select[api.InvitedLine](ctx, s.db.Pool, `select id::text, email, role, ends_at as ends from invitation
		where customer_id = $1 and taken_at is null and withdrawn_at is null and ends_at > $2 order by invited_at`, string(customer), now)
	if err != nil {
		return reply, fmt.Errorf("invitations: %w", err)
	}
	return reply, nil
}

// RemovePerson ends the right of an account to act for a customer, and its sessions for that customer.
func (s *Store) RemovePerson(
	ctx context.Context, customer toll.CustomerID, account toll.AccountID, message func(notice.Recipient) (notice.Message, error), now time.Time,
) error {
	return s.db.Tx(ctx, "remove person", func(tx pgx.Tx) error {
		p, err := store.SelectOne[struct {
			Role                    role.Role
			Person, Email, Language string
		}](ctx, tx, `select p.role, a.person, a.email, a.language from account_party p join account a on a.id = p.account_id
			where p.customer_id = $1 and p.account_id = $2 for update of p`, string(customer), string(account))
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound)
		}
		if err != nil {
			return err
		}
		if p.Role == role.Owner {
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
		if p.Email == "" {
			return nil
		}
		m, err := message(notice.Recipient{Account: account, Name: p.Person, Address: p.Email, Language: p.Language})
		if err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, []notice.Message{m})
	})
}
