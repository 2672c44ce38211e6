package persondb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/person"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// SaveCode saves a code in the place of the one before, and the message that carries it.
func (s *Store) SaveCode(ctx context.Context, account toll.AccountID, c person.Code) error {
	return s.db.Tx(ctx, "save code", func(tx pgx.Tx) error { return saveCode(ctx, tx, account, c) })
}

func saveCode(ctx context.Context, tx pgx.Tx, account toll.AccountID, c person.Code) error {
	_, err := tx.Exec(ctx, `insert into contact_code (account_id, channel, code_hash, until) values ($1, $2, $3, $4)
		on conflict (account_id, channel) do update set code_hash = $3, until = $4, tries = 0`, string(account), c.Channel, c.Hash, c.Until)
	if err != nil {
		return err
	}
	return store.AddMessages(ctx, tx, c.Messages)
}

// UseCode counts a try, wrong ones too, and confirms the channel when matches reports that the code is right.
// Otherwise it returns fault.CodeWrong.
func (s *Store) UseCode(
	ctx context.Context, account toll.AccountID, channel string, now time.Time, triesMax int, matches func([]byte) bool,
) error {
	try := codeTry{account, channel, now, triesMax, matches}
	return s.tryCode(ctx, try, func(tx pgx.Tx) error { return confirm(ctx, tx, account, channel, now) })
}

// ConfirmPendingEmail counts a try, and changes the address of an account when matches reports that the code is right.
// It uses the link of the change.
func (s *Store) ConfirmPendingEmail(
	ctx context.Context, link seal.Hash, m person.EmailChange, triesMax int, matches func([]byte) bool,
) error {
	try := codeTry{m.Account, person.Email, m.At, triesMax, matches}
	return s.tryCode(ctx, try, func(tx pgx.Tx) error { return changeEmail(ctx, tx, link, m) })
}

// codeTry is a try of the code of a channel. Matches reports whether the code has a stored hash.
type codeTry struct {
	account  toll.AccountID
	channel  string
	now      time.Time
	triesMax int
	matches  func(hash []byte) bool
}

// tryCode counts a try and runs then when the code is right. Otherwise it returns fault.CodeWrong.
func (s *Store) tryCode(ctx context.Context, t codeTry, then func(pgx.Tx) error) error {
	confirmed := false
	err := s.db.Tx(ctx, "use code", func(tx pgx.Tx) error {
		var hash []byte
		err := tx.QueryRow(ctx, `update contact_code set tries = tries + 1
			where account_id = $1 and channel = $2 and until > $3 and tries < $4 returning code_hash`,
			string(t.account), t.channel, t.now, t.triesMax).Scan(&hash)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if confirmed = t.matches(hash); !confirmed {
			return nil
		}
		_, err = tx.Exec(ctx, "delete from contact_code where account_id = $1 and channel = $2", string(t.account), t.channel)
		if err != nil {
			return err
		}
		return then(tx)
	})
	if err == nil && !confirmed {
		return fault.New(fault.CodeWrong).At("code")
	}
	return err
}

// PendingEmail returns the newest link of an account that changes its address, or that stands for one to a taken
// address; a zero link if there is none.
func (s *Store) PendingEmail(ctx context.Context, account toll.AccountID, now time.Time) (seal.Link, error) {
	r, err := store.SelectOne[struct {
		TokenHash []byte
		Purpose   seal.Purpose
		Key       string
		Sealed    []byte
		Until     time.Time
	}](ctx, s.db.Pool, `select token_hash, purpose, key, sealed, until from link
		where account_id = $1 and purpose in ('email', 'nothing') and used_at is null and until > $2 order by until desc limit 1`,
		string(account), now)
	if errors.Is(err, pgx.ErrNoRows) {
		return seal.Link{}, nil
	}
	if err != nil {
		return seal.Link{}, fmt.Errorf("pending email address: %w", err)
	}
	link := seal.Link{Purpose: r.Purpose, Account: account, Sealed: seal.Sealed{Key: r.Key, Data: r.Sealed}, Until: r.Until}
	copy(link.Hash[:], r.TokenHash)
	return link, nil
}

// WithdrawEmail withdraws every change of an account's address that is not confirmed yet. The links then say so, and no
// code confirms the change any more.
func (s *Store) WithdrawEmail(ctx context.Context, account toll.AccountID, now time.Time) error {
	return s.db.Tx(ctx, "withdraw email", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `update link set used_at = $2, sealed = '', purpose = $3
			where account_id = $1 and purpose in ('email', 'nothing') and used_at is null`, string(account), now, string(seal.PurposeEmailWithdrawn))
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from contact_code where account_id = $1 and channel = $2", string(account), person.Email); err != nil {
			return err
		}
		return store.AddEvent(ctx, tx, account, access.EventEmailUndone, now, access.Place{})
	})
}

// EmailWithdrawn reports whether a link is of a change that its account has withdrawn.
func (s *Store) EmailWithdrawn(ctx context.Context, link seal.Hash) (withdrawn bool, err error) {
	err = s.db.Pool.QueryRow(ctx, "select exists (select from link where token_hash = $1 and purpose = $2)",
		link[:], string(seal.PurposeEmailWithdrawn)).Scan(&withdrawn)
	if err != nil {
		return false, fmt.Errorf("email withdrawn: %w", err)
	}
	return withdrawn, nil
}

// confirm marks an address or number as confirmed. A number that another account had confirmed is no longer
// confirmed there, since its telephone has changed hands.
func confirm(ctx context.Context, tx pgx.Tx, account toll.AccountID, channel string, now time.Time) error {
	if channel == person.Mobile {
		_, err := tx.Exec(ctx, `update profile set mobile_confirmed_at = null where account_id <> $1
			and mobile = (select mobile from profile where account_id = $1)`, string(account))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update profile set mobile_confirmed_at = $2 where account_id = $1", string(account), now)
		return err
	}
	_, err := tx.Exec(ctx, `insert into profile (account_id, email_confirmed_at) values ($1, $2)
		on conflict (account_id) do update set email_confirmed_at = $2`, string(account), now)
	return err
}

// ChangeEmail uses a link and sets a new address, and links the agreements with it, S2.19. It returns fault.LinkSpent
// when another account has the address by now.
func (s *Store) ChangeEmail(ctx context.Context, link seal.Hash, m person.EmailChange) error {
	return s.db.Tx(ctx, "change email", func(tx pgx.Tx) error { return changeEmail(ctx, tx, link, m) })
}

func changeEmail(ctx context.Context, tx pgx.Tx, link seal.Hash, m person.EmailChange) error {
	if err := store.SpendLink(ctx, tx, link, m.At); err != nil {
		return err
	}
	if err := setEmail(ctx, tx, m); err != nil {
		return err
	}
	if err := linkByEmail(ctx, tx, m.Account); err != nil {
		return err
	}
	return store.AddEvent(ctx, tx, m.Account, access.EventEmail, m.At, access.Place{})
}

// EmailTaken reports whether an account has the address.
func (s *Store) EmailTaken(ctx context.Context, email string) (taken bool, err error) {
	if err = s.db.Pool.QueryRow(ctx, "select exists (select from account where email = $1)", email).Scan(&taken); err != nil {
		return false, fmt.Errorf("email taken: %w", err)
	}
	return taken, nil
}

// setEmail changes the address of an account, and of the private customers that it owns and that had it, too.
func setEmail(ctx context.Context, tx pgx.Tx, m person.EmailChange) error {
	done, err := tx.Exec(ctx, `update account set email = $2 where id = $1 and email = $3
		and not exists (select from account where email = $2)`, string(m.Account), m.To, m.From)
	if store.HasCode(err, pgerrcode.UniqueViolation) { // another account has got the address at the same time
		return fault.New(fault.LinkSpent)
	}
	if err != nil {
		return err
	}
	if done.RowsAffected() != 1 {
		return fault.New(fault.LinkSpent)
	}
	_, err = tx.Exec(ctx, `update customer c set email = $2 from account_party p where p.account_id = $1 and p.role = 'owner'
		and p.customer_id = c.id and c.kind = 'private' and c.email = $3`, string(m.Account), m.To, m.From)
	if err != nil {
		return err
	}
	if err := confirm(ctx, tx, m.Account, person.Email, m.At); err != nil {
		return err
	}
	return store.AddMessages(ctx, tx, m.Messages)
}

// UndoEmail uses the link sent to the old address: the change is stopped or undone, and all sessions and pending
// logins end.
func (s *Store) UndoEmail(ctx context.Context, link seal.Hash, m person.EmailChange) error {
	return s.db.Tx(ctx, "undo email", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, link, m.At); err != nil {
			return err
		}
		var current string
		if err := tx.QueryRow(ctx, "select email from account where id = $1 for update", string(m.Account)).Scan(&current); err != nil {
			return err
		}
		if err := store.EndSessions(ctx, tx, m.Account); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update link set used_at = now(), sealed = '' where account_id = $1 and purpose in ('email', 'password', 'password.code') and used_at is null", string(m.Account))
		if err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, m.Account, access.EventEmailUndone, m.At, access.Place{}); err != nil {
			return err
		}
		if current == m.From {
			return setEmail(ctx, tx, m)
		}
		return store.AddMessages(ctx, tx, m.Messages)
	})
}
