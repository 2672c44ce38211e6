package persondb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/person"
	"bompass/shared/toll"
)

// OnboardingState tells how far a person has come with what they must give.
func (s *Store) OnboardingState(ctx context.Context, account toll.AccountID, customer toll.CustomerID, now time.Time) (st person.OnboardingState, err error) {
	err = s.db.Pool.QueryRow(ctx, `
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
	return s.db.Tx(ctx, "set name", func(tx pgx.Tx) error {
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
	_, err := s.db.Pool.Exec(ctx, `insert into profile (account_id, asked_at) values ($1, $2)
		on conflict (account_id) do update set asked_at = coalesce(profile.asked_at, $2)`, string(account), now)
	if err != nil {
		return fmt.Errorf("set asked: %w", err)
	}
	return nil
}
