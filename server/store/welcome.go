package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/shared/toll"
)

// OnboardingState tells how far a person has come with what they must give.
func (s *Store) OnboardingState(ctx context.Context, account toll.AccountID, customer toll.CustomerID, now time.Time) (st person.OnboardingState, err error) {
	err = s.pool.QueryRow(ctx, `
		select coalesce((select case when given then version else 0 end from consent where account_id = $1 and kind = 'privacy' order by id desc limit 1), 0),
			exists (select from profile where account_id = $1 and asked_at is not null),
			exists (select from agreement where customer_id = $2 and (valid_to is null or valid_to > $3))`,
		string(account), string(customer), now).Scan(&st.PrivacyVersion, &st.CustomerAsked, &st.HasAgreement)
	if err != nil {
		return st, fmt.Errorf("standing: %w", err)
	}
	return st, nil
}

// SetName names a person, and the private customers that are the person and carried the old name.
func (s *Store) SetName(ctx context.Context, account toll.AccountID, name string) error {
	return s.write(ctx, "set name", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update customer c set name = $2 from account_party p join account a on a.id = p.account_id
			where p.account_id = $1 and p.role = 'owner' and p.customer_id = c.id and c.kind = 'private' and c.name = a.person`, string(account), name)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update account set person = $2 where id = $1", string(account), name)
		return err
	})
}

// MarkCustomerAsked keeps when a person answered whether they are a customer somewhere.
func (s *Store) MarkCustomerAsked(ctx context.Context, account toll.AccountID, now time.Time) error {
	_, err := s.pool.Exec(ctx, `insert into profile (account_id, asked_at) values ($1, $2)
		on conflict (account_id) do update set asked_at = coalesce(profile.asked_at, $2)`, string(account), now)
	if err != nil {
		return fmt.Errorf("set asked: %w", err)
	}
	return nil
}

// LinkAgreements spends the link and lets the account act for private customers that carry the address and
// have no owner. It lists every agreement of everybody who carries it.
func (s *Store) LinkAgreements(
	ctx context.Context, link access.Hash, account toll.AccountID, email string, now time.Time,
) (list []person.FoundAgreement, err error) {
	err = s.write(ctx, "link agreements", func(tx pgx.Tx) error {
		if err := useLink(ctx, tx, link, now); err != nil {
			return err
		}
		if list, err = found(ctx, tx, account, email, now); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `insert into account_party (account_id, customer_id, role)
			select $1, c.id, 'owner' from customer c where lower(c.email) = $2 and c.kind = 'private'
			and not exists (select from account_party p where p.customer_id = c.id and p.role = 'owner')
			on conflict do nothing`, string(account), email)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		return addEvent(ctx, tx, account, access.EventLinked, now, access.Place{})
	})
	return list, err
}

// found lists the agreements in force on an address and what becomes of each.
func found(ctx context.Context, tx pgx.Tx, account toll.AccountID, email string, now time.Time) ([]person.FoundAgreement, error) {
	rows, err := tx.Query(ctx, `
		select g.number, case when c.kind <> 'private' then 'company'
			when o.account_id is null then 'linked' when o.account_id = $1 then 'yours' else 'taken' end
		from customer c join agreement g on g.customer_id = c.id and (g.valid_to is null or g.valid_to > $3)
		left join account_party o on o.customer_id = c.id and o.role = 'owner'
		where lower(c.email) = $2 order by g.number`, string(account), email, now)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f person.FoundAgreement, err error) {
		err = row.Scan(&f.Number, &f.Outcome)
		return f, err
	})
}
