package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/shared/fixture"
	"bompass/shared/ident"
)

// A file is read in whole or not at all; what was used stays used.
func TestCredentialsOfTheSystemBeforeAreImported(t *testing.T) {
	server, url, dir := program(t), pgtest.URL(t), t.TempDir()
	env := []string{"DATABASE_URL=" + url, "BOMPASS_HOME=" + dir}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	count := func(sql string) (n int) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	file := func(text string) string {
		t.Helper()
		path := filepath.Join(dir, "legacy.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	_, said, err := perform(t, server, env, "legacy", "import", file("number,hash\n7005001,"+fixture.LegacyHash+"\n7005002,md5\n"))
	if err == nil || !strings.Contains(said, "nothing was imported: line 3") || count("select count(*) from legacy_credential") != 0 {
		t.Errorf("a wrong file: %v %q, %d kept", err, said, count("select count(*) from legacy_credential"))
	}
	path := file("number,hash\n7005001," + fixture.LegacyHash + "\n7005002," + fixture.LegacyHash + "\n")
	for range 2 {
		out, said, err := perform(t, server, env, "legacy", "import", path)
		if err != nil || !strings.HasPrefix(out, "2 credentials are there") {
			t.Errorf("got %q, %v\n%s", out, err, said)
		}
		if _, err := conn.Exec(t.Context(), "update legacy_credential set used_at = now() where number = '7005001'"); err != nil {
			t.Fatal(err)
		}
	}
	if n := count("select count(*) from legacy_credential where used_at is not null"); n != 1 {
		t.Errorf("%d are used after another import, want 1", n)
	}
}

// S2.33: only a tag that rests on accepted terms is listed to be sent; one that is sent is the vehicle's
// from then on, and sent once.
func TestATagIsSentOnce(t *testing.T) {
	server, url := program(t), pgtest.URL(t)
	env := []string{"DATABASE_URL=" + url, "BOMPASS_HOME=" + t.TempDir()}
	if _, said, err := perform(t, server, env, "seed"); err != nil {
		t.Fatal(said)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	agreement, vehicle := "'"+string(fixture.LegacyAgreement)+"'", "'"+string(fixture.LegacyCar)+"'"
	exec("insert into agreement_begun (draft_id, agreement_id, at) values (gen_random_uuid(), " + agreement + ", now())")
	exec("insert into tag_order (agreement_id, vehicle_id, ordered_at) values (" + agreement + ", " + vehicle + ", now())")
	if out, _, err := perform(t, server, env, "tags"); err != nil || !strings.Contains(out, "there are no orders") {
		t.Errorf("without terms: %q, %v", out, err)
	}
	exec("insert into agreement_terms values (" + agreement + ", 'general', 1, now()), (" + agreement + ", 'special', 1, now())")
	out, said, err := perform(t, server, env, "tags", "--json")
	var order struct {
		Order     int64
		Agreement string
		Name      string
	}
	if err != nil || json.Unmarshal([]byte(out), &order) != nil || order.Agreement != fixture.LegacyNumber || order.Name != "Per Dahl" {
		t.Fatalf("got %q, %v %s", out, err, said)
	}
	if out, said, err := perform(t, server, env, "tags", "sent", "1", string(fixture.Tags()[0].ID)); err == nil || !strings.Contains(said, "somebody's already") {
		t.Errorf("Kari's tag: %q %v %s", out, err, said)
	}
	tag := ""
	for digit := range 10 {
		if n := "957801000000009999" + strconv.Itoa(digit); ident.Luhn(n) {
			tag = n
		}
	}
	for n, want := range []string{"is assigned to the vehicle", "order 1 waits for no tag"} {
		out, said, err := perform(t, server, env, "tags", "sent", "1", tag)
		if (err == nil) != (n == 0) || !strings.Contains(out+said, want) {
			t.Errorf("sent %d: %q %q, %v, want %q", n, out, said, err, want)
		}
	}
	var mounts, sent int
	err = conn.QueryRow(t.Context(), "select count(*), count(*) filter (where tag_id = $1 and valid_to is null) from mount where vehicle_id = "+vehicle, tag).Scan(&mounts, &sent)
	if err != nil || mounts != 2 || sent != 1 {
		t.Errorf("%d mounts, %d with the tag, %v", mounts, sent, err)
	}
}
