package persondb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/person"
	"bompass/server/privacy"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// Profile is what a person has told us, with the latest stand on every consent and what the law keeps.
func (s *Store) Profile(ctx context.Context, account toll.AccountID, customer toll.CustomerID) (p api.ProfileReply, err error) {
	var erasure, saved *time.Time
	err = s.db.Pool.QueryRow(ctx, `
		select a.person, a.email, f.email_confirmed_at is not null, f.mobile_confirmed_at is not null, f.saved_at, f.erasure_at,
			coalesce(f.mobile, ''), coalesce(f.phone_private, ''), coalesce(f.phone_work, ''), coalesce(f.street, ''),
			coalesce(f.postal_code, ''), coalesce(f.city, ''), coalesce(f.country, ''), coalesce(c.contact, '')
		from account a left join profile f on f.account_id = a.id left join customer_contact c on c.customer_id = $2
		where a.id = $1`, string(account), string(customer)).
		Scan(&p.Name, &p.Email, &p.EmailConfirmed, &p.MobileConfirmed, &saved, &erasure, &p.Mobile, &p.PhonePrivate, &p.PhoneWork,
			&p.Street, &p.PostalCode, &p.City, &p.Country, &p.Contact)
	if err != nil {
		return p, fmt.Errorf("profile: %w", err)
	}
	p.Saved, p.Erasure = saved != nil, erasure
	rows, err := s.db.Pool.Query(ctx, "select distinct on (kind) kind, given, version, at from consent where account_id = $1 order by kind, id desc", string(account))
	if err != nil {
		return p, fmt.Errorf("consents: %w", err)
	}
	p.Consents, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c api.Consent, err error) {
		err = row.Scan(&c.Kind, &c.Given, &c.Version, &c.At)
		return c, err
	})
	if err != nil {
		return p, fmt.Errorf("consents: %w", err)
	}
	p.Holds, err = s.holds(ctx, customer)
	return p, err
}

// holds counts what is kept all the same, as package retention does: where somebody drove for 400 days, what
// was charged for until five years after its year's end.
func (s *Store) holds(ctx context.Context, customer toll.CustomerID) ([]api.Hold, error) {
	passages, charges := api.Hold{What: "passages"}, api.Hold{What: "charges"}
	err := s.db.Pool.QueryRow(ctx, `
		select count(*) filter (where station <> ''), coalesce(max(passed_at) filter (where station <> '') + make_interval(days => $2), 'epoch'), count(*),
			coalesce((date_trunc('year', max(passed_at) at time zone 'Europe/Oslo') + make_interval(years => $3)) at time zone 'Europe/Oslo', 'epoch')
		from passage where customer_id = $1`, string(customer), int(privacy.PassageRetention/(24*time.Hour)), privacy.ChargeRetentionYears+1).
		Scan(&passages.Count, &passages.Until, &charges.Count, &charges.Until)
	if err != nil {
		return nil, fmt.Errorf("holds: %w", err)
	}
	return []api.Hold{passages, charges}, nil
}

// SaveProfile changes what a person may change.
func (s *Store) SaveProfile(ctx context.Context, account toll.AccountID, customer toll.CustomerID, c person.DetailsChange) error {
	d := c.Details
	return s.db.Tx(ctx, "save profile", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into profile (account_id, mobile, phone_private, phone_work, street, postal_code, city, country, saved_at, address_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
			on conflict (account_id) do update set mobile = $2, phone_private = $3, phone_work = $4, street = $5, postal_code = $6, city = $7,
				country = $8, saved_at = $9, address_at = case when $10 then $9 else profile.address_at end, mobile_confirmed_at = case when profile.mobile = $2 then profile.mobile_confirmed_at end`,
			string(account), d.Mobile, d.PhonePrivate, d.PhoneWork, d.Street, d.PostalCode, d.City, d.Country, c.At, c.AddressChanged)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into customer_contact (customer_id, contact) values ($1, $2)
			on conflict (customer_id) do update set contact = $2`, string(customer), d.Contact)
		if err != nil {
			return err
		}
		if c.MobileChanged {
			if err := store.AddEvent(ctx, tx, account, access.EventMobile, c.At, access.Place{}); err != nil {
				return err
			}
		}
		if c.AddressChanged {
			if err := store.AddEvent(ctx, tx, account, access.EventAddress, c.At, access.Place{}); err != nil {
				return err
			}
		}
		if err := linkByEmail(ctx, tx, account); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, c.Messages)
	})
}

// linkByEmail lets a person act for private customers that carry the person's confirmed address and
// have no owner yet, S2.19.
func linkByEmail(ctx context.Context, tx pgx.Tx, account toll.AccountID) error {
	_, err := tx.Exec(ctx, `
		insert into account_party (account_id, customer_id, role)
		select a.id, c.id, 'owner' from account a join profile f on f.account_id = a.id and f.email_confirmed_at is not null
		join customer c on lower(c.email) = a.email and a.email <> '' and c.kind = 'private'
		where a.id = $1 and not exists (select from account_party p where p.customer_id = c.id and p.role = 'owner')
		on conflict do nothing`, string(account))
	return err
}

// SetErasure keeps when erasure was asked for; a zero time takes it back.
func (s *Store) SetErasure(ctx context.Context, account toll.AccountID, at time.Time, letters []notice.Message) error {
	return s.db.Tx(ctx, "set erasure", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into profile (account_id, erasure_at) values ($1, $2)
			on conflict (account_id) do update set erasure_at = $2`, string(account), store.NullIfZero(at))
		if err != nil {
			return err
		}
		if !at.IsZero() {
			if err := store.AddEvent(ctx, tx, account, access.EventErasure, at, access.Place{}); err != nil {
				return err
			}
		}
		return store.AddMessages(ctx, tx, letters)
	})
}
