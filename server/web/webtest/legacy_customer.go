package webtest

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"bompass/server/legacy"
	"bompass/server/store/legacydb"
)

// ImportLegacy imports files like the command "server legacy import".
func (h *Server) ImportLegacy(files ...string) {
	h.t.Helper()
	for _, text := range files {
		kind, rows, problems, err := legacy.ReadFile(strings.NewReader(text), h.Keys, h.Now())
		if err != nil || len(problems) > 0 {
			h.t.Fatalf("%s: %v %v", kind, problems, err)
		}
		if r, err := legacydb.New(h.DB).Import(h.t.Context(), rows, false); err != nil || len(r.Problems) > 0 {
			h.t.Fatalf("%s: %v %v", kind, r.Problems, err)
		}
	}
}

// ImportAgreement imports a customer of the legacy system with one agreement, as ImportLegacy does.
func (h *Server) ImportAgreement(kind, number, email string) {
	h.t.Helper()
	h.ImportLegacy(
		"customer,kind,name,email\nL-"+number+","+kind+",Eldre Kunde,"+email+"\n",
		"agreement,customer,charger,from\n"+number+",L-"+number+",ferde,2024-01-01\n",
	)
}

// SetFirstPassword chooses the first password of a customer number with the link in a message, and returns the browser.
func (h *Server) SetFirstPassword(number, mail string) *Visitor {
	h.t.Helper()
	h.Advance(time.Hour) // past the throttle
	h.Visitor().SubmitForm("/first/password", url.Values{"number": {number}})
	v := h.Visitor()
	if p := v.OpenLink(h.LinkIn(h.LastMessage(mail)), url.Values{"password": {NewPassword}}); p.StatusCode != http.StatusOK {
		h.t.Fatalf("first password: %d %s", p.StatusCode, p.Body)
	}
	return v
}
