package persondb_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/person"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

func (p *parties) link(token string, purpose seal.Purpose, account toll.AccountID) seal.Hash {
	p.t.Helper()
	link := seal.Link{Hash: hash(token), Purpose: purpose, Account: account, Until: noon.Add(time.Hour), Sealed: seal.Sealed{Data: []byte("x")}}
	if err := p.AddLinks(p.t.Context(), noon, []seal.Link{link}, nil); err != nil {
		p.t.Fatal(err)
	}
	return link.Hash
}

// A customer that several accounts link at the same time, each with its own link to the address, gets one owner. Every
// account is told what became of each agreement.
func TestLinkedCustomerHasOneOwner(t *testing.T) {
	p := open(t)
	pgtest.Exec(t, p.db, "update customer set email = ''")
	unclaimed := pgtest.AddCustomer(t, p.db, 50, toll.Private)
	pgtest.Exec(t, p.db, "update customer set email = 'Old@Bompass.example' where id = $1", string(unclaimed))
	pgtest.AddAgreement(t, p.db, 1, unclaimed)
	const people = 6
	outcomes, links := make([]string, people), make([]seal.Hash, people)
	for n := range people {
		account, _ := pgtest.AddPerson(t, p.db, n)
		links[n] = p.link(fmt.Sprint("find", n), seal.PurposeFindAgreements, account)
	}
	for n, err := range pgtest.Race(t, p.db, people, func(n int) error {
		list, err := p.LinkAgreements(t.Context(), links[n], pgtest.AccountID(n), "old@bompass.example", noon)
		if len(list) == 1 {
			outcomes[n] = list[0].Number + " " + string(list[0].Outcome)
		}
		return err
	}) {
		if err != nil {
			t.Errorf("person %d: %v", n, err)
		}
	}
	slices.Sort(outcomes)
	want := slices.Concat([]string{"7000001 linked"}, slices.Repeat([]string{"7000001 taken"}, people-1))
	owners := pgtest.One[int](t, p.db, "select count(*) from account_party where customer_id = $1", string(unclaimed))
	if !slices.Equal(outcomes, want) || owners != 1 {
		t.Errorf("outcomes %v, %d owners", outcomes, owners)
	}
	if n := pgtest.One[int](t, p.db, "select count(*) from account_event where kind = 'linked'"); n != 1 {
		t.Errorf("%d histories say so", n)
	}
}

// Agreements in force are listed with their outcome. Only private customers without an owner are linked, and a role
// that the person had for one becomes ownership.
func TestAgreementsAreLinkedByAddress(t *testing.T) {
	p := open(t)
	account, _ := pgtest.AddPerson(t, p.db, 1)
	other, _ := pgtest.AddPerson(t, p.db, 2)
	for n, c := range []struct {
		kind            toll.CustomerKind
		party           string // right on the customer before
		validTo         string
		outcome, owners string
	}{
		{toll.Private, "", "null", "linked", "Person 1"},
		{toll.Private, "'" + string(account) + "', 'owner', null", "null", "yours", "Person 1"},
		{toll.Private, "'" + string(other) + "', 'owner', null", "null", "taken", "Person 2"},
		{toll.Private, "'" + string(other) + "', 'administrator', null", "null", "linked", "Person 1"},
		{toll.Private, "'" + string(account) + "', 'auditor', '2020-01-01Z'", "null", "linked", "Person 1"},
		{toll.Company, "", "null", "company", ""},
		{toll.Private, "", "'2026-11-20 12:00Z'", "", "Person 1"},
		{toll.Private, "", "'2026-11-20 12:00:01Z'", "linked", "Person 1"},
	} {
		customer := pgtest.AddCustomer(t, p.db, 100+n, c.kind)
		pgtest.Exec(t, p.db, "update customer set email = 'old@bompass.example' where id = $1", string(customer))
		agreement := pgtest.AddAgreement(t, p.db, n, customer)
		pgtest.Exec(t, p.db, "update agreement set valid_to = "+c.validTo+" where id = $1", string(agreement))
		if c.party != "" {
			pgtest.Exec(t, p.db, "insert into account_party (customer_id, account_id, role, until) values ($1, "+c.party+")", string(customer))
		}
		list, err := p.LinkAgreements(t.Context(), p.link(fmt.Sprint("find", n), seal.PurposeFindAgreements, account), account, "old@bompass.example", noon)
		outcome := ""
		if len(list) == 1 {
			outcome = string(list[0].Outcome)
		}
		owners := pgtest.One[string](t, p.db, `select coalesce(string_agg(a.person, ','), '') from account_party p join account a on a.id = p.account_id
			where p.customer_id = $1 and p.role = 'owner' and p.until is null`, string(customer))
		if err != nil || len(list) > 1 || outcome != c.outcome || owners != c.owners {
			t.Errorf("case %d: %v, %v, owned by %q; want %q by %q", n, list, err, owners, c.outcome, c.owners)
		}
		pgtest.Exec(t, p.db, "update customer set email = ''")
	}
}

// Tries of a code that come at once are counted one by one, and a right code confirms once.
func TestContactCodeHasTries(t *testing.T) {
	p := open(t)
	account, _ := pgtest.AddPerson(t, p.db, 1)
	pgtest.Exec(t, p.db, "insert into profile (account_id, mobile) values ($1, '+4790000001')", string(account))
	save := func() {
		t.Helper()
		if err := p.SaveCode(t.Context(), account, person.Code{Channel: person.Mobile, Hash: []byte("right"), Until: noon.Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	try := func(at time.Time, right bool) (seen bool, err error) {
		err = p.UseCode(t.Context(), account, person.Mobile, at, 5, func(stored []byte) bool { seen = string(stored) == "right"; return right })
		return seen, err
	}
	save()
	compared := make([]bool, 12)
	for i, err := range pgtest.Race(t, p.db, len(compared), func(i int) (err error) { compared[i], err = try(noon, false); return err }) {
		if fault.CodeOf(err) != fault.CodeWrong {
			t.Errorf("try %d: %v", i, err)
		}
	}
	if n := len(slices.DeleteFunc(compared, func(c bool) bool { return !c })); n != 5 {
		t.Errorf("%d codes were compared, want 5", n)
	}
	if seen, err := try(noon, true); seen || fault.CodeOf(err) != fault.CodeWrong {
		t.Errorf("the right code after all tries: %t, %v", seen, err)
	}
	save() // a new code has tries of its own
	if _, err := try(noon.Add(time.Minute), true); fault.CodeOf(err) != fault.CodeWrong {
		t.Errorf("at its end: %v", err)
	}
	confirmed := 0
	for _, err := range pgtest.Race(t, p.db, 4, func(int) error { _, err := try(noon, true); return err }) {
		if err == nil {
			confirmed++
		}
	}
	if n := pgtest.One[int](t, p.db, "select count(*) from profile where mobile_confirmed_at = $1", noon); confirmed != 1 || n != 1 {
		t.Errorf("confirmed %d times, %d numbers", confirmed, n)
	}
}

// A number that another account confirms is no longer confirmed where it was: its telephone has changed hands.
func TestConfirmedNumberChangesHands(t *testing.T) {
	p := open(t)
	for n := 1; n <= 3; n++ {
		account, _ := pgtest.AddPerson(t, p.db, n)
		pgtest.Exec(t, p.db, "insert into profile (account_id, mobile) values ($1, $2)", string(account), map[int]string{1: "+4790000001", 2: "+4790000001", 3: "+4790000003"}[n])
	}
	confirm := func(n int) {
		t.Helper()
		if err := p.SaveCode(t.Context(), pgtest.AccountID(n), person.Code{Channel: person.Mobile, Hash: []byte("x"), Until: noon.Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
		if err := p.UseCode(t.Context(), pgtest.AccountID(n), person.Mobile, noon, 5, func([]byte) bool { return true }); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		by   int
		want string
	}{{3, "Person 3"}, {1, "Person 1,Person 3"}, {2, "Person 2,Person 3"}, {1, "Person 1,Person 3"}} {
		confirm(c.by)
		got := pgtest.One[string](t, p.db, `select string_agg(a.person, ',' order by a.person) from profile f join account a on a.id = f.account_id where f.mobile_confirmed_at is not null`)
		if got != c.want {
			t.Errorf("after person %d: confirmed are %s, want %s", c.by, got, c.want)
		}
	}
}

// An address belongs to one account: of two that change to it at the same time, one gets it. The customers that had
// the old address get the new one, and agreements with the new address are linked.
func TestAddressBelongsToOneAccount(t *testing.T) {
	p := open(t)
	changes, links := make([]person.EmailChange, 4), make([]seal.Hash, 4)
	for n := range changes {
		account, customer := pgtest.AddPerson(t, p.db, n)
		changes[n] = person.EmailChange{Account: account, From: fmt.Sprintf("p%d@bompass.example", n), To: "new@bompass.example", At: noon}
		pgtest.Exec(t, p.db, "update customer set email = $2 where id = $1", string(customer), changes[n].From)
		pgtest.Exec(t, p.db, "insert into profile (account_id, saved_at) values ($1, $2)", string(account), noon)
		links[n] = p.link(fmt.Sprint("email", n), "email", account)
	}
	unclaimed := pgtest.AddCustomer(t, p.db, 50, toll.Private)
	pgtest.Exec(t, p.db, "update customer set email = 'new@bompass.example' where id = $1", string(unclaimed))
	changed := 0
	for n, err := range pgtest.Race(t, p.db, len(changes), func(n int) error { return p.ChangeEmail(t.Context(), links[n], changes[n]) }) {
		switch {
		case err == nil:
			changed++
		case fault.CodeOf(err) != fault.LinkSpent:
			t.Errorf("account %d: %v", n, err)
		}
	}
	got := pgtest.One[string](t, p.db, `select concat_ws(' ', (select count(*) from account where email = 'new@bompass.example'), (select count(*) from customer where email = 'new@bompass.example'),
		(select count(*) from account_party p join account a on a.id = p.account_id where p.customer_id = $1 and p.role = 'owner' and a.email = 'new@bompass.example'))`, string(unclaimed))
	if changed != 1 || got != "1 2 1" {
		t.Errorf("%d changes; accounts, customers, owners of the unclaimed one with the address: %s", changed, got)
	}
}

// The link that the old address gets stops a change, or undoes it. Either way every session ends, and the other links
// of the change and of a new password work no more.
func TestChangeOfAddressIsUndone(t *testing.T) {
	for name, done := range map[string]bool{"before it is confirmed": false, "after it was confirmed": true} {
		p := open(t)
		account, customer := p.person(1)
		p.person(2)
		pgtest.Exec(t, p.db, "update customer set email = 'p1@bompass.example' where id = $1", string(customer))
		change := person.EmailChange{Account: account, From: "p1@bompass.example", To: "thief@bompass.example", At: noon}
		forth, back := p.link("forth", "email", account), p.link("back", "email.undo", account)
		p.link("reset", seal.PurposePassword, account)
		p.link("theirs", seal.PurposePassword, pgtest.AccountID(2))
		if done {
			if err := p.ChangeEmail(t.Context(), forth, change); err != nil {
				t.Fatal(err)
			}
		}
		undo := person.EmailChange{Account: account, From: change.To, To: change.From, At: noon}
		if err := p.UndoEmail(t.Context(), back, undo); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := p.UndoEmail(t.Context(), back, undo); fault.CodeOf(err) != fault.LinkSpent {
			t.Errorf("%s: undone twice: %v", name, err)
		}
		if err := p.ChangeEmail(t.Context(), forth, change); fault.CodeOf(err) != fault.LinkSpent {
			t.Errorf("%s: the change is confirmed afterwards: %v", name, err)
		}
		got := pgtest.One[string](t, p.db, `select concat_ws(' ', (select email from account where id = $1), (select email from customer where id = $2),
			(select count(*) from session where account_id = $1), (select count(*) from session), (select count(*) from link where used_at is null))`, string(account), string(customer))
		if got != "p1@bompass.example p1@bompass.example 0 1 1" {
			t.Errorf("%s: address, the customer's, sessions, all sessions, open links: %s", name, got)
		}
	}
}

// A session is ended by its person alone, and all of them at once with every pending login.
func TestSessionsAreEndedByTheirPerson(t *testing.T) {
	p := open(t)
	account, _ := p.person(1)
	other, _ := p.person(2)
	id := pgtest.One[string](t, p.db, "select id::text from session where account_id = $1", string(account))
	for _, c := range []struct {
		by   toll.AccountID
		id   string
		want fault.Code
	}{{other, id, fault.NotFound}, {account, "no uuid", fault.NotFound}, {account, id, ""}, {account, id, fault.NotFound}} {
		got, err := p.EndSessionByID(t.Context(), c.by, c.id)
		if (err != nil || c.want != "") && fault.CodeOf(err) != c.want || c.want == "" && got != hash("s1") {
			t.Errorf("%s by %s: %v, want %q", c.id, c.by, err, c.want)
		}
	}
	p.session(1)
	pgtest.Exec(t, p.db, "insert into login_step (token_hash, account_id, until) select account_id::text::bytea, account_id, until from session")
	ended, err := p.EndSessions(t.Context(), account, nil)
	if err != nil || !slices.Equal(ended, []seal.Hash{hash("s1")}) {
		t.Errorf("ended %v, %v", ended, err)
	}
	left := pgtest.One[string](t, p.db, "select concat_ws(' ', (select count(*) from session), (select count(*) from login_step), (select count(*) from session where account_id = $1))", string(other))
	if left != "1 1 1" {
		t.Errorf("sessions, logins, the other's sessions: %s", left)
	}
}
