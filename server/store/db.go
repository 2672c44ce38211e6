// Package store is the database: one pool of connections, transactions, and the few rows that every
// subject writes (events of an account, messages to be sent, links). The tables themselves belong to the
// packages below it, one for each subject: accessdb, persondb, passagedb and so on. Those import this
// package and never each other; a transaction over two subjects belongs to the one that starts it.
//
// The packages below decide nothing. A domain works out what to write and declares the methods that it
// needs; one exported method is one transaction.
//
// # GORM or pgx
//
// GORM reads and writes single rows and small aggregates by their key, with a struct whose fields are all
// the table's columns; TestRowTypesHaveTheSchemasColumns compares those structs with the schema. pgx does
// everything else: sets, joins, COPY, locks, and statements whose effect depends on what they find.
//
// A pgx row of more than two columns is scanned by name, with Select or SelectOne, never by position. Error
// codes of PostgreSQL are those of package pgerrcode, compared with HasCode.
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

// connections is the default of Connections.
const connections = 24

// Option is a choice of how a database is opened.
type Option func(*pgxpool.Config)

// Connections returns the choice of the maximum number of connections of one server.
func Connections(n int) Option {
	return func(settings *pgxpool.Config) { settings.MaxConns = int32(n) }
}

// DB is a PostgreSQL database. It is safe for concurrent use.
type DB struct {
	Pool *pgxpool.Pool // shared by pgx and GORM
	gorm *gorm.DB
}

// Open connects to the database at url. It neither creates nor migrates anything.
func Open(ctx context.Context, url string, options ...Option) (*DB, error) {
	settings, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("DATABASE_URL is not an address of PostgreSQL; write postgres://user:password@host:5432/bompass")
	}
	settings.MaxConns = connections
	for _, choose := range options {
		choose(settings)
	}
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
	return &DB{Pool: pool, gorm: db}, nil
}

// GORM returns a GORM session on the pool.
func (db *DB) GORM(ctx context.Context) *gorm.DB { return db.gorm.WithContext(ctx) }

// Ready reports, by its error, whether the database answers.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.Pool.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// Close closes all connections.
func (db *DB) Close() {
	if conn, err := db.gorm.DB(); err == nil {
		_ = conn.Close()
	}
	db.Pool.Close()
}
