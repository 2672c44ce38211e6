package access_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
	"bompass/server/store/privacydb"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// ASVS V13.3.4: seals change while servers run. What the old seal closed still opens, what is closed now gets
// the new one, and once everything is encrypted again the old one is not needed.
func TestKeysAreRotatedWhileServersRun(t *testing.T) {
	o := open(t)
	both, err := o.keys(secret).WithSealKeys(key(1))
	if err != nil {
		t.Fatal(err)
	}
	service, factors := services(t, o.db, both, o.now)
	step, err := service.VerifyPassword(t.Context(), from("192.0.2.1"), kari, fixture.Password)
	want(t, "password", err, "")
	if _, err = factors.VerifyCode(t.Context(), from("192.0.2.1"), step, o.code(0)); err != nil {
		t.Fatalf("what the old seal closed: %v", err)
	}
	link, _, err := both.NewLink(seal.PurposePassword, "", o.now().Add(access.ResetMax), "held")
	want(t, "link", err, "")
	want(t, "keep link", o.db.AddLinks(t.Context(), o.now(), []seal.Link{link}, nil), "")
	if link.Sealed.Key == o.keys(secret).SealName() {
		t.Error("the new seal does not close")
	}
	list, err := o.privacy.Reseal(t.Context(), both)
	want(t, "reseal", err, "")
	reencrypted := 0
	for _, r := range list {
		reencrypted += r.Anew
		if r.Unopenable != 0 {
			t.Errorf("%s: %d cannot be opened", r.Place, r.Unopenable)
		}
	}
	if reencrypted < 2*len(fixture.Accounts()) {
		t.Errorf("%d values were encrypted again, want the secret and number of each account", reencrypted)
	}
	// The next change: the secret's own seal is no longer among those that closed anything.
	next, err := o.keys(secret).WithSealKeys(key(2), key(1))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // rotating again finds nothing to do
		list, err = o.privacy.Reseal(t.Context(), next)
		want(t, "reseal again", err, "")
	}
	for _, r := range list {
		if r.Anew != 0 {
			t.Errorf("%s: %d were encrypted again twice", r.Place, r.Anew)
		}
	}
	lacking, err := o.keys(secret).WithSealKeys(key(3))
	if err != nil {
		t.Fatal(err)
	}
	if list, err = o.privacy.Reseal(t.Context(), lacking); err != nil {
		t.Fatal(err)
	}
	unopenable := 0
	for _, r := range list {
		unopenable += r.Unopenable
	}
	if unopenable != reencrypted+2 { // the others are the link and the message about the unknown browser
		t.Errorf("%d values are reported as encrypted with other keys, want %d", unopenable, reencrypted+2)
	}
	found, err := o.db.FindLink(t.Context(), link.Hash, seal.PurposePassword, o.now())
	want(t, "find link", err, "")
	var held string
	if err := next.OpenLink(found, &held); err != nil || held != "held" {
		t.Errorf("a link after two changes: %q, %v", held, err)
	}
}

// Every sealed column is among those that are encrypted again.
func TestEverySealedColumnIsRotated(t *testing.T) {
	dsn := pgtest.URL(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Query(t.Context(), "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' and (column_name = 'sealed' or column_name in ('totp_secret', 'birth_number'))")
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(columns) < 8 {
		t.Fatalf("%v, %v", columns, err)
	}
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := seal.NewKeys([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	list, err := privacydb.New(db).Reseal(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range list {
		known[r.Place] = true
	}
	for _, c := range columns {
		if !known[c] {
			t.Errorf("%s is never encrypted again", c)
		}
	}
}

// A password is hashed again when it is used, with the current cost and pepper. Without the pepper, passwords cannot
// be guessed from a copy of the database.
func TestPasswordIsRehashedWhenUsed(t *testing.T) {
	o := open(t)
	kept := func() string {
		a, err := o.db.AccountByEmail(t.Context(), kari)
		want(t, "account", err, "")
		return a.PasswordHash
	}
	signs := func(keys seal.Keys, password string) error {
		_, err := access.NewService(o.db, keys, o.now).VerifyPassword(t.Context(), from("192.0.2.1"), kari, password)
		return err
	}
	cheap, err := argon2id.CreateHash(fixture.Password, &argon2id.Params{Memory: 8 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "keep cheaply", o.db.UpdatePasswordHash(t.Context(), fixture.Accounts()[0].ID, kept(), cheap), "")
	plain := o.keys(secret)
	want(t, "a wrong password", signs(plain, "wrong"), fault.WrongCredentials)
	if kept() != cheap {
		t.Error("a wrong password changes what is kept")
	}
	want(t, "at a lower cost", signs(plain, fixture.Password), "")
	if got := kept(); !strings.HasPrefix(got, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("kept as %s", got)
	}
	first := plain.WithPeppers(key(7))
	want(t, "before the pepper", signs(first, fixture.Password), "")
	seasoned := kept()
	if !strings.HasPrefix(seasoned, "pepper:") || strings.Contains(seasoned, fixture.Password) {
		t.Errorf("kept as %s", seasoned)
	}
	want(t, "with the pepper", signs(first, fixture.Password), "")
	if kept() != seasoned {
		t.Error("a current hash is computed again")
	}
	if match, _ := argon2id.ComparePasswordAndHash(fixture.Password, "$"+strings.SplitN(seasoned, "$", 2)[1]); match {
		t.Error("the password can be tried without the pepper")
	}
	if err := signs(plain, fixture.Password); err == nil || fault.CodeOf(err) != fault.Internal || !strings.Contains(err.Error(), "pepper") {
		t.Errorf("a server without the pepper: got %v", err)
	}
	want(t, "with the next pepper", signs(plain.WithPeppers(key(8), key(7)), fixture.Password), "")
	want(t, "when the first is gone", signs(plain.WithPeppers(key(8)), fixture.Password), "")
	want(t, "a wrong one", signs(plain.WithPeppers(key(8)), "wrong"), fault.WrongCredentials)
}
