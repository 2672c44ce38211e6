package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Links stores links that are sent in messages and work once. The packages whose domains send links embed
// it.
type Links struct {
	db *DB
}

// NewLinks returns Links on db.
func NewLinks(db *DB) Links { return Links{db: db} }

// AddLinks adds links and the messages that carry them.
func (l Links) AddLinks(ctx context.Context, now time.Time, links []seal.Link, messages []notice.Message) error {
	return l.db.Tx(ctx, "add links", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from link where token_hash in (
			select token_hash from link where until <= $1 limit $2 for update skip locked)`, now, SweepMax)
		if err != nil {
			return err
		}
		return AddLinks(ctx, tx, links, messages)
	})
}

// FindLink returns a link that is neither used nor expired, or fault.LinkSpent.
func (l Links) FindLink(ctx context.Context, hash seal.Hash, purpose seal.Purpose, now time.Time) (seal.Link, error) {
	row, err := SelectOne[struct {
		AccountID string
		Key       string
		Sealed    []byte
		Until     time.Time
	}](ctx, l.db.Pool, `select coalesce(account_id::text, '') as account_id, key, sealed, until from link
		where token_hash = $1 and purpose = $2 and until > $3 and used_at is null`, hash[:], string(purpose), now)
	if errors.Is(err, pgx.ErrNoRows) {
		return seal.Link{}, fault.New(fault.LinkSpent)
	}
	if err != nil {
		return seal.Link{}, fmt.Errorf("find link: %w", err)
	}
	return seal.Link{
		Hash: hash, Purpose: purpose, Account: toll.AccountID(row.AccountID), Sealed: seal.Sealed{Key: row.Key, Data: row.Sealed}, Until: row.Until,
	}, nil
}

// AddLinks adds links and the messages that carry them within a transaction.
func AddLinks(ctx context.Context, tx pgx.Tx, links []seal.Link, messages []notice.Message) error {
	for _, l := range links {
		_, err := tx.Exec(ctx, "insert into link (token_hash, purpose, account_id, key, sealed, until) values ($1, $2, $3, $4, $5, $6)",
			l.Hash[:], string(l.Purpose), NullIfZero(string(l.Account)), l.Sealed.Key, l.Sealed.Data, l.Until)
		if err != nil {
			return err
		}
	}
	return AddMessages(ctx, tx, messages)
}

// SpendLink marks a link as used, or returns fault.LinkSpent when it is used or expired already.
func SpendLink(ctx context.Context, tx pgx.Tx, hash seal.Hash, now time.Time) error {
	done, err := tx.Exec(ctx, "update link set used_at = $2, sealed = '' where token_hash = $1 and used_at is null and until > $2", hash[:], now)
	if err == nil && done.RowsAffected() != 1 {
		err = fault.New(fault.LinkSpent)
	}
	return err
}
