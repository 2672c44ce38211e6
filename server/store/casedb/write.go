package casedb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/attachment"
	"bompass/server/casework"
	"bompass/server/job"
	"bompass/server/notice"
	"bompass/server/store"
	rules "bompass/shared/casework"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// OpenCase stores a case with its first message, and returns its number. The same Once returns the same number.
func (s *Store) OpenCase(ctx context.Context, r casework.Reader, c casework.NewCase, at time.Time) (id int64, err error) {
	err = s.db.Tx(ctx, "open case", func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `insert into support_case (customer_id, account_id, once, charger, topic, title, about, opened_at, changed_at, answer_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) on conflict (account_id, once) do nothing returning id`,
			string(r.Customer), string(r.Account), c.Once, string(c.Charger), string(c.Topic), c.Title, c.About, at, rules.AnswerBy(at).String()).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) { // the form was sent before
			return tx.QueryRow(ctx, "select id from support_case where account_id = $1 and once = $2", string(r.Account), c.Once).Scan(&id)
		}
		if err != nil {
			return err
		}
		_, err = addMessage(ctx, tx, casework.NewMessage{Case: id, Once: c.Once, Account: r.Account, Act: rules.Write, Text: c.Text, Files: c.Files, At: at})
		return err
	})
	return id, err
}

// AddMessage stores a message of a customer in a case that the reader may see.
func (s *Store) AddMessage(ctx context.Context, r casework.Reader, m casework.NewMessage) error {
	return s.db.Tx(ctx, "add message", func(tx pgx.Tx) error {
		_, err := s.act(ctx, tx, m, readable+" and c.id = $4", string(r.Customer), string(r.Account), r.All, m.Case)
		return err
	})
}

// Reply stores an act of the toll company, and the job that tells whoever opened the case.
func (s *Store) Reply(ctx context.Context, m casework.NewMessage) error {
	return s.db.Tx(ctx, "reply", func(tx pgx.Tx) error {
		message, err := s.act(ctx, tx, m, "c.id = $1", m.Case)
		if err != nil || message == 0 {
			return err
		}
		if m.Act == rules.Take { // nothing for the customer to read
			_, err := tx.Exec(ctx, "update support_case set taken_by = $2 where id = $1", m.Case, m.Staff)
			return err
		}
		return job.Insert(ctx, tx, []casework.TellJob{{Message: message}})
	})
}

// Tell adds the mail about a message to the outbox, once.
func (s *Store) Tell(ctx context.Context, message int64, at time.Time, write func(to notice.Recipient, number int64) (notice.Message, error)) error {
	return s.db.Tx(ctx, "tell of a message", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "update support_message set told_at = $2 where id = $1 and told_at is null", message, at)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		to, err := store.SelectOne[recipientRow](ctx, tx, `select c.id as number, a.id::text as account, a.person as name, coalesce(a.email, '') as email, a.language
			from support_message m join support_case c on c.id = m.case_id join account a on a.id = c.account_id where m.id = $1`, message)
		if err != nil {
			return err
		}
		mail, err := write(notice.Recipient{Account: toll.AccountID(to.Account), Name: to.Name, Address: to.Email, Language: to.Language}, to.Number)
		if err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, []notice.Message{mail})
	})
}

// recipientRow is who is told of a message, with the number of the case.
type recipientRow struct {
	Number                         int64
	Account, Name, Email, Language string
}

// act locks the case that meets a condition, stores what is done with it, and returns the id of the message. It returns 0 if the
// same was done before.
func (s *Store) act(ctx context.Context, tx pgx.Tx, m casework.NewMessage, condition string, args ...any) (int64, error) {
	var state rules.State
	err := tx.QueryRow(ctx, "select c.state from support_case c where "+condition+" for update", args...).Scan(&state)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fault.New(fault.NotFound)
	}
	if err != nil {
		return 0, err
	}
	var before bool
	if err := tx.QueryRow(ctx, "select exists (select from support_message where case_id = $1 and once = $2)", m.Case, m.Once).Scan(&before); err != nil || before {
		return 0, err
	}
	next, ok := state.After(m.Act)
	if !ok {
		return 0, fault.New(fault.ChangedMeanwhile)
	}
	message, err := addMessage(ctx, tx, m)
	if err != nil {
		return 0, err
	}
	// A question that was answered late waits no longer than one that is new.
	_, err = tx.Exec(ctx, "update support_case set state = $2, changed_at = $3, answer_by = case when $4 then coalesce(answer_by, $5::date) end where id = $1",
		m.Case, string(next), m.At, next.WaitsForUs(), rules.AnswerBy(m.At).String())
	return message, err
}

// addMessage stores a message with its files, and returns its id.
func addMessage(ctx context.Context, tx pgx.Tx, m casework.NewMessage) (id int64, err error) {
	err = tx.QueryRow(ctx, `insert into support_message (case_id, account_id, staff, act, text, once, written_at) values ($1, $2, $3, $4, $5, $6, $7) returning id`,
		m.Case, store.NullIfZero(string(m.Account)), m.Staff, string(m.Act), m.Text, m.Once, m.At).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("add message: %w", err)
	}
	return id, addFiles(ctx, tx, id, m.Files)
}

// addFiles stores the files of a message.
func addFiles(ctx context.Context, tx pgx.Tx, message int64, files []attachment.File) error {
	for _, f := range files {
		_, err := tx.Exec(ctx, "insert into support_file (message_id, name, type, size, body) values ($1, $2, $3, $4, $5)", message, f.Name, f.Type, len(f.Body), f.Body)
		if err != nil {
			return fmt.Errorf("add file: %w", err)
		}
	}
	return nil
}
