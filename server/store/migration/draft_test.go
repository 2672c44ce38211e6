package migration_test

import (
	"testing"

	"bompass/server/internal/pgtest"
)

// Drafts of agreements outlive the step that gives drafts a form, and the step back.
func TestMigrationKeepsDrafts(t *testing.T) {
	s := pgtest.New(t)
	ctx := t.Context()
	provider := emptyAndMigrateTo(t, s, 19)
	const account, customer = "0196a000-0000-7000-8000-00000000c001", "0196a000-0000-7000-8000-00000000c002"
	for _, statement := range []string{
		"insert into account (id, email, person, language, password_hash) values ('" + account + "', 'a@b.example', '', 'nb', '')",
		"insert into customer (id, kind, name, email, country, language) values ('" + customer + "', 'private', '', '', 'NO', 'nb')",
		"insert into agreement_draft (id, account_id, customer_id, key, sealed, saved_at) values ('" + account + "', '" + account + "', '" + customer + "', 'k', 'answers', now())",
	} {
		if _, err := s.Pool.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for _, step := range []struct {
		version int64
		query   string
	}{
		{21, "select string_agg(form || ' ' || encode(sealed, 'escape'), ',') from draft"},
		{19, "select string_agg('agreement ' || encode(sealed, 'escape'), ',') from agreement_draft"},
		{21, "select string_agg(form || ' ' || encode(sealed, 'escape'), ',') from draft"},
	} {
		if _, err := provider.UpTo(ctx, step.version); err != nil {
			t.Fatal(err)
		}
		if _, err := provider.DownTo(ctx, step.version); err != nil {
			t.Fatal(err)
		}
		var got string
		if err := s.Pool.QueryRow(ctx, step.query).Scan(&got); err != nil || got != "agreement answers" {
			t.Errorf("at version %d: %q, %v", step.version, got, err)
		}
	}
}
