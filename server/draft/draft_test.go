package draft_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bompass/server/access/seal"
	"bompass/server/draft"
)

// memory is a store of drafts in memory, for one goroutine.
type memory map[draft.Key]draft.Draft

func (m memory) Draft(_ context.Context, key draft.Key, since time.Time) (draft.Draft, error) {
	if d := m[key]; d.Saved.After(since) {
		return d, nil
	}
	return draft.Draft{}, nil
}

func (m memory) ChangeDraft(ctx context.Context, key draft.Key, since time.Time, change func(draft.Draft) (draft.Draft, error)) error {
	d, _ := m.Draft(ctx, key, since)
	d, err := change(d)
	if err == nil {
		m[key] = d
	}
	return err
}

type answers struct{ City string }

func TestDraftIsKeptForPersonCustomerAndForm(t *testing.T) {
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	now, store := time.Now(), memory{}
	s := draft.NewService[answers](store, keys, func() time.Time { return now })
	key := draft.Key{Account: "a", Customer: "c", Form: draft.Agreement}
	set := func(city string) func(*answers) error {
		return func(a *answers) error { a.City = city; return nil }
	}
	first, _, err := s.Change(t.Context(), key, set("Oslo"))
	if err != nil || first == "" {
		t.Fatalf("first change: ID %q, %v", first, err)
	}
	second, a, err := s.Change(t.Context(), key, set("Bergen"))
	if err != nil || second != first || a.City != "Bergen" {
		t.Errorf("second change: ID %q, %+v, %v; want ID %q", second, a, err, first)
	}
	failure := errors.New("refused")
	if _, _, err := s.Change(t.Context(), key, func(a *answers) error { a.City = "Moss"; return failure }); !errors.Is(err, failure) {
		t.Errorf("refused change: %v", err)
	}
	if id, a, err := s.Load(t.Context(), key); err != nil || id != first || a.City != "Bergen" {
		t.Errorf("after a refused change: ID %q, %+v, %v", id, a, err)
	}
	for _, other := range []draft.Key{{"b", "c", draft.Agreement}, {"a", "d", draft.Agreement}} {
		if id, a, err := s.Load(t.Context(), other); err != nil || id != "" || a.City != "" {
			t.Errorf("%v: ID %q, %+v, %v", other, id, a, err)
		}
	}
	for _, other := range []draft.Key{{"b", "c", draft.Agreement}, {"a", "d", draft.Agreement}, {"a", "c", "other"}} {
		if _, err := s.Open(other, store[key]); err == nil {
			t.Errorf("%v opens the draft of %v", other, key)
		}
	}
	now = now.Add(draft.MaxAge)
	if id, _, err := s.Load(t.Context(), key); err != nil || id != "" {
		t.Errorf("after %s: ID %q, %v", draft.MaxAge, id, err)
	}
}
