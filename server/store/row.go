package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Querier is a pool or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Select returns one T for each row of a query. Every column fills the field of T that has its name, and
// every field needs a column.
func Select[T any](ctx context.Context, q Querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// SelectOne returns the first row of a query like Select, or pgx.ErrNoRows.
func SelectOne[T any](ctx context.Context, q Querier, sql string, args ...any) (T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectOneRow(rows, pgx.RowToStructByName[T])
}

// NullIfZero returns a pointer to v, or nil for a zero v: an argument that is null in the database.
func NullIfZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// ZeroIfNull returns what p points at, or a zero value for nil.
func ZeroIfNull[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// SelectMapped is like Select, and converts every row R to a T.
func SelectMapped[R, T any](ctx context.Context, q Querier, convert func(R) T, sql string, args ...any) ([]T, error) {
	rows, err := Select[R](ctx, q, sql, args...)
	if err != nil {
		return nil, err
	}
	list := make([]T, len(rows))
	for i, r := range rows {
		list[i] = convert(r)
	}
	return list, nil
}
