package passagedb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5/pgconn"

	"bompass/server/passage"
	"bompass/server/store"
)

// NamedStationKey is a station key as operators see it. The key itself is not stored.
type NamedStationKey struct {
	Name     string
	Stations []string // "*" means all
}

// ErrStationKeyExists is the error when a station key has the name of another.
var ErrStationKeyExists = errors.New("there is a station key of that name")

// StationKeyList returns all station keys, by name.
func (s *Store) StationKeyList(ctx context.Context) ([]NamedStationKey, error) {
	list, err := store.Select[NamedStationKey](ctx, s.db.Pool, "select name, stations from station_key order by name")
	if err != nil {
		return nil, fmt.Errorf("station keys: %w", err)
	}
	return list, nil
}

// AddStationKey adds a station key. Running servers accept it within seconds. The error is ErrStationKeyExists if the
// name is taken.
func (s *Store) AddStationKey(ctx context.Context, name string, key passage.StationKey) error {
	_, err := s.db.Pool.Exec(ctx, "insert into station_key (name, key_hash, stations) values ($1, $2, $3)", name, key.Hash[:], key.Stations)
	if taken, ok := errors.AsType[*pgconn.PgError](err); ok && taken.Code == pgerrcode.UniqueViolation {
		return ErrStationKeyExists
	}
	if err != nil {
		return fmt.Errorf("add station key: %w", err)
	}
	return nil
}

// RemoveStationKey removes a station key and reports whether there was one of that name. Running servers refuse it
// within seconds.
func (s *Store) RemoveStationKey(ctx context.Context, name string) (bool, error) {
	tag, err := s.db.Pool.Exec(ctx, "delete from station_key where name = $1", name)
	if err != nil {
		return false, fmt.Errorf("remove station key: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}
