package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/store"
)

// A server opens as many connections as its setting says, and no more.
func TestConnectionsAreLimitedByTheSetting(t *testing.T) {
	db, err := store.Open(t.Context(), pgtest.New(t).Pool.Config().ConnString(), store.Connections(2))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 2 {
		c, err := db.Pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Release()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if c, err := db.Pool.Acquire(ctx); !errors.Is(err, context.DeadlineExceeded) {
		if err == nil {
			c.Release()
		}
		t.Errorf("a third connection: got %v", err)
	}
}
