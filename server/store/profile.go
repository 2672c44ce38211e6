package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/person"
	"bompass/server/privacy"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Profile is what a person has told us, with the latest stand on every consent and what the law keeps.
func (s *Store) Profile(ctx context.Context, account toll.AccountID, customer toll.CustomerID) (p api.ProfileReply, err error) {
	var erasure, saved *time.Time
	err = s.pool.QueryRow(ctx, `
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
	rows, err := s.pool.Query(ctx, "select distinct on (kind) kind, given, version, at from consent where account_id = $1 order by kind, id desc", string(account))
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
	err := s.pool.QueryRow(ctx, `
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
	return s.write(ctx, "save profile", func(tx pgx.Tx) error {
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
			if err := addEvent(ctx, tx, account, access.EventMobile, c.At, access.Place{}); err != nil {
				return err
			}
		}
		if c.AddressChanged {
			if err := addEvent(ctx, tx, account, access.EventAddress, c.At, access.Place{}); err != nil {
				return err
			}
		}
		if err := linkByEmail(ctx, tx, account); err != nil {
			return err
		}
		return addMessages(ctx, tx, c.Messages)
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

// SaveCode keeps a code in the place of the one before, with the letter that carries it.
func (s *Store) SaveCode(ctx context.Context, account toll.AccountID, c person.Code) error {
	return s.write(ctx, "keep code", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into contact_code (account_id, channel, code_hash, until) values ($1, $2, $3, $4)
			on conflict (account_id, channel) do update set code_hash = $3, until = $4, tries = 0`, string(account), c.Channel, c.Hash, c.Until)
		if err != nil {
			return err
		}
		return addMessages(ctx, tx, c.Messages)
	})
}

// UseCode counts a try and confirms the channel when right says so. A wrong try is kept, too.
func (s *Store) UseCode(
	ctx context.Context, account toll.AccountID, channel string, now time.Time, triesMax int, right func([]byte) bool,
) error {
	confirmed := false
	err := s.write(ctx, "use code", func(tx pgx.Tx) error {
		var hash []byte
		err := tx.QueryRow(ctx, `update contact_code set tries = tries + 1 where account_id = $1 and channel = $2 and until > $3 and tries < $4
			returning code_hash`, string(account), channel, now, triesMax).Scan(&hash)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if confirmed = right(hash); !confirmed {
			return nil
		}
		if _, err := tx.Exec(ctx, "delete from contact_code where account_id = $1 and channel = $2", string(account), channel); err != nil {
			return err
		}
		return confirm(ctx, tx, account, channel, now)
	})
	if err == nil && !confirmed {
		return fault.New(fault.CodeWrong).At("code")
	}
	return err
}

// confirm notes that an address or number is the person's. A number that was somebody else's before is
// taken from them: whoever holds the telephone now has shown it.
func confirm(ctx context.Context, tx pgx.Tx, account toll.AccountID, channel string, now time.Time) error {
	if channel == person.Mobile {
		_, err := tx.Exec(ctx, `update profile set mobile_confirmed_at = null where account_id <> $1
			and mobile = (select mobile from profile where account_id = $1)`, string(account))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update profile set mobile_confirmed_at = $2 where account_id = $1", string(account), now)
		return err
	}
	_, err := tx.Exec(ctx, `insert into profile (account_id, email_confirmed_at) values ($1, $2)
		on conflict (account_id) do update set email_confirmed_at = $2`, string(account), now)
	return err
}

// SaveConsents adds a person's stands to those before.
func (s *Store) SaveConsents(ctx context.Context, account toll.AccountID, consents []api.Consent) error {
	return s.write(ctx, "save consents", func(tx pgx.Tx) error {
		for _, c := range consents {
			_, err := tx.Exec(ctx, "insert into consent (account_id, kind, version, given, at) values ($1, $2, $3, $4, $5)",
				string(account), string(c.Kind), c.Version, c.Given, c.At)
			if err != nil {
				return err
			}
		}
		return addEvent(ctx, tx, account, access.EventConsent, consents[0].At, access.Place{})
	})
}

// SetErasure keeps when erasure was asked for; a zero time takes it back.
func (s *Store) SetErasure(ctx context.Context, account toll.AccountID, at time.Time, letters []notice.Message) error {
	return s.write(ctx, "set erasure", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into profile (account_id, erasure_at) values ($1, $2)
			on conflict (account_id) do update set erasure_at = $2`, string(account), optional(at))
		if err != nil {
			return err
		}
		if !at.IsZero() {
			if err := addEvent(ctx, tx, account, access.EventErasure, at, access.Place{}); err != nil {
				return err
			}
		}
		return addMessages(ctx, tx, letters)
	})
}

// ChangeEmail spends a link and takes the new address into use, unless somebody has it by now.
func (s *Store) ChangeEmail(ctx context.Context, link access.Hash, m person.EmailChange) error {
	return s.write(ctx, "use e-mail", func(tx pgx.Tx) error {
		if err := useLink(ctx, tx, link, m.At); err != nil {
			return err
		}
		if err := moveEmail(ctx, tx, m); err != nil {
			return err
		}
		return addEvent(ctx, tx, m.Account, access.EventEmail, m.At, access.Place{})
	})
}

// EmailTaken tells whether an account has the address.
func (s *Store) EmailTaken(ctx context.Context, email string) (taken bool, err error) {
	if err = s.pool.QueryRow(ctx, "select exists (select from account where email = $1)", email).Scan(&taken); err != nil {
		return false, fmt.Errorf("e-mail taken: %w", err)
	}
	return taken, nil
}

func moveEmail(ctx context.Context, tx pgx.Tx, m person.EmailChange) error {
	done, err := tx.Exec(ctx, `update account set email = $2 where id = $1 and email = $3
		and not exists (select from account where email = $2)`, string(m.Account), m.To, m.From)
	if err != nil {
		return err
	}
	if done.RowsAffected() != 1 {
		return fault.New(fault.LinkSpent)
	}
	_, err = tx.Exec(ctx, `update customer c set email = $2 from account_party p where p.account_id = $1 and p.role = 'owner'
		and p.customer_id = c.id and c.kind = 'private' and c.email = $3`, string(m.Account), m.To, m.From)
	if err != nil {
		return err
	}
	if err := confirm(ctx, tx, m.Account, person.Email, m.At); err != nil {
		return err
	}
	return addMessages(ctx, tx, m.Messages)
}

// UndoEmail spends the link of the old address: the change is stopped or taken back, and everybody is
// signed out.
func (s *Store) UndoEmail(ctx context.Context, link access.Hash, m person.EmailChange) error {
	return s.write(ctx, "undo e-mail", func(tx pgx.Tx) error {
		if err := useLink(ctx, tx, link, m.At); err != nil {
			return err
		}
		var current string
		if err := tx.QueryRow(ctx, "select email from account where id = $1 for update", string(m.Account)).Scan(&current); err != nil {
			return err
		}
		for _, statement := range []string{
			"delete from session where account_id = $1", "delete from login_step where account_id = $1",
			"update link set used_at = now(), sealed = '' where account_id = $1 and purpose in ('email', 'password') and used_at is null",
		} {
			if _, err := tx.Exec(ctx, statement, string(m.Account)); err != nil {
				return err
			}
		}
		if err := addEvent(ctx, tx, m.Account, access.EventEmailUndone, m.At, access.Place{}); err != nil {
			return err
		}
		if current == m.From {
			return moveEmail(ctx, tx, m)
		}
		return addMessages(ctx, tx, m.Messages)
	})
}

// exportMax bounds the lines of one section of an export.
const exportMax = 100_000

// export lists the sections: what is asked, for an account $1 and, where the person owns it, a customer $2.
func exportSections() map[string]string {
	return map[string]string{
		"account": `select id, email, person, language, created.at as registered from account a
			left join lateral (select min(at) as at from account_event e where e.account_id = a.id) created on true where id = $1 and ($2::uuid is null or true)`,
		"profile":    "select * from profile where account_id = $1 and ($2::uuid is null or true)",
		"consents":   "select kind, version, given, at from consent where account_id = $1 and ($2::uuid is null or true) order by id",
		"sessions":   "select began_at, seen_at, until, device, network from session where account_id = $1 and ($2::uuid is null or true)",
		"history":    "select kind, at, device, network from account_event where account_id = $1 and ($2::uuid is null or true) order by id",
		"letters":    "select channel, kind, sent_at from outbox where account_id = $1 and channel <> 'none' and ($2::uuid is null or true) order by written",
		"acts_for":   "select c.name, p.role, p.until from account_party p join customer c on c.id = p.customer_id where p.account_id = $1 and ($2::uuid is null or true)",
		"customer":   "select c.* from customer c where c.id = $2 and $1::uuid is not null",
		"agreements": "select number, issuer, charger, valid_from, valid_to, blocked from agreement where customer_id = $2 and $1::uuid is not null order by number",
		"terms": `select g.number, t.kind, t.version, t.accepted_at from agreement_begun n join agreement g on g.id = n.agreement_id
			join agreement_terms t on t.agreement_id = g.id where n.account_id = $1 and ($2::uuid is null or true) order by g.number, t.kind`,
		"tag_orders": `select g.number, v.country, v.plate, o.ordered_at, o.sent_at from tag_order o join agreement g on g.id = o.agreement_id
			join vehicle v on v.id = o.vehicle_id where g.customer_id = $2 and $1::uuid is not null order by o.id`,
		"vehicles": "select country, plate from vehicle where owner_id = $2 and $1::uuid is not null order by plate",
		"tags":     "select t.id, t.status from tag t join agreement a on a.id = t.agreement_id where a.customer_id = $2 and $1::uuid is not null order by t.id",
		"passages": `select p.passed_at, p.station, p.country, p.plate, p.tag, c.net from passage p
			left join lateral (select net from charge c where c.passage_id = p.id order by revision desc limit 1) c on true
			where p.customer_id = $2 and p.station <> '' and $1::uuid is not null order by p.passed_at`,
	}
}

// Export reads everything we know about a person, at one instant.
func (s *Store) Export(
	ctx context.Context, account toll.AccountID, customer toll.CustomerID, at time.Time, letters []notice.Message,
) (api.ExportReply, error) {
	reply := api.ExportReply{At: at, Sections: map[string]json.RawMessage{}}
	err := s.write(ctx, "export", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set transaction isolation level repeatable read"); err != nil {
			return err
		}
		for name, query := range exportSections() {
			var rows []byte
			err := tx.QueryRow(ctx, fmt.Sprintf("select coalesce(json_agg(t), '[]') from (%s limit %d) t", query, exportMax),
				string(account), optional(string(customer))).Scan(&rows)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			reply.Sections[name] = rows
		}
		if err := addEvent(ctx, tx, account, access.EventExported, at, access.Place{}); err != nil {
			return err
		}
		return addMessages(ctx, tx, letters)
	})
	return reply, err
}
