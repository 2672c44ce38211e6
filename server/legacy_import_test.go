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

// legacyFiles are customers, agreements, vehicles, tags and credentials of a legacy system, in the order of import.
func legacyFiles() []string {
	tag := ""
	for digit := range 10 {
		if n := "957801000000009998" + strconv.Itoa(digit); ident.Luhn(n) {
			tag = n
		}
	}
	return []string{
		"customer,kind,name,email,personal_number\nA-1,private,Ola Ask,ola@bompass.example,14848530051\nA-2,company,Ask AS,post@bompass.example,\n",
		"agreement,customer,charger,from,to\n7006001,A-1,ferde,2020-01-01,\n7006002,A-2,ferde,2020-01-01,2024-12-31\n",
		"country,plate,agreement,category,fuel,euro,weight_kg,from\nNO,AB 12345,7006001,M1,petrol,5,1500,2020-01-01\n",
		"tag,agreement,plate\n" + tag + ",7006001,AB 12345\n",
		"number,hash\n7006001," + fixture.LegacyHash + "\n7006002," + fixture.LegacyHash + "\n",
	}
}

// Each file is imported in one transaction; a dry run and a second run change nothing.
func TestLegacyFilesAreImportedOnce(t *testing.T) {
	server, url, dir := program(t), pgtest.URL(t), t.TempDir()
	env := []string{"DATABASE_URL=" + url, "BOMPASS_HOME=" + dir}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	counts := func() (c [6]int) {
		t.Helper()
		err := conn.QueryRow(t.Context(), `select (select count(*) from customer), (select count(*) from customer_identity), (select count(*) from agreement),
			(select count(*) from mount where tag_id is not null), (select count(*) from vehicle_facts where euro = 5), (select count(*) from legacy_credential)`).
			Scan(&c[0], &c[1], &c[2], &c[3], &c[4], &c[5])
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	paths := make([]string, len(legacyFiles()))
	for n, text := range legacyFiles() {
		paths[n] = filepath.Join(dir, strconv.Itoa(n)+".csv")
		if err := os.WriteFile(paths[n], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (string, string, error) {
		t.Helper()
		return perform(t, server, env, append([]string{"legacy", "import"}, args...)...)
	}
	if out, said, err := run("--dry-run", paths[0]); err != nil || !strings.Contains(out, "2 customers would be imported") || counts() != [6]int{} {
		t.Errorf("dry run: %q %v %s, %v", out, err, said, counts())
	}
	if _, said, err := run(paths[1]); err == nil || !strings.Contains(said, "line 2: the customer is not imported") {
		t.Errorf("agreements without customers: %v %s", err, said)
	}
	for n := range 2 {
		out, said, err := run(paths...)
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		if got := counts(); got != [6]int{2, 1, 2, 1, 1, 2} {
			t.Errorf("run %d: %v", n, got)
		}
		if n > 0 && strings.Count(out, ": 0 ") != len(paths) {
			t.Errorf("run %d: %s", n, out)
		}
	}
}

// A file with a wrong line is not imported at all, and the report names the line.
func TestLegacyFileWithAWrongLineChangesNothing(t *testing.T) {
	server, url, dir := program(t), pgtest.URL(t), t.TempDir()
	env := []string{"DATABASE_URL=" + url, "BOMPASS_HOME=" + dir}
	path := filepath.Join(dir, "file.csv")
	for text, want := range map[string]string{
		"number,hash\n7005001," + fixture.LegacyHash + "\n7005002,md5\n":                          "nothing was imported: line 3",
		"customer,kind,name\nA-1,private,Ola\nA-2,club,Ski\n":                                     "line 3: the kind is",
		"customer,kind,name,personal_number\nA-1,private,Ola,14848530052\n":                       "line 2: the personal number is not valid",
		"customer,name\nA-1,Ola\n":                                                                "kind is missing",
		"agreement,customer,charger,from\n70060,A-1,ferde,2020-01-01\n":                           "line 2: the agreement's number is not seven digits",
		"country,plate,agreement,category,from\nNO,AB 12345,7009999,M1,2020-01-01\n":              "line 2: the agreement is not imported",
		"country,plate,agreement,category,from\nNO,AB 12345,7009999,M1,yesterday\n":               "line 2: the first day",
		"tag,agreement\n9578010000000099990,7009999\n":                                            "line 2: the tag's number",
		"customer,kind,name,email\nA-1,private,Ola,ola@bompass.example\nA-2,private,Kari,kari@\n": "line 3: the email address",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, said, err := perform(t, server, env, "legacy", "import", path); err == nil || !strings.Contains(said, want) {
			t.Errorf("%q: got %v %q, want %q", text, err, said, want)
		}
	}
}

// S2.33: only a tag that rests on accepted terms is listed to be sent; one that is sent is the vehicle's
// from then on, and sent once.
func TestTagIsSentOnce(t *testing.T) {
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
	if out, _, err := perform(t, server, env, "tags"); err != nil || !strings.Contains(out, "there are no orders of tags") {
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
	if out, said, err := perform(t, server, env, "tags", "sent", "1", string(fixture.Tags()[0].ID)); err == nil || !strings.Contains(said, "on an agreement already") {
		t.Errorf("Kari's tag: %q %v %s", out, err, said)
	}
	tag := ""
	for digit := range 10 {
		if n := "957801000000009999" + strconv.Itoa(digit); ident.Luhn(n) {
			tag = n
		}
	}
	for n, want := range []string{"is assigned to the vehicle from now on", "order 1 is not waiting"} {
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
