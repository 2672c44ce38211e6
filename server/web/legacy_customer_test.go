package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
)

// An imported customer without an address cannot get a password before one is registered; the message goes to the
// address that was registered.
func TestImportedCustomerRegistersAnAddressAndThenAPassword(t *testing.T) {
	h := webtest.New(t)
	const mail = "lars@bompass.example"
	h.ImportLegacy(
		"customer,kind,name,country,language,personal_number\nL-1,private,Lars Ek,SE,sv,19780101-2399\n",
		"agreement,customer,charger,from\n7009001,L-1,ferde,2024-01-01\n",
	)
	h.Visitor().SubmitForm("/first/password", url.Values{"number": {"7009001"}})
	if n := len(h.Inbox.List(mail)); n != 0 {
		t.Errorf("%d messages before an address was registered", n)
	}
	h.Advance(time.Hour)
	if p := h.Visitor().SubmitForm("/first/email", url.Values{
		"number": {"7009001"}, "personal": {"19780101-2399"}, "email": {mail},
	}); p.StatusCode != http.StatusOK {
		t.Fatalf("first address: %d %s", p.StatusCode, p.Body)
	}
	got := h.LastMessage(mail)
	if got.Language != "sv" {
		t.Errorf("message: %+v", got)
	}
	if p := h.Visitor().OpenLink(h.LinkIn(got), url.Values{}); p.StatusCode != http.StatusOK {
		t.Fatalf("the link in the message: %d %s", p.StatusCode, p.Body)
	}
	proves.That(t, "S3.21")
	v := h.SetFirstPassword("7009001", mail)
	if p := v.SubmitPassword("7009001", webtest.NewPassword); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", p.StatusCode)
	}
	v.EnrolTOTP("/login/enrol")
	if p := v.Get(api.Me.Path); !strings.Contains(p.Body, `"language":"sv"`) {
		t.Errorf("me: %s", p.Body)
	}
	proves.That(t, "S3.15")
}

func TestImportedCompanySignsInWithItsOrganisationNumber(t *testing.T) {
	h := webtest.New(t)
	const mail = "firma@bompass.example"
	h.ImportLegacy(
		"customer,kind,name,email,country,language,organisation\nF-1,company,Åkeri AB,"+mail+",SE,sv,16556036-0793\n",
		"agreement,customer,charger,from\n7009002,F-1,ferde,2024-01-01\n",
	)
	v := h.SetFirstPassword("7009002", mail)
	if p := v.SubmitPassword("16556036-0793", webtest.NewPassword); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in with the organisation number: %d %s", p.StatusCode, p.Body)
	}
	v.EnrolTOTP("/login/enrol")
	if p := v.Get(api.Me.Path); !strings.Contains(p.Body, "Åkeri AB") {
		t.Errorf("me: %s", p.Body)
	}
	proves.That(t, "S3.14")
}
