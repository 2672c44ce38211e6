package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/notice"
	"bompass/server/seclog"
	"bompass/shared/fault"
)

// countMessages counts messages under their limits, by the database's clock. It returns fault.TooManyToday, and nothing
// of the transaction is kept, if a limit is reached; a message that is dropped then becomes one that is never sent.
func countMessages(ctx context.Context, tx pgx.Tx, messages []notice.Message) ([]notice.Message, error) {
	kept := slices.Clone(messages)
	for _, c := range countsOf(kept) {
		m := &kept[c.message]
		if m.Channel == notice.Decoy && m.Dropped {
			continue // dropped by another of its limits
		}
		allowed, err := countMessage(ctx, tx, c.Count, time.Until(m.Written))
		if err != nil {
			return nil, fmt.Errorf("count message: %w", err)
		}
		if allowed {
			continue
		}
		if !m.Dropped {
			return nil, fault.New(fault.TooManyToday)
		}
		m.Channel = notice.Decoy
		seclog.Note(ctx, seclog.MessageDropped, m.Account)
	}
	return kept, nil
}

// messageCount is a limit that one of several messages counts under.
type messageCount struct {
	notice.Count
	message int // index
}

// countsOf returns the limits of all messages in the order of their keys. They are locked in this order, so that two
// transactions never wait for each other.
func countsOf(messages []notice.Message) (list []messageCount) {
	for i := range messages {
		for _, c := range messages[i].Counts {
			list = append(list, messageCount{c, i})
		}
	}
	slices.SortStableFunc(list, func(a, b messageCount) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// countMessage counts one message and reports whether the limit allows it. The count is refilled evenly over a day.
// Ahead is the time by which the clock that wrote the message is ahead of this server's: it is moved by tests only.
func countMessage(ctx context.Context, tx pgx.Tx, c notice.Count, ahead time.Duration) (allowed bool, err error) {
	if c.Max <= 0 {
		return false, nil
	}
	if ahead.Abs() < time.Minute {
		ahead = 0
	}
	const at = "clock_timestamp() + make_interval(secs => $3)"
	const left = "greatest(0, throttle.count - floor(greatest(0, extract(epoch from " + at + " - throttle.tried_at)) / (86400.0 / $2)))"
	err = tx.QueryRow(ctx, `insert into throttle (key, count, tried_at) values ($1, 1, `+at+`)
		on conflict (key) do update set count = `+left+` + 1, tried_at = `+at+` where `+left+` < $2::numeric returning true`,
		c.Key, c.Max, ahead.Seconds()).Scan(&allowed)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return allowed, err
}
