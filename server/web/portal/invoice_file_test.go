package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"bompass/server/internal/pgtest"
	"bompass/server/web/webtest"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

const invoiceFile = "/api/v1/invoice/file?number=100001&form="

// An invoice is downloaded as PDF under a name that says what it is, and is the same bytes each time, whatever has changed since.
func TestInvoiceIsDownloadedAsPDF(t *testing.T) {
	h := webtest.New(t)
	addInvoice(t, h, fixture.Kari, fixture.KariAgreement)
	kari, olav := h.SignIn(webtest.Kari), h.SignIn("olav@bompass.example")
	first := map[string]string{}
	for form, name := range map[string]string{"pdf": "faktura-100001.pdf", "pdf.detailed": "faktura-100001-med-passeringer.pdf"} {
		p := kari.Get(invoiceFile + form)
		if p.StatusCode != http.StatusOK || p.Header.Get("Content-Type") != "application/pdf" || p.Header.Get("Content-Disposition") != "attachment; filename="+name ||
			p.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(p.Body, "%PDF-1.7") {
			t.Errorf("%s: %d %v %.20q", form, p.StatusCode, p.Header, p.Body)
		}
		first[form] = p.Body
	}
	if first["pdf"] == first["pdf.detailed"] {
		t.Error("both forms are the same file")
	}
	pgtest.Exec(t, h.DB, "update customer set name = 'Another', language = 'en'")
	for form, body := range first {
		if again := kari.Get(invoiceFile + form); again.Body != body {
			t.Errorf("%s: the file has changed", form)
		}
	}
	shown := kari.Get(invoiceFile + "pdf&show=1")
	if d := shown.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "inline; filename=") || strings.Contains(shown.Header.Get("Content-Security-Policy"), "script-src") {
		t.Errorf("to be shown: %s %s", d, shown.Header.Get("Content-Security-Policy"))
	}
	for _, address := range []string{invoiceFile + "ehf", invoiceFile, invoiceFile + "exe", "/api/v1/invoice/file?number=x&form=pdf", "/api/v1/invoice/file?number=2&form=pdf"} {
		if f := webtest.FaultOf(t, kari.Get(address)); f.Code != fault.NotFound {
			t.Errorf("%s: %+v", address, f)
		}
	}
	if f := webtest.FaultOf(t, olav.Get(invoiceFile+"pdf")); f.Code != fault.NotFound {
		t.Errorf("another customer: %+v", f)
	}
}

// A company gets its invoices as EHF, too. Its accountant gets the sums, and no file that says where anyone drove.
func TestCompanyGetsInvoiceForItsAccounting(t *testing.T) {
	h := webtest.New(t)
	addInvoice(t, h, fixture.Fjordfrakt, "00000000-0000-0000-0000-000000000000")
	nils, astrid := h.SignIn("nils@fjordfrakt.example"), h.SignIn("astrid@fjordfrakt.example")
	pgtest.Exec(t, h.DB, "insert into organisation (number, customer_id) select $1, $2 where not exists (select from organisation where customer_id = $2::uuid)",
		fixture.FjordfraktOrganisation, string(fixture.Fjordfrakt))
	p := nils.Get(invoiceFile + "ehf")
	if p.StatusCode != http.StatusOK || p.Header.Get("Content-Type") != "application/xml" || p.Header.Get("Content-Disposition") != "attachment; filename=faktura-100001.xml" ||
		!strings.Contains(p.Body, "<cbc:ID>100001</cbc:ID>") || !strings.Contains(p.Body, "Bompass Utsteder AS") {
		t.Errorf("%d %v %s", p.StatusCode, p.Header, p.Body)
	}
	if p := astrid.Get(invoiceFile + "pdf"); p.StatusCode != http.StatusOK || !strings.HasPrefix(p.Body, "%PDF") {
		t.Errorf("an accountant: %d %s", p.StatusCode, p.Body)
	}
	for _, form := range []string{"pdf.detailed", "ehf"} {
		if f := webtest.FaultOf(t, astrid.Get(invoiceFile+form)); f.Code != fault.Refused {
			t.Errorf("an accountant, %s: %+v", form, f)
		}
	}
}

// A file that is kept cannot be changed or deleted, and one whose bytes were changed all the same is not sent.
func TestKeptFileIsNotChanged(t *testing.T) {
	h := webtest.New(t)
	addInvoice(t, h, fixture.Kari, fixture.KariAgreement)
	kari := h.SignIn(webtest.Kari)
	kari.Get(invoiceFile + "pdf")
	for _, change := range []string{"update invoice_file set made_at = now()", "delete from invoice_file", "truncate invoice_file"} {
		if _, err := h.DB.Pool.Exec(t.Context(), change); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", change, err)
		}
	}
	if _, err := h.DB.Pool.Exec(t.Context(), `insert into invoice_file select invoice_id, 'pdf.detailed', made_at, sha256, 'x' from invoice_file`); err == nil {
		t.Error("a file is kept with the hash of another")
	}
}

// A file that is opened in a tab and cannot be had is answered by a page: to sign in again, or that there is none.
func TestFileInATabFailsAsAPage(t *testing.T) {
	h := webtest.New(t)
	addInvoice(t, h, fixture.Kari, fixture.KariAgreement)
	tab := webtest.Header("Sec-Fetch-Mode", "navigate")
	if p := h.Visitor().Get(invoiceFile+"pdf", tab); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/login" {
		t.Errorf("signed out: %d to %q", p.StatusCode, p.Header.Get("Location"))
	}
	kari := h.SignIn(webtest.Kari)
	if p := kari.Get("/api/v1/invoice/file?number=2&form=pdf", tab); p.StatusCode != http.StatusNotFound || !strings.Contains(p.Body, "<h1") {
		t.Errorf("none: %d %.200s", p.StatusCode, p.Body)
	}
	if p := h.Visitor().Get(invoiceFile + "pdf"); p.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(p.Body, "{") {
		t.Errorf("asked by a program: %d %.200s", p.StatusCode, p.Body)
	}
}
