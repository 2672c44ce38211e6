package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/legacy"
	"bompass/server/store/legacydb"
	"bompass/shared/api"
)

// importLegacy imports files as the command server legacy import does.
func (h *house) importLegacy(files ...string) {
	h.t.Helper()
	for _, text := range files {
		kind, rows, problems, err := legacy.ReadFile(strings.NewReader(text), h.keys, h.now())
		if err != nil || len(problems) > 0 {
			h.t.Fatalf("%s: %v %v", kind, problems, err)
		}
		if r, err := legacydb.New(h.db).Import(h.t.Context(), rows, false); err != nil || len(r.Problems) > 0 {
			h.t.Fatalf("%s: %v %v", kind, r.Problems, err)
		}
	}
}

// setFirstPassword creates the password of a customer number and returns the visitor who has chosen it.
func (h *house) setFirstPassword(number, mail string) *visitor {
	h.t.Helper()
	h.pass(time.Hour) // past the throttle
	h.visitor().fill("/first/password", url.Values{"number": {number}})
	v := h.visitor()
	if p := v.open(h.linkIn(h.post(mail)), url.Values{"password": {fresh}}); p.StatusCode != http.StatusOK {
		h.t.Fatalf("first password: %d %s", p.StatusCode, p.body)
	}
	return v
}

// An imported customer without an address cannot get a password before one is registered; the message goes to the
// address that was registered.
func TestImportedCustomerRegistersAnAddressAndThenAPassword(t *testing.T) {
	h := newHouse(t)
	const mail = "lars@bompass.example"
	h.importLegacy(
		"customer,kind,name,country,language,personal_number\nL-1,private,Lars Ek,SE,sv,19780101-2399\n",
		"agreement,customer,charger,from\n7009001,L-1,ferde,2024-01-01\n",
	)
	h.visitor().fill("/first/password", url.Values{"number": {"7009001"}})
	if n := len(h.inbox.List(mail)); n != 0 {
		t.Errorf("%d messages before an address was registered", n)
	}
	h.pass(time.Hour)
	if p := h.visitor().fill("/first/email", url.Values{"number": {"7009001"}, "personal": {"19780101-2399"}, "email": {mail}}); p.StatusCode != http.StatusOK {
		t.Fatalf("first address: %d %s", p.StatusCode, p.body)
	}
	if got := h.post(mail); got.Language != "sv" || !strings.Contains(got.Text, "/first/password") {
		t.Errorf("message: %+v", got)
	}
	proves.That(t, "S3.21")
	v := h.setFirstPassword("7009001", mail)
	if p := v.password("7009001", fresh); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", p.StatusCode)
	}
	v.enrol("/login/enrol")
	if p := v.get(api.Me.Path); !strings.Contains(p.body, `"language":"sv"`) {
		t.Errorf("me: %s", p.body)
	}
	proves.That(t, "S3.15")
}

func TestImportedCompanySignsInWithItsOrganisationNumber(t *testing.T) {
	h := newHouse(t)
	const mail = "firma@bompass.example"
	h.importLegacy(
		"customer,kind,name,email,country,language,organisation\nF-1,company,Åkeri AB,"+mail+",SE,sv,16556036-0793\n",
		"agreement,customer,charger,from\n7009002,F-1,ferde,2024-01-01\n",
	)
	v := h.setFirstPassword("7009002", mail)
	if p := v.password("16556036-0793", fresh); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in with the organisation number: %d %s", p.StatusCode, p.body)
	}
	v.enrol("/login/enrol")
	if p := v.get(api.Me.Path); !strings.Contains(p.body, "Åkeri AB") {
		t.Errorf("me: %s", p.body)
	}
	proves.That(t, "S3.14")
}
