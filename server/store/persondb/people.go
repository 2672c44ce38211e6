package persondb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/person"
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

// ChangeRole gives a person another role. A driver's vehicle must be on an agreement of the customer, or its own.
func (s *Store) ChangeRole(ctx context.Context, c person.RoleChange) error {
	return s.db.Tx(ctx, "change role", func(tx pgx.Tx) error {
		p, err := store.SelectOne[struct {
			Role                    role.Role
			Person, Email, Language string
		}](ctx, tx, `select p.role, a.person, a.email, a.language from account_party p join account a on a.id = p.account_id
			where p.customer_id = $1 and p.account_id = $2 for update of p`, string(c.Customer), string(c.Account))
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return fault.New(fault.NotFound)
		case err != nil:
			return err
		case p.Role == role.Owner:
			return fault.New(fault.LastOwner)
		case p.Role == role.Administrator && !c.ByOwner:
			return fault.New(fault.Refused).At("role")
		}
		done, err := tx.Exec(ctx, `
			update account_party set role = $3, vehicle_id = $4::uuid, by_mandate = false where customer_id = $1 and account_id = $2
				and ($4::uuid is null or exists (select from vehicle v where v.id = $4::uuid and v.owner_id = $1)
				or exists (select from mount m join agreement a on a.id = m.agreement_id where m.vehicle_id = $4::uuid and a.customer_id = $1
					and m.valid_from <= $5 and (m.valid_to is null or m.valid_to > $5)))`,
			string(c.Customer), string(c.Account), string(c.Role), store.NullIfZero(string(c.Vehicle)), c.At)
		if err == nil && done.RowsAffected() != 1 {
			err = fault.New(fault.NotFound).At("vehicle")
		}
		if err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, c.Account, access.EventRole, c.At, access.Place{}); err != nil || p.Email == "" {
			return err
		}
		m, err := c.Message(notice.Recipient{Account: c.Account, Name: p.Person, Address: p.Email, Language: p.Language})
		if err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, []notice.Message{m})
	})
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
