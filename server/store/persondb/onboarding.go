package persondb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/person"
	"bompass/server/store"
	"bompass/shared/toll"
)

// OnboardingState returns what a person has given and answered so far.
func (s *Store) OnboardingState(ctx context.Context, account toll.AccountID, customer toll.CustomerID, now time.Time) (person.OnboardingState, error) {
	state, err := store.SelectOne[person.OnboardingState](ctx, s.db.Pool, `
		select coalesce((select case when given then version else 0 end from consent where account_id = $1 and kind = 'privacy' order by id desc limit 1), 0)
				as privacy_version,
			exists (select from profile where account_id = $1 and asked_at is not null) as customer_asked,
			exists (select from agreement where customer_id = $2 and (valid_to is null or valid_to > $3)) as has_agreement`,
		string(account), string(customer), now)
	if err != nil {
		return state, fmt.Errorf("onboarding state: %w", err)
	}
	return state, nil
}

// SetName sets the name of a person, and of the private customers that the person owns and that had the same
// name.
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

// MarkCustomerAsked records that a person has answered whether they are a customer already.
func (s *Store) MarkCustomerAsked(ctx context.Context, account toll.AccountID, now time.Time) error {
	_, err := s.db.Pool.Exec(ctx, `insert into profile (account_id, asked_at) values ($1, $2)
		on conflict (account_id) do update set asked_at = coalesce(profile.asked_at, $2)`, string(account), now)
	if err != nil {
		return fmt.Errorf("mark customer asked: %w", err)
	}
	return nil
}
