package persondb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/server/privacy"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// profileRow is a profile with the account's name and address.
type profileRow struct {
	Person, Email                   string
	Registered                      bool
	EmailConfirmed, MobileConfirmed bool
	Mobile, PhonePrivate, PhoneWork string
	Street, PostalCode, City        string
	Country, Contact                string
	SavedAt, ErasureAt              *time.Time
}

// consentRow is the latest consent of one kind.
type consentRow struct {
	Kind    toll.ConsentKind
	Given   bool
	Version int
	At      time.Time
}

// Profile returns the details of an account, with its latest consents and the data that is retained by law.
func (s *Store) Profile(ctx context.Context, account toll.AccountID, customer toll.CustomerID) (api.ProfileReply, error) {
	r, err := store.SelectOne[profileRow](ctx, s.db.Pool, `
		select a.person, a.email, 
			a.birth_hash <> '' or exists (select from identity i where i.account_id = a.id) as registered, f.email_confirmed_at is not null as email_confirmed, f.mobile_confirmed_at is not null as mobile_confirmed,
			f.saved_at, f.erasure_at, coalesce(f.mobile, '') as mobile, coalesce(f.phone_private, '') as phone_private,
			coalesce(f.phone_work, '') as phone_work, coalesce(f.street, '') as street, coalesce(f.postal_code, '') as postal_code,
			coalesce(f.city, '') as city, coalesce(f.country, '') as country, coalesce(c.contact, '') as contact
		from account a left join profile f on f.account_id = a.id left join customer_contact c on c.customer_id = $2
		where a.id = $1`, string(account), string(customer))
	if err != nil {
		return api.ProfileReply{}, fmt.Errorf("profile: %w", err)
	}
	p := api.ProfileReply{
		Name: r.Person, Registered: r.Registered, Email: r.Email, EmailConfirmed: r.EmailConfirmed, MobileConfirmed: r.MobileConfirmed,
		Details: api.Details{
			Mobile: r.Mobile, PhonePrivate: r.PhonePrivate, PhoneWork: r.PhoneWork, Street: r.Street, PostalCode: r.PostalCode, City: r.City,
			Country: r.Country, Contact: r.Contact,
		},
		Saved: r.SavedAt != nil, Erasure: r.ErasureAt,
	}
	p.Consents, err = store.SelectMapped(ctx, s.db.Pool, func(r consentRow) api.Consent {
		return api.Consent{Kind: r.Kind, Given: r.Given, Version: r.Version, At: r.At}
	}, "select distinct on (kind) kind, given, version, at from consent where account_id = $1 order by kind, id desc", string(account))
	if err != nil {
		return p, fmt.Errorf("consents: %w", err)
	}
	p.Holds, err = s.holds(ctx, customer)
	return p, err
}

// holds counts the rows that package privacy retains: where somebody drove for 400 days, and charges until five
// years after the end of their year.
func (s *Store) holds(ctx context.Context, customer toll.CustomerID) ([]api.Hold, error) {
	r, err := store.SelectOne[struct {
		Passages, Charges           int
		PassagesUntil, ChargesUntil time.Time
	}](ctx, s.db.Pool, `
		select coalesce(sum(s.passages) filter (where s.vehicle_id <> '00000000-0000-0000-0000-000000000000'), 0) as passages,
			coalesce(sum(s.passages), 0) as charges,
			coalesce((select max(passed_at) from passage where customer_id = $1 and station <> '') + make_interval(days => $2), 'epoch') as passages_until,
			coalesce((date_trunc('year', (select max(passed_at) from passage where customer_id = $1) at time zone 'Europe/Oslo')
				+ make_interval(years => $3)) at time zone 'Europe/Oslo', 'epoch') as charges_until
		from passage_sum s where s.customer_id = $1`, string(customer), int(privacy.PassageRetention/(24*time.Hour)), privacy.ChargeRetentionYears+1)
	if err != nil {
		return nil, fmt.Errorf("holds: %w", err)
	}
	return []api.Hold{{What: "passages", Count: r.Passages, Until: r.PassagesUntil}, {What: "charges", Count: r.Charges, Until: r.ChargesUntil}}, nil
}

// SaveProfile saves the details of an account and the contact of its customer.
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
		return addProfileMessages(ctx, tx, account, c)
	})
}

// addProfileMessages saves the code of a new mobile number and adds the messages about a change of the details.
func addProfileMessages(ctx context.Context, tx pgx.Tx, account toll.AccountID, c person.DetailsChange) error {
	if c.Code != nil {
		if err := saveCode(ctx, tx, account, *c.Code); err != nil {
			return err
		}
	}
	return store.AddMessages(ctx, tx, c.Messages)
}

// linkByEmail makes an account whose profile was saved the owner of the private customers with its confirmed address
// that have none, S2.19.
func linkByEmail(ctx context.Context, tx pgx.Tx, account toll.AccountID) error {
	_, err := tx.Exec(ctx, `
		insert into account_party (account_id, customer_id, role)
		select a.id, c.id, 'owner' from account a join profile f on f.account_id = a.id and f.email_confirmed_at is not null and f.saved_at is not null
		join customer c on lower(c.email) = a.email and a.email <> '' and c.kind = 'private'
		where a.id = $1 and not exists (select from account_party p where p.customer_id = c.id and p.role = 'owner')
		on conflict do nothing`, string(account))
	if err != nil {
		return err
	}
	return store.MergePrivateCustomers(ctx, tx, account)
}
