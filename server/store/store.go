// Package store owns the database: every statement, every transaction, every migration. One exported
// method is one transaction.
//
// It decides nothing: what to write is worked out by the domains, which state the methods they need.
package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// connectionsMax bounds the connections of one server.
const connectionsMax = 24

// Store is the database. GORM and pgx share one pool.
type Store struct {
	pool *pgxpool.Pool
	db   *gorm.DB
}

// Open connects to a database. It neither creates nor migrates anything.
func Open(ctx context.Context, url string) (*Store, error) {
	settings, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("DATABASE_URL is not an address of PostgreSQL; write postgres://user:password@host:5432/bompass")
	}
	settings.MaxConns = connectionsMax
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		reason := strings.Join(strings.Fields(err.Error()), " ") // one line of several
		return nil, errors.New("the database does not answer (" + reason + "); check DATABASE_URL and that PostgreSQL runs")
	}
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: stdlib.OpenDBFromPool(pool)}), &gorm.Config{
		Logger: logger.Discard, SkipDefaultTransaction: true, TranslateError: false,
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &Store{pool: pool, db: db}, nil
}

// Ready tells whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// Close ends all connections.
func (s *Store) Close() {
	if conn, err := s.db.DB(); err == nil {
		_ = conn.Close()
	}
	s.pool.Close()
}
