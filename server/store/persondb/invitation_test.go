package persondb_test

import (
	"fmt"
	"testing"
	"time"

	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/partner/mandate"
	"bompass/server/party"
	"bompass/server/person"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// invitation returns an invitation number N of a customer, which ends after an hour.
func invitation(n int, customer toll.CustomerID) person.Invitation {
	return person.Invitation{
		ID: fmt.Sprintf("0196a000-0000-7000-8005-%012d", n), Customer: customer, Email: "ny@bompass.example", Role: role.Auditor,
		By: pgtest.AccountID(1), At: noon, Ends: noon.Add(time.Hour),
	}
}

// invite adds an invitation whose link has the token iN and works for longer than the invitation.
func (p *parties) invite(n int, i person.Invitation) error {
	link := seal.Link{Hash: hash(fmt.Sprint("i", n)), Purpose: seal.PurposeInvitation, Until: noon.Add(24 * time.Hour), Sealed: seal.Sealed{Data: []byte("x")}}
	return p.Invite(p.t.Context(), i, link, nil)
}

func (p *parties) accept(n int, account toll.AccountID, at time.Time) error {
	return p.AcceptInvitation(p.t.Context(), hash(fmt.Sprint("i", n)), invitation(n, "").ID, account, at)
}

// role returns the role of an account for a customer, its end and its vehicle.
func (p *parties) role(account toll.AccountID, customer toll.CustomerID) string {
	p.t.Helper()
	return pgtest.One[string](p.t, p.db, `select coalesce(string_agg(concat_ws(' ', role, by_mandate, to_char(until at time zone 'UTC', 'YYYY'), right(vehicle_id::text, 1)), ','), 'none')
		from account_party where account_id = $1 and customer_id = $2`, string(account), string(customer))
}

// An invitation is accepted once, until it ends, and not after it was withdrawn.
func TestInvitationIsAcceptedOnce(t *testing.T) {
	p := open(t)
	_, customer := pgtest.AddPerson(t, p.db, 1)
	for n := range 6 {
		pgtest.AddPerson(t, p.db, 10+n)
	}
	for n := range 3 {
		if err := p.invite(n, invitation(n, customer)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.WithdrawInvitation(t.Context(), pgtest.CustomerID(10), invitation(0, "").ID, noon); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("withdrawn by another customer: %v", err)
	}
	taken := 0
	for n, err := range pgtest.Race(t, p.db, 6, func(n int) error { return p.accept(0, pgtest.AccountID(10+n), noon) }) {
		switch {
		case err == nil:
			taken++
		case fault.CodeOf(err) != fault.LinkSpent:
			t.Errorf("person %d: %v", n, err)
		}
	}
	if auditors := pgtest.One[int](t, p.db, "select count(*) from account_party where role = 'auditor'"); taken != 1 || auditors != 1 {
		t.Errorf("accepted %d times, %d auditors", taken, auditors)
	}
	if err := p.WithdrawInvitation(t.Context(), customer, invitation(0, "").ID, noon); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("withdrawn after it was accepted: %v", err)
	}
	if err := p.accept(1, pgtest.AccountID(12), noon.Add(time.Hour)); fault.CodeOf(err) != fault.LinkSpent {
		t.Errorf("at its end: %v", err)
	}
	if err := p.accept(1, pgtest.AccountID(12), noon.Add(time.Hour-time.Microsecond)); err != nil {
		t.Errorf("just before its end, after a refusal: %v", err)
	}
	if err := p.WithdrawInvitation(t.Context(), customer, invitation(2, "").ID, noon); err != nil {
		t.Fatal(err)
	}
	if err := p.accept(2, pgtest.AccountID(13), noon); fault.CodeOf(err) != fault.LinkSpent {
		t.Errorf("after it was withdrawn: %v", err)
	}
}

// An accepted role takes the place of the person's other one, also of a right by mandate, which then does not end with
// the mandate. An owner stays owner.
func TestAcceptedRoleReplacesTheOther(t *testing.T) {
	p := open(t)
	pgtest.AddPerson(t, p.db, 1)
	account, own := pgtest.AddPerson(t, p.db, 2)
	company := pgtest.AddCustomer(t, p.db, 50, toll.Company)
	vehicle := pgtest.AddVehicle(t, p.db, 7)
	for n, c := range []struct {
		before, want string
		change       func(*person.Invitation)
	}{
		{"", "auditor f", func(*person.Invitation) {}},
		{"'administrator', false, null, null", "auditor f", func(*person.Invitation) {}},
		{"'driver', false, '2020-01-01Z', '" + string(vehicle) + "'", "auditor f", func(*person.Invitation) {}},
		{"'administrator', true, null, null", "auditor f", func(*person.Invitation) {}},
		{"'auditor', false, null, null", "administrator f 2030", func(i *person.Invitation) {
			i.Role, i.Until = role.Administrator, time.Date(2030, 6, 1, 0, 0, 0, 0, time.UTC)
		}},
	} {
		pgtest.Exec(t, p.db, "delete from account_party where customer_id = $1", string(company))
		if c.before != "" {
			pgtest.Exec(t, p.db, "insert into account_party (account_id, customer_id, role, by_mandate, until, vehicle_id) values ($1, $2, "+c.before+")", string(account), string(company))
		}
		i := invitation(n, company)
		c.change(&i)
		if err := p.invite(n, i); err != nil {
			t.Fatal(err)
		}
		if err := p.accept(n, account, noon); err != nil {
			t.Fatal(err)
		}
		if got := p.role(account, company); got != c.want {
			t.Errorf("before %q: %s, want %s", c.before, got, c.want)
		}
		if err := p.SaveMandateSnapshot(t.Context(), account, party.MandateSnapshot{At: noon.Add(time.Duration(n) * time.Second), Companies: []mandate.Party{}}); err != nil {
			t.Fatal(err)
		}
		if got := p.role(account, company); got != c.want {
			t.Errorf("before %q, after the mandate has ended: %s, want %s", c.before, got, c.want)
		}
	}
	if err := p.invite(20, invitation(20, own)); err != nil {
		t.Fatal(err)
	}
	if err := p.accept(20, account, noon); err != nil || p.role(account, own) != "owner f" {
		t.Errorf("an owner is %s, %v", p.role(account, own), err)
	}
}

// A driver is invited for a vehicle that the customer owns, or that is on an agreement of the customer now.
func TestDriverHasVehicleOfTheCustomer(t *testing.T) {
	p := open(t)
	_, customer := pgtest.AddPerson(t, p.db, 1)
	_, stranger := pgtest.AddPerson(t, p.db, 2)
	agreement, other := pgtest.AddAgreement(t, p.db, 1, customer), pgtest.AddAgreement(t, p.db, 2, stranger)
	for n, c := range []struct {
		name, setup string // with the vehicle as $1
		allowed     bool
	}{
		{"of nobody", "", false},
		{"owned", "update vehicle set owner_id = '" + string(customer) + "' where id = $1", true},
		{"owned by another", "update vehicle set owner_id = '" + string(stranger) + "' where id = $1", false},
		{"on an agreement", "insert into mount (vehicle_id, agreement_id, valid_from) values ($1, '" + string(agreement) + "', '2026-11-20 12:00Z')", true},
		{"on another's agreement", "insert into mount (vehicle_id, agreement_id, valid_from) values ($1, '" + string(other) + "', '2026-01-01Z')", false},
		{"not on it yet", "insert into mount (vehicle_id, agreement_id, valid_from) values ($1, '" + string(agreement) + "', '2026-11-20 12:00:01Z')", false},
		{"no longer on it", "insert into mount (vehicle_id, agreement_id, valid_from, valid_to) values ($1, '" + string(agreement) + "', '2026-01-01Z', '2026-11-20 12:00Z')", false},
		{"on it for a second more", "insert into mount (vehicle_id, agreement_id, valid_from, valid_to) values ($1, '" + string(agreement) + "', '2026-01-01Z', '2026-11-20 12:00:01Z')", true},
	} {
		vehicle := pgtest.AddVehicle(t, p.db, n)
		if c.setup != "" {
			pgtest.Exec(t, p.db, c.setup, string(vehicle))
		}
		i := invitation(n, customer)
		i.Role, i.Vehicle = role.Driver, vehicle
		err := p.invite(n, i)
		if allowed := err == nil; allowed != c.allowed || !allowed && fault.CodeOf(err) != fault.NotFound {
			t.Errorf("a vehicle %s: %v", c.name, err)
		}
		if n := pgtest.One[int](t, p.db, "select count(*) from link where token_hash = $1", sum(fmt.Sprint("i", n))); n != 0 != c.allowed {
			t.Errorf("a vehicle %s: %d links", c.name, n)
		}
	}
}

// The people of a customer and its open invitations have a maximum together; invitations that ended, were accepted or
// withdrawn do not count.
func TestPeopleOfCustomerAreLimited(t *testing.T) {
	p := open(t)
	_, customer := pgtest.AddPerson(t, p.db, 1)
	pgtest.Exec(t, p.db, `insert into invitation (id, customer_id, email, role, invited_at, ends_at, taken_at, withdrawn_at)
		select gen_random_uuid(), $1, 'a@b.example', 'driver', $2::timestamptz, case n % 3 when 0 then $2::timestamptz else $2 + interval '1 hour' end,
			case n % 3 when 1 then $2::timestamptz end, case n % 3 when 2 then $2::timestamptz end from generate_series(1, 30) n`, string(customer), noon)
	pgtest.Exec(t, p.db, `insert into invitation (id, customer_id, email, role, invited_at, ends_at)
		select gen_random_uuid(), $1, 'a@b.example', 'driver', $2, $2::timestamptz + interval '1 second' from generate_series(1, $3) n`, string(customer), noon, person.PeopleMax-2)
	for n, want := range []fault.Code{"", fault.TooLarge} { // the owner counts, too
		if err := p.invite(n, invitation(n, customer)); (err != nil || want != "") && fault.CodeOf(err) != want {
			t.Errorf("invitation %d: %v, want %q", n, err, want)
		}
	}
	_, other := pgtest.AddPerson(t, p.db, 2)
	if err := p.invite(5, invitation(5, other)); err != nil {
		t.Errorf("another customer: %v", err)
	}
}

// The list has who may act for the customer, owners first, and the invitations that are open. Whoever is removed has
// no session for the customer left, and only a message if there is an address; an owner is not removed.
func TestPersonIsRemoved(t *testing.T) {
	p := open(t)
	owner, customer := p.person(1)
	driver, own := p.person(2)
	silent, _ := pgtest.AddPerson(t, p.db, 3)
	former, _ := pgtest.AddPerson(t, p.db, 4)
	pgtest.Exec(t, p.db, "update account set email = '' where id = $1", string(silent))
	for account, until := range map[toll.AccountID]string{driver: "null", silent: "'2027-01-01Z'", former: "'2026-11-20 12:00Z'"} {
		pgtest.Exec(t, p.db, "insert into account_party (account_id, customer_id, role, until) values ($1, $2, 'driver', "+until+")", string(account), string(customer))
	}
	if err := p.invite(1, invitation(1, customer)); err != nil {
		t.Fatal(err)
	}
	list, err := p.People(t.Context(), customer, noon)
	if err != nil || len(list.People) != 3 || list.People[0].Account != owner || list.People[1].Account != driver || len(list.Invited) != 1 {
		t.Errorf("people: %+v, %v", list, err)
	}
	if list, err = p.People(t.Context(), customer, noon.Add(time.Hour)); err != nil || len(list.Invited) != 0 {
		t.Errorf("when the invitation has ended: %+v, %v", list.Invited, err)
	}
	pgtest.Exec(t, p.db, "insert into session (token_hash, account_id, customer_id, began_at, seen_at, until) values ('for the customer', $1, $2, $3, $3, $3)",
		string(driver), string(customer), noon)
	write := func(to notice.Recipient) (notice.Message, error) {
		return notice.Message{ID: fmt.Sprintf("0196a000-0000-7000-8006-%012d", len(to.Address)), Channel: notice.Mail, Kind: notice.RoleChanged, Account: to.Account, Sealed: []byte("x")}, nil
	}
	for _, c := range []struct {
		name    string
		account toll.AccountID
		want    fault.Code
	}{
		{"the owner", owner, fault.LastOwner},
		{"a driver", driver, ""},
		{"a driver without address", silent, ""},
		{"the driver once more", driver, fault.NotFound},
		{"a stranger", pgtest.AccountID(99), fault.NotFound},
	} {
		if err := p.RemovePerson(t.Context(), customer, c.account, write, noon); (err != nil || c.want != "") && fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	got := pgtest.One[string](t, p.db, `select concat_ws(' ', (select count(*) from session where account_id = $1), (select count(*) from session where customer_id = $2),
		(select count(*) from outbox), (select count(*) from account_event))`, string(driver), string(own))
	if got != "1 1 1 2" {
		t.Errorf("the driver's sessions, those for the own customer, messages, events: %s, want 1 1 1 2", got)
	}
}
