package portal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/sheet"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// exported returns the rows of the file in a format, and the file's name.
func exported(t *testing.T, v *webtest.Visitor, format string) (rows [][]string, name string) {
	t.Helper()
	p := v.Get(api.FleetExport.Path + "?format=" + format)
	if p.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", format, p.StatusCode, p.Body)
	}
	rows, err := sheet.Read([]byte(p.Body), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return rows, p.Header.Get("Content-Disposition")
}

// S2.61: the vehicles of a customer's agreements are exported as a spreadsheet and as text in the reader's language. Both
// have the same rows, and the numbers of tags as text.
func TestVehiclesAreExported(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("nils@fjordfrakt.example")
	lines := webtest.Call(v, api.Fleet, api.Empty{}, "").Lines
	if len(lines) != 40 {
		t.Fatalf("%d vehicles", len(lines))
	}
	book, name := exported(t, v, "xlsx")
	if !strings.Contains(name, "kjoretoy-og-brikker-") || !strings.Contains(name, ".xlsx") || len(book) != 41 {
		t.Errorf("%s: %d rows", name, len(book))
	}
	if want := []string{"Avtale", "Land", "Registreringsnummer", "Type kjøretøy"}; !slices.Equal(book[0][:4], want) {
		t.Errorf("headings: %q", book[0])
	}
	text, _ := exported(t, v, "csv")
	for i, l := range lines {
		for _, row := range [][]string{book[i+1], text[i+1]} {
			if row[0] != l.Agreement || row[1] != "NO" || row[2] != l.Plate.Text || row[6] != string(l.Tag) {
				t.Errorf("%+v is exported as %q", l, row)
			}
		}
	}
	if raw := v.Get(api.FleetExport.Path + "?format=csv").Body; !strings.HasPrefix(raw, "\ufeffAvtale;Land;") || !strings.Contains(raw, ";0,00;;\r\n") {
		t.Errorf("text: %.300q", raw)
	}
	english := h.SignIn("jonas@fjordfrakt.example")
	if raw := english.Get(api.FleetExport.Path + "?format=csv").Body; !strings.HasPrefix(raw, "\ufeffAgreement,Country,") || !strings.Contains(raw, ",0.00,,\r\n") {
		t.Errorf("in English: %.300q", raw)
	}
	if f := webtest.FaultOf(t, v.Get(api.FleetExport.Path+"?format=pdf")); f.Code != fault.FieldWrong {
		t.Errorf("another format: %v", f)
	}
	if rows, _ := exported(t, h.SignIn(webtest.Kari), "xlsx"); len(rows) != 3 {
		t.Errorf("a private customer has %d rows", len(rows))
	}
	proves.That(t, "S2.61")
}
