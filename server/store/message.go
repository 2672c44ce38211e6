package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bompass/server/job"
	"bompass/server/notice"
)

// AddMessages adds messages to the outbox, and the jobs that send them, in the transaction of the change that
// they report. A message without a channel counts as sent at once; it is written all the same, so that the
// time of a request does not tell whether an address is known.
func AddMessages(ctx context.Context, tx pgx.Tx, messages []notice.Message) error {
	messages, err := countMessages(ctx, tx, messages)
	if err != nil {
		return err
	}
	for _, m := range messages {
		_, err := tx.Exec(ctx, `insert into outbox (id, channel, kind, account_id, key, sealed, sent_at, number, language, shown_to)
			values ($1, $2, $3, $4, $5, $6, case when $2 = 'none' then $7::timestamptz end, $8, $9, $10)`,
			m.ID, string(m.Channel), string(m.Kind), NullIfZero(string(m.Account)), m.Key, m.Sealed, m.Written,
			NullIfZero(m.Number), m.Language, m.ShownTo)
		if err != nil {
			return fmt.Errorf("add message: %w", err)
		}
	}
	return job.Insert(ctx, tx, notice.SendJobs(messages))
}
