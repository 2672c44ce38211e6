package portal_test

import (
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bompass/server/fleet"
	"bompass/server/partner/register"
	"bompass/server/store/fleetdb"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/site"
)

// importer sends files of vehicles.
type importer struct {
	t *testing.T
	h *webtest.Server
	v *webtest.Visitor
}

// send sends a file and returns the page that it leads to, and the id of the import, empty if the file was refused.
func (i importer) send(file string) (page, id string) {
	i.t.Helper()
	csrf := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(i.v.Get(site.ImportVehicles).Body)
	if csrf == nil {
		i.t.Fatal("no form")
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("csrf", csrf[1]); err != nil {
		i.t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", "bilene.csv")
	if err != nil {
		i.t.Fatal(err)
	}
	_, _ = part.Write([]byte(file))
	_ = form.Close()
	p := i.v.Do(http.MethodPost, site.ImportVehicles, body.String(), webtest.Header("Content-Type", form.FormDataContentType()))
	if p.StatusCode != http.StatusSeeOther {
		return html.UnescapeString(p.Body), ""
	}
	address := p.Header.Get("Location")
	u, err := url.Parse(address)
	if err != nil {
		i.t.Fatal(err)
	}
	return i.page(u.Query().Get("id")), u.Query().Get("id")
}

// page returns the page of an import.
func (i importer) page(id string) string {
	i.t.Helper()
	return html.UnescapeString(i.v.Get(site.ImportVehicles + "?id=" + id).Body)
}

// post sends the form that confirms or undoes an import, and does the work that it causes.
func (i importer) post(path, id string, undo bool, more url.Values) webtest.Page {
	i.t.Helper()
	fields := url.Values{"id": {id}}
	for name, value := range more {
		fields[name] = value
	}
	p := i.v.SubmitFormAt(site.ImportVehicles+path, site.ImportVehicles, fields)
	if p.StatusCode == http.StatusSeeOther {
		i.work(id, undo)
	}
	return p
}

// work performs the job of an import.
func (i importer) work(id string, undo bool) {
	i.t.Helper()
	s := fleet.NewService(fleetdb.New(i.h.DB), register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, nil, nil, i.h.Keys, i.h.Now)
	for range 2 { // a job that is run again changes nothing more
		if err := s.WorkImport(i.t.Context(), fleet.ImportJob{ID: id, Undo: undo}, 1); err != nil {
			i.t.Fatal(err)
		}
	}
}

func wantTexts(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// A company imports a file: each row says what it changes or what is wrong and what to do, nothing is changed before the
// file is confirmed, the changes are in the history, and they are undone within a day. The file may be sent again.
func TestCompanyImportsVehicles(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("nils@fjordfrakt.example")
	i := importer{t, h, v}
	other := secondAgreement(t, v)
	h.Advance(time.Minute)
	lines := webtest.Call(v, api.Fleet, api.Empty{}, "").Lines
	moved, named := lines[1], lines[2]
	file := "Avtale;Land;Registreringsnummer;Type kjøretøy;Drivstoff;Euro-klasse;Brikke;Kostnadssted;Egen referanse;Farge\n" +
		moved.Agreement + ";NO;CD 10001;Lastebil eller buss over 3 500 kg;diesel;6;;Nord;;rød\n" +
		other + ";NO;" + moved.Plate.Text + ";;;;" + string(moved.Tag) + ";;;\n" +
		";NO;" + named.Plate.Text + ";;;;;Sør;=Bil 3;\n" +
		";NO;" + lines[3].Plate.Text + ";;;;;;;\n" + // as it is
		moved.Agreement + ";NO;CD10001;;;;;;;\n" +
		"9999999;NO;CD10003;Personbil eller bobil;Diesel;;;;;\n" +
		moved.Agreement + ";NO;CD10004;Traktor;Diesel;;;;;\n" +
		moved.Agreement + ";NO;CD10005;Personbil eller bobil;;;;;;\n" +
		moved.Agreement + ";NO;!!;Personbil eller bobil;Diesel;;;;;\n" +
		moved.Agreement + ";NO;DP45821;Personbil eller bobil;Diesel;;;;;\n" + // Kari's
		";NO;" + lines[4].Plate.Text + ";;;;" + string(moved.Tag) + ";;;\n"
	page, id := i.send(file)
	wantTexts(t, page, "Filen har 11 rader. 3 rader endrer noe. 7 rader har feil.", "Legges til på avtale "+moved.Agreement, "Flyttes fra avtale "+moved.Agreement+" til avtale "+other,
		"Kostnadssted: Sør", "Referanse: =Bil 3", "står også på rad 2", "Avtalen 9999999 er ikke en av deres", "Typen «Traktor» er ukjent", "Drivstoffet «» er ukjent",
		"«!!» er ikke et registreringsnummer", "DP 45821 står på en avtale hos noen andre", "hører ikke til dette kjøretøyet")
	if after := webtest.Call(v, api.Fleet, api.Empty{}, "").Lines; len(after) != len(lines) {
		t.Errorf("a try has changed the vehicles: %d, were %d", len(after), len(lines))
	}
	if p := i.post("/confirm", id, false, nil); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.Body, `href="#terms"`) {
		t.Errorf("without terms: %d", p.StatusCode)
	}
	for range 2 {
		i.post("/confirm", id, false, url.Values{"terms": {"yes"}})
	}
	wantTexts(t, i.page(id), "3 kjøretøy er endret.", `id="undo"`)
	added := lineOf(t, v, "CD10001")
	if added.Agreement != moved.Agreement || added.Centre != "Nord" || added.Tag != "" || added.Class != "heavy euro6" {
		t.Errorf("added: %+v", added)
	}
	if l := lineOf(t, v, moved.Plate.Text); l.Agreement != other || l.Tag != moved.Tag {
		t.Errorf("moved: %+v", l)
	}
	if l := lineOf(t, v, named.Plate.Text); l.Centre != "Sør" || l.Reference != "=Bil 3" {
		t.Errorf("named: %+v", l)
	}
	if events := webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{}, "").Events; len(events) != 6 || events[0].Actor != "Nils Berg" {
		t.Errorf("history: %d changes, %+v", len(events), events)
	}
	page, _ = i.send(file)
	wantTexts(t, page, "0 rader endrer noe.")
	h.Advance(time.Minute)
	i.post("/undo", id, true, nil)
	wantTexts(t, i.page(id), "3 kjøretøy er satt tilbake.")
	after := webtest.Call(v, api.Fleet, api.Empty{}, "").Lines
	for n, l := range after {
		if was := lines[n]; l.Plate != was.Plate || l.Agreement != was.Agreement || l.Tag != was.Tag || l.Centre != was.Centre || l.Reference != was.Reference {
			t.Errorf("undone: %+v, was %+v", l, was)
		}
	}
	if len(after) != len(lines) {
		t.Errorf("undone: %d vehicles, were %d", len(after), len(lines))
	}
}

// The file of the export changes nothing when it is imported. After a day an import cannot be undone, and other customers
// do not see it.
func TestExportedFileIsImported(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("nils@fjordfrakt.example")
	i := importer{t, h, v}
	for _, format := range []string{"xlsx", "csv"} {
		page, _ := i.send(v.Get(api.FleetExport.Path + "?format=" + format).Body)
		wantTexts(t, page, "Filen har 40 rader. 0 rader endrer noe. 0 rader har feil.")
	}
	for name, file := range map[string]string{"no file": "", "no plates": "Navn;Alder\nKari;40\n", "a picture": "\x89PNG\x00", "too long": "Registreringsnummer\n" + strings.Repeat("AB12345\n", fleet.ImportRowsMax+1)} {
		if page, id := i.send(file); id != "" || !strings.Contains(page, "file-error") {
			t.Errorf("%s: accepted as %s", name, id)
		}
	}
	page, id := i.send("Registration number,Cost centre\n" + lineOf(t, v, "VJ40110").Plate.Text + ",North\n")
	wantTexts(t, page, "1 rad endrer noe.")
	i.post("/confirm", id, false, nil)
	if l := lineOf(t, v, "VJ40110"); l.Centre != "North" {
		t.Errorf("named: %+v", l)
	}
	jonas := h.SignIn("jonas@fjordfrakt.example")
	if p := jonas.Get(site.ImportVehicles + "?id=" + id); p.StatusCode != http.StatusOK {
		t.Errorf("another person of the company: %d", p.StatusCode)
	}
	for email, want := range map[string]int{"astrid@fjordfrakt.example": http.StatusForbidden, webtest.Kari: http.StatusForbidden} {
		if p := h.SignIn(email).Get(site.ImportVehicles + "?id=" + id); p.StatusCode != want {
			t.Errorf("%s: %d, want %d", email, p.StatusCode, want)
		}
	}
	h.Advance(25 * time.Hour)
	v = h.SignIn("nils@fjordfrakt.example")
	if p := (importer{t, h, v}).post("/undo", id, true, nil); p.StatusCode != http.StatusNotFound {
		t.Errorf("undone after a day: %d", p.StatusCode)
	}
	if strings.Contains(v.Get(site.ImportVehicles+"?id="+id).Body, `id="undo"`) {
		t.Error("the button is offered after a day")
	}
}

// BenchmarkImport measures a try of 10,000 rows: reading the file, deciding about each row and storing the result.
func BenchmarkImportTry(b *testing.B) {
	db, actor := benchmarkCompany(b)
	s := fleet.NewService(fleetdb.New(db), register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, nil, nil, benchmarkKeys(b), time.Now)
	var file strings.Builder
	file.WriteString("Avtale;Land;Registreringsnummer;Type kjøretøy;Drivstoff;Kostnadssted\n")
	for n := range fleet.ImportRowsMax {
		_, _ = fmt.Fprintf(&file, "7002001;NO;AB%05d;Varebil inntil 3 500 kg;Diesel;Avdeling %d\n", 10000+n, n%20)
	}
	for b.Loop() {
		if _, err := s.TryImport(b.Context(), actor, "fleet.csv", []byte(file.String())); err != nil {
			b.Fatal(err)
		}
	}
}
