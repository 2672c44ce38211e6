package legacydb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/legacy"
	"bompass/server/store"
)

// issuer is the tag issuer of imported agreements.
const issuer = "bompass"

// rowProblemsMax is the maximum number of rows of one file whose problems are reported.
const rowProblemsMax = 20

var errRollback = errors.New("roll back")

// Import adds the rows of a file in one transaction. A row that is there already is left unchanged. Nothing is added
// if a row has a problem, or in a dry run.
func (s *Store) Import(ctx context.Context, rows []legacy.Row, dry bool) (r legacy.Result, err error) {
	err = s.db.Tx(ctx, "import legacy file", func(tx pgx.Tx) error {
		for _, row := range rows {
			added, problem, err := importRow(ctx, tx, row.Value)
			switch {
			case err != nil:
				return fmt.Errorf("line %d: %w", row.Line, err)
			case problem != nil && len(r.Problems) < rowProblemsMax:
				r.Problems = append(r.Problems, legacy.Problem{Line: row.Line, Err: problem})
			case problem != nil:
			case added:
				r.Added++
			default:
				r.Unchanged++
			}
		}
		if dry || len(r.Problems) > 0 {
			return errRollback
		}
		return nil
	})
	if errors.Is(err, errRollback) {
		err = nil
	}
	return r, err
}

// importRow adds a row inside a savepoint, since a row that breaks a rule of the schema must not end the transaction.
func importRow(ctx context.Context, tx pgx.Tx, value any) (added bool, problem, err error) {
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		switch v := value.(type) {
		case legacy.Customer:
			added, problem, err = importCustomer(ctx, tx, v)
		case legacy.Agreement:
			added, problem, err = importAgreement(ctx, tx, v)
		case legacy.Vehicle:
			added, problem, err = importVehicle(ctx, tx, v)
		case legacy.Tag:
			added, problem, err = importTag(ctx, tx, v)
		case legacy.Credential:
			added, err = importCredential(ctx, tx, v)
		default:
			err = fmt.Errorf("unknown row %T", value)
		}
		return err
	})
	switch {
	case store.HasCode(err, pgerrcode.ExclusionViolation):
		return false, errors.New("the vehicle or tag is on another agreement at that time"), nil
	case store.HasCode(err, pgerrcode.UniqueViolation):
		return false, errors.New("another row has the same number"), nil
	}
	return added, problem, err
}

func inserted(ctx context.Context, tx pgx.Tx, sql string, args ...any) (bool, error) {
	done, err := tx.Exec(ctx, sql, args...)
	return err == nil && done.RowsAffected() > 0, err
}

func importCustomer(ctx context.Context, tx pgx.Tx, c legacy.Customer) (added bool, problem, err error) {
	added, err = inserted(ctx, tx, `insert into customer (id, kind, name, email, country, language) values ($1, $2, $3, $4, $5, $6)
		on conflict (id) do nothing`, string(c.ID), string(c.Kind), c.Name, c.Email, c.Country, c.Language)
	if err != nil || !added {
		return false, nil, err
	}
	if c.Organisation != "" {
		_, err = tx.Exec(ctx, "insert into customer_contact (customer_id, organisation) values ($1, $2)", string(c.ID), c.Organisation)
	}
	if err == nil && len(c.BirthHash) > 0 {
		_, err = tx.Exec(ctx, "insert into customer_identity (customer_id, birth_key, birth_number, birth_hash) values ($1, $2, $3, $4)",
			string(c.ID), c.Birth.Key, c.Birth.Data, c.BirthHash)
	}
	return err == nil, nil, err
}

func importAgreement(ctx context.Context, tx pgx.Tx, a legacy.Agreement) (added bool, problem, err error) {
	var known bool
	if err := tx.QueryRow(ctx, "select exists (select from customer where id = $1)", string(a.Customer)).Scan(&known); err != nil {
		return false, nil, err
	}
	if !known {
		return false, errors.New("the customer is not imported; import the customers first"), nil
	}
	added, err = inserted(ctx, tx, `insert into agreement (id, number, customer_id, issuer, charger, valid_from, valid_to) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (id) do nothing`, string(a.ID), a.Number, string(a.Customer), issuer, string(a.Charger), a.From, end(a.To))
	if err != nil || added {
		return added, nil, err
	}
	err = tx.QueryRow(ctx, "select customer_id = $2 from agreement where id = $1", string(a.ID), string(a.Customer)).Scan(&known)
	if err == nil && !known {
		problem = errors.New("the agreement is another customer's")
	}
	return false, problem, err
}

// end returns nil for an open end.
func end(at time.Time) any { return store.NullIfZero(at) }

// agreementID returns the identifier of an agreement; empty when there is none.
func agreementID(ctx context.Context, tx pgx.Tx, number string) (id string, err error) {
	err = tx.QueryRow(ctx, "select coalesce((select id::text from agreement where number = $1), '')", number).Scan(&id)
	return id, err
}

var errNoAgreement = errors.New("the agreement is not imported; import the agreements first")

func importVehicle(ctx context.Context, tx pgx.Tx, v legacy.Vehicle) (added bool, problem, err error) {
	agreement, err := agreementID(ctx, tx, v.Agreement)
	if err != nil || agreement == "" {
		return false, errNoAgreement, err
	}
	if _, err = tx.Exec(ctx, "insert into vehicle (id, country, plate) values ($1, $2, $3) on conflict (country, plate) do nothing",
		string(v.ID), v.Plate.Country, v.Plate.Text); err != nil {
		return false, nil, err
	}
	var vehicle string
	if err = tx.QueryRow(ctx, "select id::text from vehicle where country = $1 and plate = $2", v.Plate.Country, v.Plate.Text).Scan(&vehicle); err != nil {
		return false, nil, err
	}
	// The same vehicle on the same agreement from the same day is the same row; its tag may have changed since.
	added, err = inserted(ctx, tx, `insert into mount (vehicle_id, agreement_id, valid_from, valid_to)
		select $1, $2, $3, $4 where not exists (select from mount where vehicle_id = $1 and agreement_id = $2 and valid_from = $3)`,
		vehicle, agreement, v.From, end(v.To))
	if err != nil || !added {
		return false, nil, err
	}
	f := v.Facts
	_, err = tx.Exec(ctx, `insert into vehicle_facts (vehicle_id, valid_from, category, weight_kg, fuel, plug_in, euro, length_mm, source)
		select $1, $2, $3, $4, $5, $6, $7, $8, 'stated' where not exists (select from vehicle_facts where vehicle_id = $1)`,
		vehicle, v.From, f.Category, f.WeightKG, string(f.Fuel), f.PlugIn, f.Euro, v.LengthMM)
	return err == nil, nil, err
}

func importTag(ctx context.Context, tx pgx.Tx, t legacy.Tag) (added bool, problem, err error) {
	agreement, err := agreementID(ctx, tx, t.Agreement)
	if err != nil || agreement == "" {
		return false, errNoAgreement, err
	}
	added, err = inserted(ctx, tx, "insert into tag (id, agreement_id, status) values ($1, $2, $3) on conflict (id) do nothing", string(t.ID), agreement, t.Status)
	if err != nil {
		return false, nil, err
	}
	if !added {
		var same bool
		err = tx.QueryRow(ctx, "select agreement_id = $2 from tag where id = $1", string(t.ID), agreement).Scan(&same)
		if err == nil && !same {
			problem = errors.New("the tag is on another agreement")
		}
		return false, problem, err
	}
	if t.Plate.Text == "" {
		return true, nil, nil
	}
	mounted, err := inserted(ctx, tx, `update mount set tag_id = $3 where agreement_id = $1 and tag_id is null and valid_to is null
		and vehicle_id = (select id from vehicle where country = $2 and plate = $4)`, agreement, t.Plate.Country, string(t.ID), t.Plate.Text)
	if err == nil && !mounted {
		problem = errors.New("the vehicle is not on the agreement without a tag; import the vehicles first")
	}
	return mounted, problem, err
}

// importCredential adds a credential, or replaces the hash of one that has not been used.
func importCredential(ctx context.Context, tx pgx.Tx, c legacy.Credential) (bool, error) {
	stored, err := store.SelectOne[struct {
		Key       string
		Sealed    []byte
		Agreement string
		Used      bool
	}](ctx, tx, "select key, sealed, agreement, used_at is not null as used from legacy_credential where number = $1 for update", c.Number)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, err
	}
	if err == nil && (stored.Used || stored.Agreement == c.Agreement && c.Same(seal.Sealed{Key: stored.Key, Data: stored.Sealed})) {
		return false, nil
	}
	return inserted(ctx, tx, `insert into legacy_credential (number, agreement, key, sealed, imported_at) values ($1, $2, $3, $4, $5)
		on conflict (number) do update set agreement = excluded.agreement, key = excluded.key, sealed = excluded.sealed, imported_at = excluded.imported_at`,
		c.Number, c.Agreement, c.Sealed.Key, c.Sealed.Data, c.Imported)
}
