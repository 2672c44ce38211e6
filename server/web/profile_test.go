package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/internal/proves"
	"bompass/server/person"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// ask performs a route and reads its reply; wanted is the fault it must answer, empty for none.
func ask[Req, Reply any](v *visitor, r api.Route[Req, Reply], req Req, wanted fault.Code) (reply Reply) {
	v.t.Helper()
	body, err := json.Marshal(req)
	if err != nil {
		v.t.Fatal(err)
	}
	var p page
	if r.Method == http.MethodGet {
		p = v.get(r.Path)
	} else {
		p = v.do(r.Method, r.Path, string(body))
	}
	if wanted != "" {
		if f := failure(v.t, p); f.Code != wanted {
			v.t.Errorf("%s: got %d %s, want %s", r.Name, p.StatusCode, f.Code, wanted)
		}
		return reply
	}
	if p.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: got %d %s", r.Name, p.StatusCode, p.body)
	}
	if err := json.Unmarshal([]byte(p.body), &reply); err != nil {
		v.t.Fatal(err)
	}
	return reply
}

var digits6 = regexp.MustCompile(`\b[0-9]{6}\b`)

// S4.17, S4.22, S4.15, S4.21, S4.25, S4.26: details, and a number confirmed by a code that can be sent again.
func TestDetailsAreSavedAndTheMobileIsConfirmedByACode(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	p := ask(v, api.Profile, api.Empty{}, "")
	if p.Name != "Kari Lund" || p.Email != kari || !p.EmailConfirmed || p.Company || p.Saved {
		t.Errorf("profile: %+v", p)
	}
	for field, d := range map[string]api.Details{
		"mobile": {Mobile: "12"}, "phone_work": {PhoneWork: "abc"}, "country": {Country: "Norge"}, "street": {Street: "<script>"},
	} {
		body, _ := json.Marshal(d)
		if f := failure(t, v.do("POST", api.SaveProfile.Path, string(body))); f.Code != fault.FieldWrong || f.Field != field {
			t.Errorf("%s: got %+v", field, f)
		}
	}
	p = ask(v, api.SaveProfile, api.Details{Mobile: "900 00 002", PhoneWork: "22 00 00 00", Street: "Storgata 1", PostalCode: "0155", City: "Oslo", Country: "no"}, "")
	if p.Mobile != "+4790000002" || p.MobileConfirmed || p.PhoneWork != "+4722000000" || p.Country != "NO" || !p.Saved {
		t.Errorf("saved: %+v", p)
	}
	first := digits6.FindString(h.post("+4790000002").Text)
	ask(v, api.SendCode, api.CodeRequest{Channel: person.Mobile}, "")
	second := digits6.FindString(h.post("+4790000002").Text)
	if first == "" || second == "" {
		t.Fatal("no code was sent")
	}
	if first != second {
		ask(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: first}, fault.CodeWrong)
	}
	if p = ask(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: second}, ""); !p.MobileConfirmed {
		t.Error("the code did not confirm the number")
	}
	ask(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: second}, fault.CodeWrong)
	if p := h.visitor().password("90000002", fixture.Password); p.StatusCode != http.StatusSeeOther { // S4.08
		t.Errorf("the number as a name: got %d", p.StatusCode)
	}
	if p = ask(v, api.SaveProfile, api.Details{Mobile: "90000003"}, ""); p.MobileConfirmed {
		t.Error("another number is confirmed without a code")
	}
	for range person.CodeTries {
		ask(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: "000000x"}, fault.CodeWrong)
	}
	ask(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: digits6.FindString(h.post("+4790000003").Text)}, fault.CodeWrong)
	h.pass(access.StepUpMax + time.Second) // portal.md D5
	ask(v, api.SaveProfile, api.Details{Mobile: "90000004"}, fault.StepUp)
	proves.That(t, "S1.24", "S4.08", "S4.21", "S4.25")
}

// S4.14, S4.23: an address that is not confirmed is, with the code sent to it.
func TestAnAddressIsConfirmedByACode(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	h.sql("update profile set email_confirmed_at = null")
	if p := ask(v, api.Profile, api.Empty{}, ""); p.EmailConfirmed {
		t.Error("it is confirmed")
	}
	ask(v, api.SendCode, api.CodeRequest{Channel: person.Email}, "")
	code := digits6.FindString(h.post(kari).Text)
	h.pass(person.CodeMax + time.Second)
	ask(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Email, Code: code}, fault.CodeWrong)
	ask(v, api.SendCode, api.CodeRequest{Channel: person.Email}, "")
	if p := ask(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Email, Code: digits6.FindString(h.post(kari).Text)}, ""); !p.EmailConfirmed {
		t.Error("the code did not confirm the address")
	}
	ask(v, api.SendCode, api.CodeRequest{Channel: "pigeon"}, fault.FieldMissing)
}

// S2.55, K02, portal.md D5: the new address confirms, the old one can stop or take it back.
func TestTheAddressChangesWithALinkToBoth(t *testing.T) {
	h := newHouse(t)
	const fresh = "kari.lund@bompass.example"
	v := h.signIn(kari)
	ask(v, api.ChangeEmail, api.EmailRequest{Email: "not an address"}, fault.FieldWrong)
	ask(v, api.ChangeEmail, api.EmailRequest{Email: fresh}, "")
	stop := h.linkIn(h.post(kari))
	if p := ask(v, api.Profile, api.Empty{}, ""); p.Email != kari {
		t.Errorf("before the link: %s", p.Email)
	}
	if p := h.visitor().open(h.linkIn(h.post(fresh)), url.Values{}); p.StatusCode != http.StatusOK {
		t.Fatalf("confirm: %d %s", p.StatusCode, p.body)
	}
	if p := ask(v, api.Profile, api.Empty{}, ""); p.Email != fresh || !p.EmailConfirmed {
		t.Errorf("after the link: %+v", p)
	}
	if p := h.visitor().open(stop, url.Values{}); p.StatusCode != http.StatusOK || !strings.HasPrefix(stop, "/email/undo") {
		t.Fatalf("undo: %d %s", p.StatusCode, p.body)
	}
	ask(v, api.Profile, api.Empty{}, fault.SignedOut)
	if p := h.visitor().password(kari, fixture.Password); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the old address: got %d", p.StatusCode)
	}
	if mail := h.post(kari); !strings.Contains(mail.Subject, "stoppet") {
		t.Errorf("mail: %+v", mail)
	}
	// Somebody else's address: the same answer, and nothing happens.
	h.pass(time.Minute)
	v = h.signIn(kari)
	ask(v, api.ChangeEmail, api.EmailRequest{Email: "olav@bompass.example"}, "")
	if mail := h.post("olav@bompass.example"); strings.Contains(mail.Text, "token=") {
		t.Errorf("an address that is taken gets %+v", mail)
	}
	proves.That(t, "S1.25")
}

func TestAnAddressThatIsTakenMeanwhileIsRefused(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	ask(v, api.ChangeEmail, api.EmailRequest{Email: "free@bompass.example"}, "")
	h.sql("update account set email = 'free@bompass.example' where email = 'olav@bompass.example'")
	if p := h.visitor().open(h.linkIn(h.post("free@bompass.example")), url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an address that is taken meanwhile: got %d", p.StatusCode)
	}
}

// A signed-in person cannot make us fill mailboxes: letters are counted for the account, and for the address
// that they go to, whoever asks.
func TestLettersToAnAddressAreLimited(t *testing.T) {
	h := newHouse(t)
	v, olav := h.signIn(kari), h.signIn("olav@bompass.example")
	var refused int
	for n := range 12 {
		if p := v.do(http.MethodPost, api.ChangeEmail.Path, `{"email":"n`+strconv.Itoa(n)+`@bompass.example"}`); p.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 6 {
		t.Errorf("%d of 12 letters to as many addresses were refused, want all but five", refused)
	}
	h.pass(time.Minute)
	ask(olav, api.ChangeEmail, api.EmailRequest{Email: "victim@bompass.example"}, "")
	sent := 0
	for _, m := range h.inbox.List("") {
		if strings.HasPrefix(m.To, "n") {
			sent++
		}
	}
	if h.post("victim@bompass.example"); sent > 6 {
		t.Errorf("%d letters left", sent)
	}
}

// S4.27 to S4.33: every stand with version and time; the privacy statement is needed; advertising
// reaches nobody without mail or SMS.
func TestConsentsAreKeptWithVersionAndTime(t *testing.T) {
	h := newHouse(t)
	v := h.arrive("berit@bompass.example", "Berit Aas")
	given := func(kinds ...toll.ConsentKind) api.ConsentRequest {
		req := api.ConsentRequest{Given: map[toll.ConsentKind]bool{}}
		for _, k := range kinds {
			req.Given[k] = true
		}
		return req
	}
	for _, c := range ask(v, api.Profile, api.Empty{}, "").Consents {
		if c.Version != 0 || c.Current != 1 || c.Given {
			t.Errorf("never asked: %+v", c)
		}
	}
	ask(v, api.SaveConsents, given(toll.ConsentEmail), fault.ConsentNeeded)
	for _, c := range []struct {
		req     api.ConsentRequest
		reaches bool
	}{
		{given(toll.ConsentPrivacy, toll.ConsentAdvertising), false},
		{given(toll.ConsentPrivacy, toll.ConsentAdvertising, toll.ConsentSMS), true},
		{given(toll.ConsentPrivacy, toll.ConsentSMS), false},
	} {
		list := ask(v, api.SaveConsents, c.req, "").Consents
		if got := list[3]; len(list) != 4 || got.Kind != toll.ConsentAdvertising || got.Reaches != c.reaches || got.Version != 1 || got.At.IsZero() {
			t.Errorf("%v: got %+v", c.req.Given, got)
		}
	}
	proves.That(t, "S4.28", "S4.33")
}

// ASVS V7.5.2, V7.4.3: where a person is signed in, ending one and all; the history of the account.
func TestSessionsAreListedAndEnded(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	h.pass(time.Minute)
	other := h.signIn(kari)
	list := ask(v, api.Sessions, api.Empty{}, "")
	if len(list.Sessions) != 2 || len(list.History) != 2 || list.History[0].Kind != "signed.in" || list.Sessions[0].Network != "127.0.0.0/24" {
		t.Fatalf("sessions: %+v", list)
	}
	for _, s := range list.Sessions {
		if !s.Here {
			ask(h.signInAs("olav@bompass.example"), api.EndSession, api.SessionRequest{ID: s.ID}, fault.NotFound)
			ask(v, api.EndSession, api.SessionRequest{ID: s.ID}, "")
		}
	}
	ask(other, api.Me, api.Empty{}, fault.SignedOut)
	ask(v, api.EndSession, api.SessionRequest{ID: "guess"}, fault.NotFound)
	ask(v, api.EndSessions, api.Empty{}, "")
	ask(v, api.Me, api.Empty{}, fault.SignedOut)
	if mail := h.post(kari); !strings.Contains(mail.Subject, "alle steder") {
		t.Errorf("mail: %+v", mail)
	}
}

// Logging out is a line of the history, with the browser that it was.
func TestLoggingOutIsALineOfTheHistory(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	if p := v.do(http.MethodPost, api.Logout.Path, "{}"); p.StatusCode != http.StatusOK {
		t.Fatalf("logout: %d", p.StatusCode)
	}
	h.pass(time.Minute)
	list := ask(h.signIn(kari), api.Sessions, api.Empty{}, "").History
	if len(list) != 3 || list[1].Kind != "signed.out" || list[1].Network != "127.0.0.0/24" {
		t.Errorf("history: %+v", list)
	}
}

func (h *house) signInAs(email string) *visitor { return h.signIn(email) }

// Everything about a person, as a file and as a page; the owner hears of it; erasure shows its holds.
func TestEverythingComesOutAndErasureShowsItsHolds(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	ask(v, api.SaveConsents, api.ConsentRequest{Given: map[toll.ConsentKind]bool{toll.ConsentPrivacy: true}}, "")
	out := ask(v, api.Export, api.Empty{}, "")
	for section, want := range map[string]string{
		"account": kari, "consents": "privacy", "agreements": "7001001", "vehicles": "DP45821", "customer": "Kari Lund", "history": "signed.in", "sessions": "127.0.0.0/24",
	} {
		if !strings.Contains(string(out.Sections[section]), want) {
			t.Errorf("%s: %s", section, out.Sections[section])
		}
	}
	for _, secret := range []string{"argon2", "totp", "token_hash", fixture.Accounts()[0].TOTPSecret} {
		if all, _ := json.Marshal(out); strings.Contains(string(all), secret) {
			t.Errorf("%s came out", secret)
		}
	}
	if p := v.get(api.Export.Path); !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
		t.Error("the file is not a file")
	}
	if p := v.get("/export"); !strings.Contains(p.body, "7001001") || !strings.Contains(p.body, "Avtaler") {
		t.Errorf("the page: %d", p.StatusCode)
	}
	for _, lang := range []string{"en", "sv", "de", "nb"} {
		ask(v, api.SetLanguage, api.SetLanguageRequest{Language: lang}, "")
		heads := regexp.MustCompile(`<th scope="col">([^<]*)</th>`).FindAllStringSubmatch(v.get("/export").body, -1)
		for _, head := range heads {
			if name := head[1]; name == "" || strings.ToLower(name[:1]) == name[:1] || strings.Contains(name, " at") {
				t.Errorf("%s: a column is headed %q", lang, name)
			}
		}
		if len(heads) < 20 {
			t.Errorf("%s: %d columns", lang, len(heads))
		}
	}
	page := strings.ReplaceAll(v.get("/export").body, "\u00a0", " ")
	for _, want := range []string{"Logget inn", "Akseptert personvernerklæring", "Fjellinjen", "Norsk bokmål"} {
		if !strings.Contains(page, "<td>"+want+"</td>") {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, raw := range []string{"<td>true", "<td>false", "+00:00", "<td>signed.in", "<td>privacy"} {
		if strings.Contains(page, raw) {
			t.Errorf("the page says %q as it is stored", raw)
		}
	}
	if mail := h.post(kari); !strings.Contains(mail.Subject, "lastet ned") {
		t.Errorf("mail: %+v", mail)
	}
	h.sql(`insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, customer_id, matched_by)
		values (gen_random_uuid(), 'oslo-104', 1, 1, 1, now(), now(), '', '', 'NO', 'DP45821', '` + string(fixture.Kari) + `', 'plate')`)
	h.sql("insert into charge (passage_id, revision, posted_at, list, net, amount, tariff, steps, digest, customer_id) select id, 1, now(), 2900, 2320, 2320, 'x', '[]', 0, customer_id from passage")
	if page := strings.ReplaceAll(v.get("/export").body, "\u00a0", " "); !strings.Contains(page, "<td>23,20 kr</td>") || strings.Contains(page, "<td>oslo-104") {
		t.Error("the page does not say where and for how much")
	}
	if p := ask(v, api.Erase, api.ErasureRequest{}, ""); p.Erasure == nil || len(p.Holds) != 2 || p.Holds[0].Count != 1 || p.Holds[1].Until.Before(h.now().AddDate(4, 0, 0)) {
		t.Errorf("erasure: %+v", p)
	}
	if p := ask(v, api.Erase, api.ErasureRequest{Withdraw: true}, ""); p.Erasure != nil {
		t.Errorf("taken back: %+v", p.Erasure)
	}
	h.pass(access.StepUpMax + time.Second)
	ask(v, api.Export, api.Empty{}, fault.StepUp)
	ask(v, api.Erase, api.ErasureRequest{}, fault.StepUp)
	if p := v.get("/export"); p.Header.Get("Location") != "/prove?next=%2Fexport" {
		t.Errorf("the page: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
}

// Roles inside a company: invitation by mail, what each may see, end dates, removal at once.
func TestPeopleOfACompanyAreInvitedAndRemoved(t *testing.T) {
	h := newHouse(t)
	nils := h.signIn("nils@fjordfrakt.example")
	people := ask(nils, api.People, api.Empty{}, "")
	if len(people.People) != 3 || people.People[0].Role != "owner" || !people.People[0].Here {
		t.Fatalf("people: %+v", people)
	}
	for name, c := range map[string]struct {
		req  api.InviteRequest
		want fault.Code
	}{
		"no address":            {api.InviteRequest{Email: "per", Role: "auditor"}, fault.FieldWrong},
		"an owner":              {api.InviteRequest{Email: "per@bompass.example", Role: "owner"}, fault.FieldWrong},
		"a driver of nothing":   {api.InviteRequest{Email: "per@bompass.example", Role: "driver"}, fault.FieldMissing},
		"a driver of another's": {api.InviteRequest{Email: "per@bompass.example", Role: "driver", Vehicle: fixture.KariPetrol}, fault.NotFound},
		"a role that has ended": {api.InviteRequest{Email: "per@bompass.example", Role: "auditor", Until: h.now().Add(-time.Hour)}, fault.FieldWrong},
	} {
		t.Log(name)
		ask(nils, api.Invite, c.req, c.want)
	}
	ask(nils, api.Invite, api.InviteRequest{Email: "per@bompass.example", Role: "driver", Vehicle: fixture.Lorry(3), Until: h.now().Add(48 * time.Hour)}, "")
	path := h.linkIn(h.post("per@bompass.example"))
	per := h.signIn("per@bompass.example")
	per.get(path)
	if p := per.formIn("/invitation", "/invitation", url.Values{}); p.StatusCode != http.StatusOK {
		t.Fatalf("take: %d %s", p.StatusCode, p.body)
	}
	if p := per.formIn("/invitation", "/invitation", url.Values{}); p.StatusCode == http.StatusOK {
		t.Error("the invitation was taken twice")
	}
	people = ask(nils, api.People, api.Empty{}, "")
	if len(people.People) != 4 || len(people.Invited) != 0 {
		t.Fatalf("people: %+v", people)
	}
	for _, person := range people.People {
		if person.Here {
			ask(nils, api.RemovePerson, api.PersonRequest{Account: person.Account}, fault.LastOwner)
		}
		if person.Role == "driver" && (person.Vehicle != fixture.Lorry(3) || person.Until.IsZero()) {
			t.Errorf("driver: %+v", person)
		}
	}
	ask(nils, api.RemovePerson, api.PersonRequest{Account: fixture.Accounts()[0].ID}, fault.NotFound)
	ask(nils, api.Invite, api.InviteRequest{Email: "gone@bompass.example", Role: "auditor"}, "")
	withdrawn := h.linkIn(h.post("gone@bompass.example"))
	invited := ask(nils, api.People, api.Empty{}, "").Invited
	ask(nils, api.Withdraw, api.InvitationRequest{ID: invited[0].ID}, "")
	per.get(withdrawn)
	if p := per.formIn("/invitation", "/invitation", url.Values{}); p.StatusCode == http.StatusOK {
		t.Error("a withdrawn invitation was taken")
	}
	astrid := h.signIn("astrid@fjordfrakt.example")
	ask(astrid, api.People, api.Empty{}, fault.Refused)
	ask(astrid, api.PassageList, api.PassageListRequest{}, fault.Refused) // an accountant sees no journeys
	ask(astrid, api.Overview, api.Empty{}, "")
	ask(nils, api.RemovePerson, api.PersonRequest{Account: fixture.Accounts()[2].ID}, "")
	ask(astrid, api.Me, api.Empty{}, fault.SignedOut)
	h.pass(access.StepUpMax + time.Second)
	ask(nils, api.Invite, api.InviteRequest{Email: "x@bompass.example", Role: "auditor"}, fault.StepUp)
}
