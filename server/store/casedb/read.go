package casedb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/casework"
	"bompass/server/store"
	rules "bompass/shared/casework"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// caseColumns are the columns of a caseRow.
const caseColumns = "c.id, c.customer_id::text, c.account_id::text, c.charger, c.topic, c.title, c.about, c.state, c.opened_at, c.changed_at, c.answer_by, c.taken_by"

// readable restricts a query to the cases that a reader may see: $1 is the customer, $2 the account, $3 whether all.
const readable = "c.customer_id = $1 and ($3 or c.account_id = $2)"

// caseRow is a case as it is selected.
type caseRow struct {
	ID                                                         int64
	CustomerID, AccountID, Charger, Topic, Title, About, State string
	OpenedAt, ChangedAt                                        time.Time
	AnswerBy                                                   *time.Time
	TakenBy                                                    string
}

func (r caseRow) convert() casework.Case {
	c := casework.Case{
		ID: r.ID, Customer: toll.CustomerID(r.CustomerID), Account: toll.AccountID(r.AccountID), Charger: toll.ChargerID(r.Charger),
		Topic: rules.Topic(r.Topic), Title: r.Title, About: r.About, State: rules.State(r.State), Opened: r.OpenedAt, Changed: r.ChangedAt, TakenBy: r.TakenBy,
	}
	if r.AnswerBy != nil {
		c.AnswerBy = oslo.Date(r.AnswerBy.Date())
	}
	return c
}

// Cases returns the cases that a reader may see, the last changed first.
func (s *Store) Cases(ctx context.Context, r casework.Reader) ([]casework.Case, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, caseRow.convert, "select "+caseColumns+" from support_case c where "+readable+" order by c.changed_at desc, c.id desc",
		string(r.Customer), string(r.Account), r.All)
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	return list, nil
}

// Waiting returns the cases that wait for the toll company, those to be answered first at the top.
func (s *Store) Waiting(ctx context.Context) ([]casework.Case, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, caseRow.convert, "select "+caseColumns+" from support_case c where c.answer_by is not null order by c.answer_by, c.id")
	if err != nil {
		return nil, fmt.Errorf("cases that wait: %w", err)
	}
	return list, nil
}

// Case returns a case that a reader may see.
func (s *Store) Case(ctx context.Context, r casework.Reader, id int64) (casework.Full, error) {
	return s.full(ctx, "c.id = $4 and "+readable, string(r.Customer), string(r.Account), r.All, id)
}

// Any returns any case.
func (s *Store) Any(ctx context.Context, id int64) (casework.Full, error) {
	return s.full(ctx, "c.id = $1", id)
}

// messageRow is a message as it is selected.
type messageRow struct {
	ID              int64
	AccountID, Name string
	Act, Text       string
	WrittenAt       time.Time
}

// fileRow is a file of a message as it is selected.
type fileRow struct {
	MessageID, ID int64
	Name, Type    string
	Size          int
}

// full returns the one case that meets a condition, with its messages.
func (s *Store) full(ctx context.Context, condition string, args ...any) (f casework.Full, err error) {
	err = s.db.Snapshot(ctx, "case", func(tx pgx.Tx) error {
		row, err := store.SelectOne[caseRow](ctx, tx, "select "+caseColumns+" from support_case c where "+condition, args...)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound)
		}
		if err != nil {
			return err
		}
		f.Case = row.convert()
		messages, err := store.Select[messageRow](ctx, tx, `select m.id, coalesce(m.account_id::text, '') as account_id, coalesce(nullif(m.staff, ''), a.person, '') as name, m.act, m.text, m.written_at
			from support_message m left join account a on a.id = m.account_id where m.case_id = $1 order by m.id`, row.ID)
		if err != nil {
			return err
		}
		files, err := store.Select[fileRow](ctx, tx, `select f.message_id, f.id, f.name, f.type, f.size from support_file f join support_message m on m.id = f.message_id
			where m.case_id = $1 order by f.id`, row.ID)
		if err != nil {
			return err
		}
		for _, m := range messages {
			message := casework.Message{ID: m.ID, Account: toll.AccountID(m.AccountID), Name: m.Name, Act: rules.Act(m.Act), Text: m.Text, At: m.WrittenAt}
			for _, file := range files {
				if file.MessageID == m.ID {
					message.Files = append(message.Files, casework.File{ID: file.ID, Name: file.Name, Type: file.Type, Size: file.Size})
				}
			}
			f.Messages = append(f.Messages, message)
		}
		return nil
	})
	return f, err
}

// File returns a file of a case that a reader may see.
func (s *Store) File(ctx context.Context, r casework.Reader, id, file int64) (f casework.File, body []byte, err error) {
	err = s.db.Pool.QueryRow(ctx, `select f.id, f.name, f.type, f.size, f.body from support_file f join support_message m on m.id = f.message_id join support_case c on c.id = m.case_id
		where f.id = $5 and c.id = $4 and `+readable, string(r.Customer), string(r.Account), r.All, id, file).Scan(&f.ID, &f.Name, &f.Type, &f.Size, &body)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return f, nil, fmt.Errorf("file of a case: %w", err)
	}
	return f, body, nil
}

// AnyFile returns a file of any case, for the toll company.
func (s *Store) AnyFile(ctx context.Context, file int64) (f casework.File, body []byte, err error) {
	err = s.db.Pool.QueryRow(ctx, "select id, name, type, size, body from support_file where id = $1", file).Scan(&f.ID, &f.Name, &f.Type, &f.Size, &body)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return f, nil, fmt.Errorf("file of a case: %w", err)
	}
	return f, body, nil
}
