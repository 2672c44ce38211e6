package portal_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/legacy"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// ownerOf returns the email address of the owner of an agreement.
func ownerOf(h *webtest.Server, number string) string {
	return h.QueryText(`select coalesce(string_agg(a.email, ','), '') from agreement g
		join account_party p on p.customer_id = g.customer_id and p.role = 'owner' join account a on a.id = p.account_id
		where g.number = '` + number + `'`)
}

// S1.11, S1.38, S2.35, S2.39: number and password of the legacy system link an agreement once, and cannot be used to
// sign in. The address of the agreement is notified.
func TestLegacyPasswordLinksOnce(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("private", "7009201", "gammel@bompass.example")
	h.ImportCredential("A-100201", "7009201")
	v := h.SignIn("per@bompass.example")
	if p := v.Get("/agreements/find"); !strings.Contains(p.Body, `href="/agreements/find/old"`) {
		t.Errorf("the search does not link to it: %s", p.Body)
	}
	tried := v.SubmitLegacyPassword(" A-100201 ", fixture.LegacyPassword)
	for _, want := range []string{"Avtaler forsøkt knyttet", "Avtale 7009201: Knyttet til deg."} {
		if !strings.Contains(tried.Body, want) {
			t.Errorf("the result lacks %q: %d %s", want, tried.StatusCode, tried.Body)
		}
	}
	if owner := ownerOf(h, "7009201"); owner != "per@bompass.example" {
		t.Errorf("owned by %q", owner)
	}
	if list := webtest.Call(v, api.Sessions, api.Empty{}, ""); list.History[0].Kind != "linked" {
		t.Errorf("history: %+v", list.History)
	}
	message := h.LastMessage("gammel@bompass.example")
	if !strings.Contains(message.Text, "Per Dahl") || !strings.Contains(message.Subject, "7009201") {
		t.Errorf("message: %+v", message)
	}
	again := h.SignIn(webtest.Kari).SubmitLegacyPassword("A-100201", fixture.LegacyPassword)
	if again.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(again.Body, "brukt før") {
		t.Errorf("a second time: %d", again.StatusCode)
	}
	if p := h.Visitor().SubmitPassword("A-100201", fixture.LegacyPassword); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("signing in with it: %d", p.StatusCode)
	}
	stored := h.QueryText("select encode(sealed, 'escape') from legacy_credential")
	if strings.Contains(stored, "$2a$") {
		t.Error("the hash can be read in the database")
	}
	proves.That(t, "S1.11", "S1.38", "S2.35")
}

// importNamesake imports a private customer of the name of Per, with agreement 7009301.
func importNamesake(h *webtest.Server) {
	h.ImportLegacy("customer,kind,name,email\nL-7009301,private,Per Dahl,per.dahl@gammel.example\n",
		"agreement,customer,charger,from\n7009301,L-7009301,ferde,2024-01-01\n")
	h.ImportCredential("7009301", "7009301")
}

// The agreement of the person's legacy customer joins those of the party that the person acts for: one person is one
// party, and need not choose between two of the same name.
func TestLinkedAgreementIsOnTheOverviewOfItsPerson(t *testing.T) {
	h := webtest.NewPortal(t)
	importNamesake(h.Server)
	v := h.SignIn("per@bompass.example")
	if p := v.SubmitLegacyPassword("7009301", fixture.LegacyPassword); !strings.Contains(p.Body, `href="/"`) {
		t.Errorf("the result does not lead to the overview: %s", p.Body)
	}
	if customer := h.QueryText("select customer_id::text from agreement where number = '7009301'"); customer != string(fixture.Per) {
		t.Errorf("the agreement is that of %s", customer)
	}
	if n := strings.Count(v.Get("/parties").Body, "<strong>Per Dahl</strong>"); n != 1 {
		t.Errorf("%d rows of one person", n)
	}
}

// Two parties of one name are told apart by agreement and plate.
func TestPartiesThatLookAlikeCarryNumberAndPlate(t *testing.T) {
	h := webtest.NewPortal(t)
	importNamesake(h.Server)
	h.Exec(`insert into account_party (account_id, customer_id, role) select a.id, g.customer_id, 'administrator' from account a, agreement g
		where a.email = 'per@bompass.example' and g.number = '7009301'`)
	h.Exec("insert into mount (vehicle_id, agreement_id, valid_from) select '" + string(fixture.PerCar) + "', id, valid_from from agreement where number = '7009301'")
	page := h.SignIn("per@bompass.example").Get("/parties").Body
	if !strings.Contains(page, "Avtale 7009301, RK 20877") || strings.Count(page, "<strong>Per Dahl</strong>") != 2 {
		t.Errorf("the parties look alike: %s", page)
	}
}

// An unknown number, a wrong password, a spent one, and the right one of an agreement that is not there get the same
// answer.
func TestWrongLegacyNumberAndPasswordLookAlike(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("private", "7009201", "gammel@bompass.example")
	h.ImportCredential("7009201", "7009201")
	h.ImportCredential("7009202", "7009202") // has no agreement here
	h.ImportCredential("7009203", "7009201")
	h.SignIn("olav@bompass.example").SubmitLegacyPassword("7009203", fixture.LegacyPassword)
	v := h.SignIn("per@bompass.example")
	answer := func(number, password string) string {
		p := v.SubmitLegacyPassword(number, password)
		if p.StatusCode != http.StatusUnprocessableEntity || strings.Contains(p.Body, password) {
			t.Errorf("%s: got %d, or the password is repeated", number, p.StatusCode)
		}
		return strings.ReplaceAll(strings.ReplaceAll(p.Body, webtest.HiddenOf(p.Body, "csrf"), "T"), number, "N") // every page has a number
	}
	want := answer("7009999", fixture.LegacyPassword)
	for name, got := range map[string]string{
		"wrong password": answer("7009201", "feil-passord-1"),
		"no agreement":   answer("7009202", fixture.LegacyPassword),
		"spent":          answer("7009203", fixture.LegacyPassword),
	} {
		if got != want {
			t.Errorf("%s: other words than for an unknown number", name)
		}
	}
	if used := h.QueryText("select count(*)::text from legacy_credential where used_at is not null"); used != "1" {
		t.Errorf("%s credentials are spent", used)
	}
}

// Tries are limited for an account, for a number and for a network.
func TestLegacyPasswordGuessesAreLimited(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("private", "7009201", "gammel@bompass.example")
	h.ImportCredential("7009201", "7009201")
	per, olav, ingrid := h.SignIn("per@bompass.example"), h.SignIn("olav@bompass.example"), h.SignIn("ingrid@bompass.example")
	for n := range legacy.NumberMax {
		if p := per.SubmitLegacyPassword("7009201", "feil-passord-1"); p.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("try %d: %d", n, p.StatusCode)
		}
	}
	if p := per.SubmitLegacyPassword("7009299", "x"); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the same account with another number: %d", p.StatusCode)
	}
	if p := olav.SubmitLegacyPassword("7009201", fixture.LegacyPassword); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("another account with the same number: %d", p.StatusCode)
	}
	if p := ingrid.SubmitLegacyPassword("7009298", "x"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another account with another number: %d", p.StatusCode)
	}
	h.Advance(25 * time.Hour)
	olav = h.SignIn("olav@bompass.example")
	if p := olav.SubmitLegacyPassword("7009201", fixture.LegacyPassword); !strings.Contains(p.Body, "Knyttet til deg") {
		t.Errorf("the day after: %d", p.StatusCode)
	}
}

// S2.40, S2.41: a company's agreement, and one that has an owner, are not linked with the right password.
func TestLegacyPasswordLinksNoCompanyOrOwnedAgreement(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("company", "7009201", "firma@bompass.example")
	h.ImportCredential("7009201", "7009201")
	h.ImportCredential("7001001", "7001001") // Kari's
	v := h.SignIn("per@bompass.example")
	for number, want := range map[string]string{"7009201": "Feil kontotype", "7001001": "knyttet til en annen bruker"} {
		if p := v.SubmitLegacyPassword(number, fixture.LegacyPassword); !strings.Contains(p.Body, want) {
			t.Errorf("%s: %d %s", number, p.StatusCode, p.Body)
		}
	}
	if company, private := ownerOf(h, "7009201"), ownerOf(h, "7001001"); company != "" || private != webtest.Kari {
		t.Errorf("owners: %q, %q", company, private)
	}
	proves.That(t, "S2.40", "S2.41")
}

// Of two people who enter the password at the same time, one is linked.
func TestLegacyPasswordIsSpentOnce(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("private", "7009201", "gammel@bompass.example")
	h.ImportCredential("7009201", "7009201")
	visitors := []*webtest.Visitor{h.SignIn("per@bompass.example"), h.SignIn("olav@bompass.example")}
	bodies := make([]string, 2)
	var all sync.WaitGroup
	for n, v := range visitors {
		all.Go(func() { bodies[n] = v.SubmitLegacyPassword("7009201", fixture.LegacyPassword).Body })
	}
	all.Wait()
	linked := 0
	for _, body := range bodies {
		if strings.Contains(body, "Knyttet til deg") {
			linked++
		}
	}
	if owner := ownerOf(h, "7009201"); linked != 1 || owner == "" || strings.Contains(owner, ",") {
		t.Errorf("%d are told that they are linked, the owner is %q", linked, owner)
	}
}
