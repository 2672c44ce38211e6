package portal_test

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
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// S1.24, S4.08, S4.21, S4.25: details are saved, and a new mobile number is confirmed by a code that can be sent
// again.
func TestDetailsAreSavedAndMobileIsConfirmed(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	p := webtest.Call(v, api.Profile, api.Empty{}, "")
	if p.Name != "Kari Lund" || p.Email != webtest.Kari || !p.EmailConfirmed || p.Company || p.Saved {
		t.Errorf("profile: %+v", p)
	}
	full := api.Details{Mobile: "９００ 00 002", PhoneWork: "22 00 00 00", Street: "c/o " + strings.Repeat("渡", 96), PostalCode: "0155", City: "Oslo", Country: "no"}
	for name, c := range map[string]struct {
		change func(d *api.Details)
		field  string
		code   fault.Code
	}{
		"an impossible number":      {func(d *api.Details) { d.Mobile = "12" }, "mobile", fault.FieldWrong},
		"no number":                 {func(d *api.Details) { d.Mobile = "" }, "mobile", fault.FieldMissing},
		"letters":                   {func(d *api.Details) { d.PhoneWork = "abc" }, "phone_work", fault.FieldWrong},
		"the name of a country":     {func(d *api.Details) { d.Country = "Norge" }, "country", fault.FieldWrong},
		"markup":                    {func(d *api.Details) { d.Street = "<script>" }, "street", fault.FieldWrong},
		"no street":                 {func(d *api.Details) { d.Street = " " }, "street", fault.FieldMissing},
		"a postal code too short":   {func(d *api.Details) { d.PostalCode = "155" }, "postal_code", fault.FieldWrong},
		"two lines in a contact":    {func(d *api.Details) { d.Contact = "A\nB" }, "contact", fault.FieldWrong},
		"a city longer than a line": {func(d *api.Details) { d.City = strings.Repeat("x", 101) }, "city", fault.FieldWrong},
	} {
		d := full
		c.change(&d)
		body, _ := json.Marshal(d)
		if f := webtest.FaultOf(t, v.Do("POST", api.SaveProfile.Path, string(body))); f.Code != c.code || f.Field != c.field {
			t.Errorf("%s: got %+v, want %s at %s", name, f, c.code, c.field)
		}
	}
	all := webtest.FaultOf(t, v.Do("POST", api.SaveProfile.Path, `{"mobile":"1","phone_work":"2","street":"","postal_code":"1","city":"","country":"NO","given":{"privacy":false}}`))
	for _, field := range []string{"mobile", "phone_work", "street", "postal_code", "city", "privacy"} {
		if all.About(field) == nil {
			t.Errorf("nothing is said of %s: %+v", field, all)
		}
	}
	p = webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: full}, "")
	if p.Mobile != "+4790000002" || p.MobileConfirmed || p.PhoneWork != "+4722000000" || p.Country != "NO" || !p.Saved {
		t.Errorf("saved: %+v", p)
	}
	first := webtest.CodePattern.FindString(h.LastMessage("+4790000002").Text)
	webtest.Call(v, api.SendCode, api.CodeRequest{Channel: person.Mobile}, "")
	second := webtest.CodePattern.FindString(h.LastMessage("+4790000002").Text)
	if first == "" || second == "" {
		t.Fatal("no code was sent")
	}
	if first != second {
		webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: first}, fault.CodeWrong)
	}
	if p = webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: second[:3] + "\u00a0-" + second[3:]}, ""); !p.MobileConfirmed {
		t.Error("the code did not confirm the number")
	}
	webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: second}, fault.CodeWrong)
	if p := h.Visitor().SubmitPassword("90000002", fixture.Password); p.StatusCode != http.StatusSeeOther { // S4.08
		t.Errorf("the number as a name: got %d", p.StatusCode)
	}
	full.Mobile = "90000003"
	if p = webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: full}, ""); p.MobileConfirmed {
		t.Error("another number is confirmed without a code")
	}
	for range person.CodeTries {
		webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: "000000x"}, fault.CodeWrong)
	}
	webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: webtest.CodePattern.FindString(h.LastMessage("+4790000003").Text)}, fault.CodeWrong)
	h.Advance(access.StepUpMax + time.Second)
	full.Mobile = "90000004"
	webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: full}, fault.StepUp)
	proves.That(t, "S1.24", "S4.08", "S4.21", "S4.25")
}

// Messages to addresses that a person chooses are limited for the account and for the address.
func TestMessagesToAnAddressAreLimited(t *testing.T) {
	h := webtest.New(t)
	v, olav := h.SignIn(webtest.Kari), h.SignIn("olav@bompass.example")
	var refused int
	for n := range 12 {
		if p := v.Do(http.MethodPost, api.ChangeEmail.Path, `{"email":"n`+strconv.Itoa(n)+`@bompass.example"}`); p.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 6 {
		t.Errorf("%d of 12 messages to as many addresses were refused, want all but five", refused)
	}
	h.Advance(time.Minute)
	webtest.Call(olav, api.ChangeEmail, api.EmailRequest{Email: "victim@bompass.example"}, "")
	sent := 0
	for _, m := range h.Inbox.List("") {
		if strings.HasPrefix(m.To, "n") {
			sent++
		}
	}
	if h.LastMessage("victim@bompass.example"); sent > 6 {
		t.Errorf("%d messages were sent", sent)
	}
}

// S4.27–S4.33: every answer is stored with version and time. The privacy statement is needed; advertising needs email
// or SMS.
func TestConsentsHaveVersionAndTime(t *testing.T) {
	h := webtest.New(t)
	v := h.RegisterNewcomer("berit@bompass.example", "Berit Aas")
	given := func(kinds ...toll.ConsentKind) api.ConsentRequest {
		req := api.ConsentRequest{Given: map[toll.ConsentKind]bool{}}
		for _, k := range kinds {
			req.Given[k] = true
		}
		return req
	}
	for _, c := range webtest.Call(v, api.Profile, api.Empty{}, "").Consents {
		if c.Version != 0 || c.Current != 1 || c.Given {
			t.Errorf("never asked: %+v", c)
		}
	}
	webtest.Call(v, api.SaveConsents, given(toll.ConsentEmail), fault.ConsentNeeded)
	for _, c := range []struct {
		req     api.ConsentRequest
		reaches bool
	}{
		{given(toll.ConsentPrivacy, toll.ConsentAdvertising), false},
		{given(toll.ConsentPrivacy, toll.ConsentAdvertising, toll.ConsentSMS), true},
		{given(toll.ConsentPrivacy, toll.ConsentSMS), false},
	} {
		list := webtest.Call(v, api.SaveConsents, c.req, "").Consents
		if got := list[3]; len(list) != 4 || got.Kind != toll.ConsentAdvertising || got.Reaches != c.reaches || got.Version != 1 || got.At.IsZero() {
			t.Errorf("%v: got %+v", c.req.Given, got)
		}
	}
	proves.That(t, "S4.28", "S4.33")
}

// ASVS V7.5.2, V7.4.3: a person sees all sessions and the history of the account, and ends one session or all.
func TestSessionsAreListedAndEnded(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Advance(time.Minute)
	other := h.SignIn(webtest.Kari)
	list := webtest.Call(v, api.Sessions, api.Empty{}, "")
	if len(list.Sessions) != 2 || len(list.History) != 2 || list.History[0].Kind != "signed.in" || list.Sessions[0].Network != "127.0.0.0/24" {
		t.Fatalf("sessions: %+v", list)
	}
	for _, s := range list.Sessions {
		if !s.Here {
			webtest.Call(h.SignIn("olav@bompass.example"), api.EndSession, api.SessionRequest{ID: s.ID}, fault.NotFound)
			webtest.Call(v, api.EndSession, api.SessionRequest{ID: s.ID}, "")
		}
	}
	webtest.Call(other, api.Me, api.Empty{}, fault.SignedOut)
	webtest.Call(v, api.EndSession, api.SessionRequest{ID: "guess"}, fault.NotFound)
	webtest.Call(v, api.EndSessions, api.Empty{}, "")
	webtest.Call(v, api.Me, api.Empty{}, fault.SignedOut)
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.Subject, "alle steder") {
		t.Errorf("mail: %+v", mail)
	}
}

func TestLogoutIsInHistory(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	if p := v.Do(http.MethodPost, api.Logout.Path, "{}"); p.StatusCode != http.StatusOK {
		t.Fatalf("logout: %d", p.StatusCode)
	}
	h.Advance(time.Minute)
	list := webtest.Call(h.SignIn(webtest.Kari), api.Sessions, api.Empty{}, "").History
	if len(list) != 3 || list[1].Kind != "signed.out" || list[1].Network != "127.0.0.0/24" {
		t.Errorf("history: %+v", list)
	}
}

// The export has everything about a person, as a file and as a page. The owner is notified. A request for erasure
// shows what is retained.
func TestExportIsCompleteAndErasureShowsHolds(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	webtest.Call(v, api.SaveConsents, api.ConsentRequest{Given: map[toll.ConsentKind]bool{toll.ConsentPrivacy: true}}, "")
	v.Get("/export") // reading is no download
	exported := "select count(*)::text from outbox where kind = 'exported'"
	if n := h.QueryText(exported); n != "0" {
		t.Errorf("the page was opened, and %s messages say that something was downloaded", n)
	}
	out := webtest.Call(v, api.Export, api.Empty{}, "")
	if n := h.QueryText(exported); n != "1" {
		t.Errorf("after the download there are %s messages", n)
	}
	for section, want := range map[string]string{
		"account": webtest.Kari, "consents": "privacy", "agreements": "7001001", "vehicles": "DP45821", "customer": "Kari Lund", "history": "signed.in", "sessions": "127.0.0.0/24",
	} {
		if !strings.Contains(string(out.Sections[section]), want) {
			t.Errorf("%s: %s", section, out.Sections[section])
		}
	}
	for _, secret := range []string{"argon2", "totp", "token_hash", fixture.Accounts()[0].TOTPSecret} {
		if all, _ := json.Marshal(out); strings.Contains(string(all), secret) {
			t.Errorf("the export has %s", secret)
		}
	}
	if p := v.Get(api.Export.Path); !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
		t.Error("the export is not sent as a file")
	}
	if p := v.Get("/export"); !strings.Contains(p.Body, "7001001") || !strings.Contains(p.Body, "Avtaler") {
		t.Errorf("the page: %d", p.StatusCode)
	}
	for _, lang := range []string{"en", "sv", "de", "nb"} {
		webtest.Call(v, api.SetLanguage, api.SetLanguageRequest{Language: lang}, "")
		heads := regexp.MustCompile(`<th scope="col">([^<]*)</th>`).FindAllStringSubmatch(v.Get("/export").Body, -1)
		for _, head := range heads {
			if name := head[1]; name == "" || strings.ToLower(name[:1]) == name[:1] || strings.Contains(name, " at") {
				t.Errorf("%s: a column has the heading %q", lang, name)
			}
		}
		if len(heads) < 20 {
			t.Errorf("%s: %d columns", lang, len(heads))
		}
	}
	page := strings.ReplaceAll(v.Get("/export").Body, "\u00a0", " ")
	for _, want := range []string{"Logget inn", "Akseptert personvernerklæring", "Fjellinjen", "Norsk bokmål"} {
		if !strings.Contains(page, "<td>"+want+"</td>") {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, raw := range []string{"<td>true", "<td>false", "+00:00", "<td>signed.in", "<td>privacy"} {
		if strings.Contains(page, raw) {
			t.Errorf("the page shows %q as it is stored", raw)
		}
	}
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.Subject, "lastet ned") {
		t.Errorf("mail: %+v", mail)
	}
	h.Exec(`insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, vehicle_id, customer_id, matched_by)
		values (gen_random_uuid(), 'oslo-104', 1, 1, 1, now(), now(), '', '', 'NO', 'DP45821', '` + string(fixture.KariPetrol) + `', '` + string(fixture.Kari) + `', 'plate')`)
	h.Exec("insert into charge (passage_id, revision, posted_at, list, net, amount, tariff, steps, digest, customer_id) select id, 1, now(), 2900, 2320, 2320, 'x', '[]', 0, customer_id from passage")
	if page := strings.ReplaceAll(v.Get("/export").Body, "\u00a0", " "); !strings.Contains(page, "<td>23,20 kr</td>") || strings.Contains(page, "<td>oslo-104") {
		t.Error("the page lacks the station or the amount")
	}
	if p := webtest.Call(v, api.Erase, api.ErasureRequest{}, ""); p.Erasure == nil || len(p.Holds) != 2 || p.Holds[0].Count != 1 || p.Holds[1].Until.Before(h.Now().AddDate(4, 0, 0)) {
		t.Errorf("erasure: %+v", p)
	}
	if p := webtest.Call(v, api.Erase, api.ErasureRequest{Withdraw: true}, ""); p.Erasure != nil {
		t.Errorf("withdrawn: %+v", p.Erasure)
	}
	h.Advance(access.StepUpMax + time.Second)
	webtest.Call(v, api.Export, api.Empty{}, fault.StepUp)
	webtest.Call(v, api.Erase, api.ErasureRequest{}, fault.StepUp)
	if p := v.Get("/export"); p.Header.Get("Location") != "/prove?next=%2Fexport" {
		t.Errorf("the page: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
}

// A person is invited by email to act for a company in a role, until a date, and loses access at once when removed.
func TestPeopleAreInvitedAndRemoved(t *testing.T) {
	h := webtest.New(t)
	nils := h.SignIn("nils@fjordfrakt.example")
	people := webtest.Call(nils, api.People, api.Empty{}, "")
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
		"a role that has ended": {api.InviteRequest{Email: "per@bompass.example", Role: "auditor", Until: h.Now().Add(-time.Hour)}, fault.FieldWrong},
	} {
		t.Log(name)
		webtest.Call(nils, api.Invite, c.req, c.want)
	}
	webtest.Call(nils, api.Invite, api.InviteRequest{Email: "per@bompass.example", Role: "driver", Vehicle: fixture.Lorry(3), Until: h.Now().Add(48 * time.Hour)}, "")
	path := h.LinkIn(h.LastMessage("per@bompass.example"))
	per := h.SignIn("per@bompass.example")
	per.Get(path)
	if p := per.SubmitFormAt("/invitation", "/invitation", url.Values{}); p.StatusCode != http.StatusOK {
		t.Fatalf("accept: %d %s", p.StatusCode, p.Body)
	}
	if p := per.SubmitFormAt("/invitation", "/invitation", url.Values{}); p.StatusCode == http.StatusOK {
		t.Error("the invitation was accepted twice")
	}
	people = webtest.Call(nils, api.People, api.Empty{}, "")
	if len(people.People) != 4 || len(people.Invited) != 0 {
		t.Fatalf("people: %+v", people)
	}
	for _, person := range people.People {
		if person.Here {
			webtest.Call(nils, api.RemovePerson, api.PersonRequest{Account: person.Account}, fault.LastOwner)
		}
		if person.Role == "driver" && (person.Vehicle != fixture.Lorry(3) || person.Until.IsZero()) {
			t.Errorf("driver: %+v", person)
		}
	}
	webtest.Call(nils, api.RemovePerson, api.PersonRequest{Account: fixture.Accounts()[0].ID}, fault.NotFound)
	webtest.Call(nils, api.Invite, api.InviteRequest{Email: "gone@bompass.example", Role: "auditor"}, "")
	withdrawn := h.LinkIn(h.LastMessage("gone@bompass.example"))
	invited := webtest.Call(nils, api.People, api.Empty{}, "").Invited
	webtest.Call(nils, api.Withdraw, api.InvitationRequest{ID: invited[0].ID}, "")
	per.Get(withdrawn)
	if p := per.SubmitFormAt("/invitation", "/invitation", url.Values{}); p.StatusCode == http.StatusOK {
		t.Error("a withdrawn invitation was accepted")
	}
	astrid := h.SignIn("astrid@fjordfrakt.example")
	webtest.Call(astrid, api.People, api.Empty{}, fault.Refused)
	webtest.Call(astrid, api.PassageList, api.PassageListRequest{}, fault.Refused) // an accountant does not see passages
	webtest.Call(astrid, api.Overview, api.Empty{}, "")
	change := func(account toll.AccountID, to role.Role, vehicle toll.VehicleID, want fault.Code) {
		t.Helper()
		webtest.Call(nils, api.ChangeRole, api.RoleRequest{Account: account, Role: to, Vehicle: vehicle}, want)
	}
	accountant := fixture.Accounts()[2].ID
	change(accountant, role.Auditor, "", "")
	webtest.Call(astrid, api.PassageList, api.PassageListRequest{From: oslo.DayOf(h.Now()), To: oslo.DayOf(h.Now())}, "") // the new role counts at once
	change(accountant, role.Driver, "", fault.FieldMissing)
	change(accountant, role.Driver, fixture.KariPetrol, fault.NotFound)
	change(accountant, role.Owner, "", fault.FieldWrong)
	change(fixture.Accounts()[1].ID, role.Auditor, "", fault.Refused) // oneself
	change(fixture.Accounts()[0].ID, role.Auditor, "", fault.NotFound)
	webtest.Call(nils, api.RemovePerson, api.PersonRequest{Account: accountant}, "")
	webtest.Call(astrid, api.Me, api.Empty{}, fault.SignedOut)
	h.Advance(access.StepUpMax + time.Second)
	webtest.Call(nils, api.Invite, api.InviteRequest{Email: "x@bompass.example", Role: "auditor"}, fault.StepUp)
}
