package persondb_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/partner/mandate"
	"bompass/server/party"
	"bompass/server/store"
	"bompass/server/store/persondb"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// noon is the time of these tests.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// number is the organisation number of a company.
const number = "974760673"

func hash(token string) seal.Hash { return sha256.Sum256([]byte(token)) }

// parties is a database with people who have sessions.
type parties struct {
	*persondb.Store
	t  *testing.T
	db *store.DB
}

func open(t *testing.T) *parties {
	t.Helper()
	db := pgtest.New(t)
	return &parties{Store: persondb.New(db), t: t, db: db}
}

// person adds a person with a session, whose token is sN.
func (p *parties) person(n int) (toll.AccountID, toll.CustomerID) {
	p.t.Helper()
	account, customer := pgtest.AddPerson(p.t, p.db, n)
	p.session(n)
	return account, customer
}

func (p *parties) session(n int) {
	p.t.Helper()
	h := hash(fmt.Sprint("s", n))
	pgtest.Exec(p.t, p.db, `insert into session (token_hash, account_id, customer_id, began_at, seen_at, until) values ($1, $2, $3, $4, $4, $5)
		on conflict do nothing`, h[:], string(pgtest.AccountID(n)), string(pgtest.CustomerID(n)), noon, noon.Add(time.Hour))
}

// company returns a switch of person N's session to a company that the register of mandates names.
func (p *parties) company(n int, to string) party.Switch {
	return party.Switch{
		From: hash(fmt.Sprint("s", n)), To: hash(to), Account: pgtest.AccountID(n), At: noon,
		New: &party.NewCustomer{
			Customer: pgtest.CustomerID(1000 + n), Name: "Fjord AS", Kind: toll.Company, Number: number, Country: "NO", Language: "nb", ByMandate: true,
		},
	}
}

// held returns the rights of an account, each as customer, role and whether it is by mandate.
func (p *parties) held(account toll.AccountID) (list []string) {
	p.t.Helper()
	held, err := p.HeldParties(p.t.Context(), account, noon)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, h := range held {
		list = append(list, fmt.Sprint(h.Name, " ", h.Role, " ", h.ByMandate))
	}
	return list
}

// People who begin to act for one company at the same time act for one customer, and each has the right.
func TestCompanyIsAddedOnce(t *testing.T) {
	p := open(t)
	const people = 6
	for n := range people {
		p.person(n)
	}
	for n, err := range pgtest.Race(t, p.db, people, func(n int) error {
		return p.SwitchParty(t.Context(), p.company(n, fmt.Sprint("company", n)))
	}) {
		if err != nil {
			t.Errorf("person %d: %v", n, err)
		}
	}
	got := pgtest.One[string](t, p.db, `select concat_ws(' ', (select count(*) from customer where kind = 'company'), (select count(*) from organisation),
		(select count(*) from account_party where role = 'administrator' and by_mandate),
		(select count(distinct customer_id) from session where token_hash = any($1)))`, [][]byte{sum("company0"), sum("company1"), sum("company5")})
	if want := fmt.Sprintf("1 1 %d 1", people); got != want {
		t.Errorf("companies, organisations, rights, customers of sessions: %s, want %s", got, want)
	}
}

func sum(token string) []byte { h := hash(token); return h[:] }

// A session switches once: its old token is gone, and a session that has ended or is another's does not switch.
func TestSessionSwitchesOnce(t *testing.T) {
	p := open(t)
	p.person(1)
	p.person(2)
	for name, change := range map[string]func(*party.Switch){
		"another's session": func(w *party.Switch) { w.From = hash("s2") },
		"at its end":        func(w *party.Switch) { w.At = noon.Add(time.Hour) },
		"an unknown one":    func(w *party.Switch) { w.From = hash("x") },
	} {
		w := p.company(1, "to")
		change(&w)
		if err := p.SwitchParty(t.Context(), w); fault.CodeOf(err) != fault.SignedOut {
			t.Errorf("%s: %v", name, err)
		}
		if rights := pgtest.One[int](t, p.db, "select count(*) from account_party"); rights != 2 {
			t.Errorf("%s: %d rights, want those of before", name, rights)
		}
	}
	done := 0
	for i, err := range pgtest.Race(t, p.db, 6, func(i int) error { return p.SwitchParty(t.Context(), p.company(1, fmt.Sprint("to", i))) }) {
		if err == nil {
			done++
		} else if fault.CodeOf(err) != fault.SignedOut {
			t.Errorf("switch %d: %v", i, err)
		}
	}
	if done != 1 {
		t.Errorf("one token switched %d times", done)
	}
}

// A person without a party of their own gets one when they ask for it, and the same one again.
func TestOwnPartyIsAddedOnce(t *testing.T) {
	p := open(t)
	account, first := p.person(1)
	own := func(n int) party.Switch {
		return party.Switch{
			From: hash("s1"), To: hash("s1"), Account: account, At: noon,
			New: &party.NewCustomer{Customer: pgtest.CustomerID(500 + n), Name: "Kari", Kind: toll.Private, Country: "NO", Language: "nb"},
		}
	}
	if err := p.SwitchParty(t.Context(), own(0)); err != nil {
		t.Fatal(err)
	}
	if got := p.held(account); !slices.Equal(got, []string{"Customer 1 owner false"}) {
		t.Errorf("with a party of one's own: %v", got)
	}
	company := pgtest.AddCustomer(t, p.db, 77, toll.Company)
	pgtest.Exec(t, p.db, "update session set customer_id = $1", string(company))
	pgtest.Exec(t, p.db, "delete from account_party")
	pgtest.Exec(t, p.db, "delete from customer where id = $1", string(first))
	for _, err := range pgtest.Race(t, p.db, 5, func(n int) error { return p.SwitchParty(t.Context(), own(n+1)) }) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := p.held(account); !slices.Equal(got, []string{"Kari owner false"}) {
		t.Errorf("without one: %v", got)
	}
}

// A role that has ended does not stand in the way of a mandate: the person acts by the mandate.
func TestMandateReplacesRoleThatHasEnded(t *testing.T) {
	p := open(t)
	account, _ := p.person(1)
	p.person(2)
	if err := p.SwitchParty(t.Context(), p.company(2, "first")); err != nil {
		t.Fatal(err)
	}
	company := pgtest.One[string](t, p.db, "select customer_id::text from organisation")
	for _, c := range []struct{ until, want string }{
		{"'2026-11-20 12:00:00Z'", "Fjord AS administrator true"},      // ended at this instant
		{"'2026-11-20 12:00:00.000001Z'", "Fjord AS accountant false"}, // still lasts
		{"null", "Fjord AS accountant false"},                          // has no end
		{"'2020-01-01Z'", "Fjord AS administrator true"},               // ended long ago
	} {
		pgtest.Exec(t, p.db, "delete from account_party where account_id = $1 and customer_id = $2", string(account), company)
		pgtest.Exec(t, p.db, "insert into account_party (account_id, customer_id, role, until) values ($1, $2, 'accountant', "+c.until+")", string(account), company)
		p.session(1)
		if err := p.SwitchParty(t.Context(), p.company(1, "to "+c.until)); err != nil {
			t.Fatal(err)
		}
		if got := p.held(account); !slices.Contains(got, c.want) {
			t.Errorf("a role until %s: %v, want %s", c.until, got, c.want)
		}
		pgtest.Exec(t, p.db, "delete from session where account_id = $1", string(account))
	}
}

// The register's latest answer counts: one that was asked earlier and comes later changes nothing. A right by mandate
// ends with the answer that no longer has it; one that somebody granted stays.
func TestLatestMandateAnswerCounts(t *testing.T) {
	p := open(t)
	account, _ := p.person(1)
	other, _ := p.person(2)
	granted := pgtest.AddCustomer(t, p.db, 50, toll.Company)
	if err := p.AddOrganisation(t.Context(), "910000001", granted); err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, p.db, "insert into account_party (account_id, customer_id, role) values ($1, $2, 'auditor')", string(account), string(granted))
	for _, w := range []party.Switch{p.company(1, "a"), p.company(2, "b")} {
		if err := p.SwitchParty(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	answer := func(at time.Time, numbers ...string) party.MandateSnapshot {
		s := party.MandateSnapshot{At: at}
		for _, n := range numbers {
			s.Companies = append(s.Companies, mandate.Party{Number: n, Name: "N" + n})
		}
		return s
	}
	const audited = "Customer 50 auditor false"
	own, by := "Customer 1 owner false", "Fjord AS administrator true"
	for _, c := range []struct {
		name   string
		answer party.MandateSnapshot
		kept   []string // numbers of the snapshot
		held   []string
	}{
		{"with the company", answer(noon, number, "910000001"), []string{"910000001", number}, []string{own, audited, by}},
		{"an older answer", answer(noon.Add(-time.Second)), []string{"910000001", number}, []string{own, audited, by}},
		{"an answer of the same instant", answer(noon, number), []string{number}, []string{own, audited, by}},
		{"without the company", answer(noon.Add(time.Second)), nil, []string{own, audited}},
		{"an older answer with it", answer(noon, number), nil, []string{own, audited}},
	} {
		if err := p.SaveMandateSnapshot(t.Context(), account, c.answer); err != nil {
			t.Fatal(err)
		}
		kept, err := p.MandateSnapshot(t.Context(), account)
		var numbers []string
		for _, k := range kept.Companies {
			numbers = append(numbers, k.Number)
		}
		if err != nil || !slices.Equal(numbers, c.kept) {
			t.Errorf("%s: the snapshot has %v, %v, want %v", c.name, numbers, err, c.kept)
		}
		if got := p.held(account); !slices.Equal(got, c.held) {
			t.Errorf("%s: rights %v, want %v", c.name, got, c.held)
		}
	}
	if got := p.held(other); len(got) != 2 || got[1] != by {
		t.Errorf("somebody else's rights are %v", got)
	}
	if s, err := p.MandateSnapshot(t.Context(), other); err != nil || !s.At.IsZero() || len(s.Companies) != 0 {
		t.Errorf("a person who was never asked about has %+v, %v", s, err)
	}
}

// Answers that come at the same time leave the latest one whole.
func TestConcurrentMandateAnswersLeaveTheLatest(t *testing.T) {
	p := open(t)
	account, _ := p.person(1)
	const answers = 8
	for i, err := range pgtest.Race(t, p.db, answers, func(i int) error {
		s := party.MandateSnapshot{At: noon.Add(time.Duration(i) * time.Second)}
		for k := range i {
			s.Companies = append(s.Companies, mandate.Party{Number: fmt.Sprintf("9%08d", k), Name: fmt.Sprint("of answer ", i)})
		}
		return p.SaveMandateSnapshot(t.Context(), account, s)
	}) {
		if err != nil {
			t.Errorf("answer %d: %v", i, err)
		}
	}
	s, err := p.MandateSnapshot(t.Context(), account)
	if err != nil || !s.At.Equal(noon.Add((answers-1)*time.Second)) || len(s.Companies) != answers-1 {
		t.Fatalf("kept %+v, %v", s, err)
	}
	for _, c := range s.Companies {
		if c.Name != fmt.Sprint("of answer ", answers-1) {
			t.Errorf("%s is %s", c.Number, c.Name)
		}
	}
}

// A right ends at its instant.
func TestHeldPartiesEnd(t *testing.T) {
	p := open(t)
	account, _ := p.person(1)
	pgtest.Exec(t, p.db, "update account_party set role = 'driver', until = $1", noon)
	for at, want := range map[time.Time]int{noon.Add(-time.Microsecond): 1, noon: 0} {
		if held, err := p.HeldParties(t.Context(), account, at); err != nil || len(held) != want || want == 1 && held[0].Role != role.Driver {
			t.Errorf("at %s: %v, %v", at, held, err)
		}
	}
}
