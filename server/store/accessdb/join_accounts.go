package accessdb

import (
	"context"
	"fmt"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/eid"
	"bompass/server/store"
)

// Join connects an eID to an account and, where there is another, moves all that hangs on that one over
// and takes it away.
func (s *Store) Join(ctx context.Context, j eid.Join) (bool, error) {
	return s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
		// Both are locked in one order, and must be as they were: the session alive, the other without a
		// password.
		rows, err := tx.Query(ctx, `select id from account a where id = $1 and exists (select from session where token_hash = $3 and account_id = $1)
			or id = $2 and password_hash = '' order by id for update`, string(j.Keep), store.NullIfZero(string(j.Other)), j.Session[:])
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[[16]byte])
		if err != nil {
			return err
		}
		want := 1
		if j.Other != "" {
			want = 2
		}
		if len(found) != want {
			return store.ErrSpent
		}
		if j.Other != "" {
			if err := moveAccount(ctx, tx, j); err != nil {
				return err
			}
		}
		return connect(ctx, tx, j)
	})
}

// connect lets the eID open the account that is kept.
func connect(ctx context.Context, tx pgx.Tx, j eid.Join) error {
	keep := string(j.Keep)
	err := store.ExactlyOne(tx.Exec(ctx, `insert into identity (issuer, subject, account_id) values ($1, $2, $3)
		on conflict (issuer, subject) do update set account_id = identity.account_id where identity.account_id = excluded.account_id`, j.Issuer, j.Subject, keep))
	if err != nil {
		return err
	}
	for _, n := range j.Numbers {
		if n.Country == "NO" {
			_, err = tx.Exec(ctx, "update account set birth_key = $2, birth_number = $3, birth_hash = $4 where id = $1 and birth_hash = ''",
				keep, n.Sealed.Key, n.Sealed.Data, n.Hash)
		} else {
			_, err = tx.Exec(ctx, `insert into account_number (number_hash, account_id, country, key, sealed) values ($1, $2, $3, $4, $5)
				on conflict do nothing`, n.Hash, keep, n.Country, n.Sealed.Key, n.Sealed.Data)
		}
		if err != nil {
			return err
		}
	}
	if err := store.AddEvent(ctx, tx, j.Keep, access.EventEID, j.At, access.Place{}); err != nil {
		return err
	}
	return store.AddMessages(ctx, tx, j.Messages)
}

// apart are the tables of an account whose rows do not simply change hands: they are joined by moving, or
// say something of the account that goes and of nobody else.
func apart() map[string]bool {
	return map[string]bool{
		"account_party": true, "account_number": true, "profile": true, "session": true, "login_step": true, "link": true, "contact_code": true,
		"recovery_code": true, "passkey": true, "factor_guard": true, "mandate": true, "mandate_asked": true, "text_factor": true,
		"text_code": true, "lost_factor": true, "agreement_draft": true,
	}
}

// moveAccount hands everything over and takes the other account away. What hangs on an account is asked of
// the database, so that a table added later goes along.
func moveAccount(ctx context.Context, tx pgx.Tx, j eid.Join) error {
	keep, other := string(j.Keep), string(j.Other)
	for _, statement := range moving() {
		if _, err := tx.Exec(ctx, statement, keep, other); err != nil {
			return fmt.Errorf("move account: %w", err)
		}
	}
	rows, err := tx.Query(ctx, `select c.conrelid::regclass::text, a.attname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
		where c.contype = 'f' and c.confrelid = 'account'::regclass order by 1, 2`)
	if err != nil {
		return err
	}
	hanging, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Table, Column string }])
	if err != nil {
		return err
	}
	for _, h := range hanging {
		if apart()[h.Table] {
			continue
		}
		column := pgx.Identifier{h.Column}.Sanitize()
		if _, err := tx.Exec(ctx, fmt.Sprintf("update %s set %s = $1 where %s = $2", pgx.Identifier{h.Table}.Sanitize(), column, column), keep, other); err != nil {
			return fmt.Errorf("move %s: %w", h.Table, err)
		}
	}
	if err := dropShells(ctx, tx, j); err != nil {
		return err
	}
	if err := store.ExactlyOne(tx.Exec(ctx, "delete from account where id = $1", other)); err != nil {
		return err
	}
	return store.AddEvent(ctx, tx, j.Keep, access.EventJoined, j.At, access.Place{})
}

// moving lists, for the account kept $1 and the one that goes $2, what does not simply change hands.
func moving() []string {
	return []string{
		"delete from session where account_id = $2 and $1::uuid is not null",
		"delete from mandate_asked where account_id = $1 and $2::uuid is not null", // the register is asked anew
		`insert into account_party (account_id, customer_id, role, by_mandate, until, vehicle_id)
			select $1, customer_id, role, by_mandate, until, vehicle_id from account_party where account_id = $2
			on conflict (account_id, customer_id) do update set role = excluded.role, by_mandate = excluded.by_mandate, until = excluded.until,
				vehicle_id = excluded.vehicle_id where excluded.role = 'owner'`,
		"delete from account_party where account_id = $2 and $1::uuid is not null",
		`with gone as (delete from profile where account_id = $2 returning *)
			update profile p set
				mobile = case when p.mobile = '' then g.mobile else p.mobile end,
				mobile_confirmed_at = case when p.mobile = '' or p.mobile = g.mobile and p.mobile_confirmed_at is null then g.mobile_confirmed_at else p.mobile_confirmed_at end,
				phone_private = coalesce(nullif(p.phone_private, ''), g.phone_private), phone_work = coalesce(nullif(p.phone_work, ''), g.phone_work),
				street = case when p.street = '' then g.street else p.street end, postal_code = case when p.street = '' then g.postal_code else p.postal_code end,
				city = case when p.street = '' then g.city else p.city end, country = case when p.street = '' then g.country else p.country end,
				address_at = case when p.street = '' then g.address_at else p.address_at end,
				saved_at = coalesce(p.saved_at, g.saved_at), asked_at = coalesce(p.asked_at, g.asked_at)
			from gone g where p.account_id = $1`,
		"update account set birth_hash = '' where id = $2 and $1::uuid is not null",
		"delete from account_number where account_id = $2 and $1::uuid is not null",
	}
}

// dropShells takes away private customers of the person that have nothing, as long as one is left: each
// account had begun with one. Those of the account that goes are looked at first.
func dropShells(ctx context.Context, tx pgx.Tx, j eid.Join) error {
	rows, err := tx.Query(ctx, `select c.id::text,
			not exists (select from agreement g where g.customer_id = c.id) and not exists (select from passage x where x.customer_id = c.id)
				and not exists (select from agreement_draft d where d.customer_id = c.id and d.account_id = p.account_id)
		from customer c join account_party p on p.customer_id = c.id and p.role = 'owner' and p.account_id = $1 where c.kind = 'private'
		order by (select min(s.began_at) from session s where s.customer_id = c.id) nulls first, c.id`, string(j.Keep))
	if err != nil {
		return err
	}
	own, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		ID    string
		Shell bool
	}])
	if err != nil {
		return err
	}
	left := len(own)
	for _, c := range own {
		if !c.Shell || left == 1 {
			continue
		}
		to := own[len(own)-1].ID
		for _, o := range own {
			if !o.Shell {
				to = o.ID
			}
		}
		if to == c.ID {
			continue
		}
		dropped, err := dropShell(ctx, tx, c.ID, to)
		if err != nil {
			return err
		}
		if dropped {
			left--
		}
	}
	return nil
}

// dropShell takes one customer away, unless something that we do not know of refers to it.
func dropShell(ctx context.Context, tx pgx.Tx, id, to string) (bool, error) {
	err := pgx.BeginFunc(ctx, tx, func(inner pgx.Tx) error {
		for _, statement := range []string{
			"update session set customer_id = $2 where customer_id = $1",
			"delete from account_party where customer_id = $1 and $2::uuid is not null",
			"delete from customer_contact where customer_id = $1 and contact = '' and organisation is null and $2::uuid is not null",
			"delete from customer where id = $1 and $2::uuid is not null",
		} {
			if _, err := inner.Exec(ctx, statement, id, to); err != nil {
				return err
			}
		}
		return nil
	})
	if store.HasCode(err, pgerrcode.ForeignKeyViolation) {
		return false, nil
	}
	return err == nil, err
}
