// Package draft keeps the unfinished answers to a form, encrypted, on the server.
//
// There is one draft for each person, customer and form. It survives the end of a session and a change of device,
// and all tabs of a person share it. The server stores it, not the device, because it can hold an address.
//
// A new form is added to Forms, and to the check constraint of the table draft.
package draft

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"bompass/server/access/seal"
	"bompass/shared/toll"
)

// MaxAge is the time after the last change at which a draft expires.
const MaxAge = 14 * 24 * time.Hour

// Form is the name of a form.
type Form string

// Agreement is the form of a new agreement.
const Agreement Form = "agreement"

// Forms returns every form.
func Forms() []Form { return []Form{Agreement} }

// check returns an error for an unknown form.
func (f Form) check() error {
	if !slices.Contains(Forms(), f) {
		return fmt.Errorf("unknown form %q of a draft", f)
	}
	return nil
}

// Key identifies a draft.
type Key struct {
	Account  toll.AccountID
	Customer toll.CustomerID
	Form     Form
}

// Draft is an encrypted draft. The zero Draft means that there is no draft.
type Draft struct {
	ID     string
	Sealed seal.Sealed
	Saved  time.Time
}

// Store is the persistence of drafts.
type Store interface {
	// Draft returns the draft of a key, or the zero Draft when none was saved after since.
	Draft(ctx context.Context, key Key, since time.Time) (Draft, error)
	// ChangeDraft saves the result of change, which gets the zero Draft when none was saved after since. Changes
	// of one account run one after the other. An error of change leaves the draft as it was.
	ChangeDraft(ctx context.Context, key Key, since time.Time, change func(Draft) (Draft, error)) error
}

// Service reads and changes the drafts of forms with answers of type T, which must encode as JSON. It is safe for
// concurrent use.
type Service[T any] struct {
	store Store
	keys  seal.Keys
	now   func() time.Time
}

// NewService returns a Service on a store, with the keys that encrypt the drafts.
func NewService[T any](store Store, keys seal.Keys, now func() time.Time) *Service[T] {
	return &Service[T]{store, keys, now}
}

// Load returns the ID and the answers of a draft. Both are zero when there is no draft.
func (s *Service[T]) Load(ctx context.Context, key Key) (id string, answers T, err error) {
	if err := key.Form.check(); err != nil {
		return "", answers, err
	}
	d, err := s.store.Draft(ctx, key, s.now().Add(-MaxAge))
	if err != nil {
		return "", answers, err
	}
	answers, err = s.Open(key, d)
	return d.ID, answers, err
}

// Change changes the answers of a draft, or of a new one, and returns its ID and the new answers. An error of
// change leaves the draft as it was.
func (s *Service[T]) Change(ctx context.Context, key Key, change func(*T) error) (id string, answers T, err error) {
	if err := key.Form.check(); err != nil {
		return "", answers, err
	}
	err = s.store.ChangeDraft(ctx, key, s.now().Add(-MaxAge), func(d Draft) (Draft, error) {
		answers, err = s.Open(key, d)
		if err != nil {
			return Draft{}, err
		}
		if err := change(&answers); err != nil {
			return Draft{}, err
		}
		d, err = s.seal(key, d.ID, answers)
		id = d.ID
		return d, err
	})
	return id, answers, err
}

// Open decrypts the answers of a draft. The answers of the zero Draft are zero.
func (s *Service[T]) Open(key Key, d Draft) (answers T, err error) {
	if d.ID == "" {
		return answers, nil
	}
	plain, err := s.keys.OpenText(d.Sealed.Key, d.Sealed.Data, key.context(d.ID))
	if err != nil {
		return answers, fmt.Errorf("open draft: %w", err)
	}
	if err := json.Unmarshal(plain, &answers); err != nil {
		return answers, fmt.Errorf("decode draft: %w", err)
	}
	return answers, nil
}

// seal encrypts answers. A draft without an ID gets one.
func (s *Service[T]) seal(key Key, id string, answers T) (Draft, error) {
	plain, err := json.Marshal(answers)
	if err != nil {
		return Draft{}, fmt.Errorf("encode draft: %w", err)
	}
	if id == "" {
		id = uuid.NewString()
	}
	d := Draft{ID: id, Saved: s.now()}
	d.Sealed.Key, d.Sealed.Data = s.keys.SealText(plain, key.context(id))
	return d, nil
}

// context is the associated data of the encryption: a draft that is copied to another row does not decrypt. The
// inventory of tables repeats it for the rotation of keys.
func (k Key) context(id string) string {
	return string(k.Form) + " draft " + id + " of " + string(k.Account) + " for " + string(k.Customer)
}
