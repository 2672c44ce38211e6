package legacydb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/legacy"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/fault"
)

// Credential returns the credential of a customer number, and whether there is one. Without one it returns
// the next in the list, so that checking a password takes the same time. Either way is one query.
func (s *Store) Credential(ctx context.Context, number string) (legacy.Credential, bool, error) {
	r, err := store.SelectOne[struct {
		Number, Agreement, Key string
		Sealed                 []byte
		Used                   bool
		ImportedAt             time.Time
		Found                  bool
	}](ctx, s.db.Pool, `select number, agreement, key, sealed, used_at is not null as used, imported_at, number = $1 as found from (
			(select 0 as place, * from legacy_credential where number >= $1 order by number limit 1)
			union all (select 1, * from legacy_credential order by number limit 1)) found
		order by place limit 1`, number)
	if errors.Is(err, pgx.ErrNoRows) {
		return legacy.Credential{}, false, nil
	}
	if err != nil {
		return legacy.Credential{}, false, fmt.Errorf("credential: %w", err)
	}
	return legacy.Credential{
		Number: r.Number, Agreement: r.Agreement, Sealed: seal.Sealed{Key: r.Key, Data: r.Sealed}, Used: r.Used, Imported: r.ImportedAt,
	}, r.Found, nil
}

// RedeemCredential uses a credential and makes the account the owner of its customer, unless the customer is
// a company or has an owner. It returns the customer's agreements in force.
func (s *Store) RedeemCredential(ctx context.Context, u legacy.Use) (list []legacy.Found, err error) {
	err = s.db.Tx(ctx, "redeem credential", func(tx pgx.Tx) error {
		found, err := store.SelectOne[struct{ Customer, Kind, Email, Name, Language, Number string }](ctx, tx, `
			with spent as (
				update legacy_credential set used_at = $2, used_by = $3 where number = $1 and used_at is null returning agreement)
			select c.id::text as customer, c.kind, c.email, c.name, c.language, g.number from spent
			join agreement g on g.number = spent.agreement and g.valid_from <= $2 and (g.valid_to is null or g.valid_to > $2)
			join customer c on c.id = g.customer_id for update of c`, u.Number, u.At, string(u.Account))
		if errors.Is(err, pgx.ErrNoRows) { // the rollback restores the credential
			return fault.New(fault.LegacyWrong)
		}
		if err != nil {
			return err
		}
		var outcome legacy.Outcome
		if outcome, err = linkCustomer(ctx, tx, u, found.Customer, found.Kind); err != nil {
			return err
		}
		if list, err = agreementsOf(ctx, tx, u, found.Customer, outcome); err != nil || outcome != legacy.Linked {
			return err
		}
		if err := store.MergePrivateCustomers(ctx, tx, u.Account); err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, u.Account, access.EventLinked, u.At, access.Place{}); err != nil {
			return err
		}
		to := notice.Recipient{Address: found.Email, Name: found.Name, Language: found.Language}
		messages, err := u.Tell(to, found.Number)
		if err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, messages)
	})
	return list, err
}

// linkCustomer makes the account the owner of a private customer that has none.
func linkCustomer(ctx context.Context, tx pgx.Tx, u legacy.Use, customer, kind string) (legacy.Outcome, error) {
	if kind != "private" {
		return legacy.Company, nil
	}
	var owned, mine bool
	err := tx.QueryRow(ctx, `select count(*) > 0, coalesce(bool_or(account_id = $2), false) from account_party where customer_id = $1 and role = 'owner'`,
		customer, string(u.Account)).Scan(&owned, &mine)
	switch {
	case err != nil:
		return "", err
	case mine:
		return legacy.Yours, nil
	case owned:
		return legacy.Taken, nil
	}
	_, err = tx.Exec(ctx, `insert into account_party (account_id, customer_id, role) values ($1, $2, 'owner')
		on conflict (account_id, customer_id) do update set role = 'owner', until = null, vehicle_id = null`, string(u.Account), customer)
	return legacy.Linked, err
}

// agreementsOf returns the agreements in force of a customer, each with the same outcome.
func agreementsOf(ctx context.Context, tx pgx.Tx, u legacy.Use, customer string, outcome legacy.Outcome) ([]legacy.Found, error) {
	rows, err := tx.Query(ctx, "select number from agreement where customer_id = $1 and valid_from <= $2 and (valid_to is null or valid_to > $2) order by number", customer, u.At)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (legacy.Found, error) {
		f := legacy.Found{Outcome: outcome}
		err := row.Scan(&f.Number)
		return f, err
	})
}

// SaveCredentials adds or replaces credentials. One that has been used stays as it is.
func (s *Store) SaveCredentials(ctx context.Context, list []legacy.Credential) error {
	return s.db.Tx(ctx, "save credentials", func(tx pgx.Tx) error {
		var batch pgx.Batch
		for _, c := range list {
			batch.Queue(`insert into legacy_credential (number, agreement, key, sealed, imported_at) values ($1, $2, $3, $4, $5)
				on conflict (number) do update set agreement = excluded.agreement, key = excluded.key, sealed = excluded.sealed, imported_at = excluded.imported_at
				where legacy_credential.used_at is null`, c.Number, c.Agreement, c.Sealed.Key, c.Sealed.Data, c.Imported)
		}
		return tx.SendBatch(ctx, &batch).Close()
	})
}
