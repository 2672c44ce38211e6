package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"bompass/server/seclog"
)

// SweepMax is the maximum number of expired rows that a transaction deletes beside its own work, so that
// tables of short-lived rows stay small without a job of their own.
const SweepMax = 20

// ErrSpent rolls a transaction back whose code, link or pending login was used by another one first.
var ErrSpent = errors.New("already used")

// Tx runs do in a transaction, which is rolled back when do fails. what names the transaction in errors.
func (db *DB) Tx(ctx context.Context, what string, do func(pgx.Tx) error) error {
	err := seclog.Tentative(ctx, func() error { return pgx.BeginFunc(ctx, db.Pool, do) })
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// TryTx is like Tx. It returns false, and no error, when do fails with ErrSpent.
func (db *DB) TryTx(ctx context.Context, what string, do func(pgx.Tx) error) (bool, error) {
	err := db.Tx(ctx, what, do)
	if errors.Is(err, ErrSpent) {
		return false, nil
	}
	return err == nil, err
}

// Snapshot runs do in a read-only transaction whose statements all see the database at one instant.
func (db *DB) Snapshot(ctx context.Context, what string, do func(pgx.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	if err := pgx.BeginTxFunc(ctx, db.Pool, options, do); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// ExactlyOne returns ErrSpent unless a statement changed exactly one row.
func ExactlyOne(done pgconn.CommandTag, err error) error {
	if err == nil && done.RowsAffected() != 1 {
		return ErrSpent
	}
	return err
}

// HasCode reports whether err is PostgreSQL's error with the given code of package pgerrcode.
func HasCode(err error, code string) bool {
	found, ok := errors.AsType[*pgconn.PgError](err)
	return ok && found.Code == code
}
