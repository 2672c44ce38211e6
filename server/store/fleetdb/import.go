package fleetdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/fleet"
	"bompass/server/job"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// PlatesTaken returns which of the plates are on an agreement of another customer.
func (s *Store) PlatesTaken(ctx context.Context, customer toll.CustomerID, plates []toll.Plate) (map[toll.Plate]bool, error) {
	countries, texts := make([]string, len(plates)), make([]string, len(plates))
	for i, p := range plates {
		countries[i], texts[i] = p.Country, p.Text
	}
	list, err := store.Select[struct{ Country, Plate string }](ctx, s.db.Pool, `select v.country, v.plate from unnest($2::text[], $3::text[]) p (country, plate)
		join vehicle v on v.country = p.country and v.plate = p.plate join mount m on m.vehicle_id = v.id and m.valid_to is null
		join agreement g on g.id = m.agreement_id where g.customer_id <> $1`, string(customer), countries, texts)
	if err != nil {
		return nil, fmt.Errorf("plates of others: %w", err)
	}
	taken := make(map[toll.Plate]bool, len(list))
	for _, p := range list {
		taken[toll.Plate{Country: p.Country, Text: p.Plate}] = true
	}
	return taken, nil
}

// AddImport adds an import that has been tried.
func (s *Store) AddImport(ctx context.Context, i fleet.Import, before time.Time) error {
	return s.db.Tx(ctx, "add import", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "delete from fleet_import where customer_id = $1 and confirmed_at is null or at < $2 and (confirmed_at is null or done_at is not null)", string(i.Customer), before)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into fleet_import (id, customer_id, account_id, at, name) values ($1, $2, $3, $4, $5)",
			i.ID, string(i.Customer), string(i.Account), i.At, i.Name); err != nil {
			return err
		}
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"fleet_import_row"}, []string{"import_id", "no", "plan"}, pgx.CopyFromSlice(len(i.Rows), func(n int) ([]any, error) {
			plan, err := json.Marshal(i.Rows[n])
			return []any{i.ID, i.Rows[n].No, plan}, err
		}))
		return err
	})
}

// importRow is an import as it is selected.
type importRow struct {
	ID                                    string
	CustomerID                            toll.CustomerID
	AccountID                             toll.AccountID
	At                                    time.Time
	Name                                  string
	ConfirmedAt, DoneAt, UndoAt, UndoneAt *time.Time
}

func (r importRow) imported() fleet.Import {
	return fleet.Import{
		ID: r.ID, Customer: r.CustomerID, Account: r.AccountID, At: r.At.UTC(), Name: r.Name, Confirmed: store.ZeroIfNull(r.ConfirmedAt).UTC(),
		Done: store.ZeroIfNull(r.DoneAt).UTC(), Undo: store.ZeroIfNull(r.UndoAt).UTC(), Undone: store.ZeroIfNull(r.UndoneAt).UTC(),
	}
}

// imports selects imports.
const imports = "select id::text, customer_id::text, coalesce(account_id::text, '') as account_id, at, name, confirmed_at, done_at, undo_at, undone_at from fleet_import "

// Import returns an import with its rows, or fault.NotFound.
func (s *Store) Import(ctx context.Context, customer toll.CustomerID, id string) (i fleet.Import, err error) {
	err = s.db.Snapshot(ctx, "import", func(tx pgx.Tx) error {
		row, err := store.SelectOne[importRow](ctx, tx, imports+"where id = $1 and ($2 = '' or customer_id = nullif($2, '')::uuid)", id, string(customer))
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound)
		}
		if err != nil {
			return err
		}
		i = row.imported()
		rows, err := store.Select[struct {
			Plan         []byte
			Done, Undone *string
		}](ctx, tx, "select plan, done, undone from fleet_import_row where import_id = $1 order by no", id)
		if err != nil {
			return err
		}
		i.Rows = make([]fleet.ImportRow, len(rows))
		for n, r := range rows {
			if err := json.Unmarshal(r.Plan, &i.Rows[n]); err != nil {
				return err
			}
			i.Rows[n].Done, i.Rows[n].Undone = r.Done, r.Undone
		}
		return nil
	})
	return i, err
}

// Imports returns the customer's confirmed imports without their rows, the latest first.
func (s *Store) Imports(ctx context.Context, customer toll.CustomerID) ([]fleet.Import, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, importRow.imported, imports+"where customer_id = $1 and confirmed_at is not null order by confirmed_at desc limit 5", string(customer))
	if err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}
	return list, nil
}

// StartImport records that an import is confirmed, or is to be undone, and adds the job.
func (s *Store) StartImport(ctx context.Context, customer toll.CustomerID, j fleet.ImportJob, at time.Time) error {
	return s.db.Tx(ctx, "start import", func(tx pgx.Tx) error {
		sql := "update fleet_import set confirmed_at = $3 where id = $1 and customer_id = $2 and confirmed_at is null"
		if j.Undo {
			sql = "update fleet_import set undo_at = $3 where id = $1 and customer_id = $2 and undo_at is null"
		}
		done, err := tx.Exec(ctx, sql, j.ID, string(customer), at)
		if err != nil || done.RowsAffected() == 0 { // sent twice
			return err
		}
		return job.Insert(ctx, tx, []fleet.ImportJob{j})
	})
}

// SaveImportRow records the result of a row.
func (s *Store) SaveImportRow(ctx context.Context, j fleet.ImportJob, no int, result string) error {
	sql := "update fleet_import_row set done = $3 where import_id = $1 and no = $2"
	if j.Undo {
		sql = "update fleet_import_row set undone = $3 where import_id = $1 and no = $2"
	}
	if _, err := s.db.Pool.Exec(ctx, sql, j.ID, no, result); err != nil {
		return fmt.Errorf("row of import: %w", err)
	}
	return nil
}

// EndImport records that all rows are done, or undone.
func (s *Store) EndImport(ctx context.Context, j fleet.ImportJob, at time.Time) error {
	sql := "update fleet_import set done_at = coalesce(done_at, $2) where id = $1"
	if j.Undo {
		sql = "update fleet_import set undone_at = coalesce(undone_at, $2) where id = $1"
	}
	if _, err := s.db.Pool.Exec(ctx, sql, j.ID, at); err != nil {
		return fmt.Errorf("end import: %w", err)
	}
	return nil
}

// VehicleOf returns the id of the vehicle that has a plate.
func (s *Store) VehicleOf(ctx context.Context, plate toll.Plate) (id toll.VehicleID, err error) {
	err = s.db.Pool.QueryRow(ctx, "select id::text from vehicle where country = $1 and plate = $2", plate.Country, plate.Text).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fault.New(fault.NotFound)
	}
	return id, err
}
