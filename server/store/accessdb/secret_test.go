package accessdb_test

import (
	"testing"

	"bompass/server/internal/pgtest"
	"bompass/server/store/accessdb"
)

func TestOnlyTheFirstSecretIsAccepted(t *testing.T) {
	s := accessdb.New(pgtest.New(t))
	for i, c := range []struct {
		proof string
		same  bool
	}{{"first", true}, {"first", true}, {"other", false}, {"first", true}, {"", false}} {
		if same, err := s.CheckSecret(t.Context(), []byte(c.proof)); same != c.same || err != nil {
			t.Errorf("%d: proof %q: %v, %v, want %v", i, c.proof, same, err, c.same)
		}
	}
}
