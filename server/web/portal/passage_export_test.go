package portal_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bompass/server/internal/pgtest"
	"bompass/server/internal/proves"
	"bompass/server/sheet"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

// addPassages inserts passages of Kari's car from 5 October on, an hour apart, each with a charge. The first stands on invoice
// 100001, which addInvoice inserts.
func addPassages(t *testing.T, h *webtest.Server, n int) {
	t.Helper()
	pgtest.Exec(t, h.DB, `with p as (insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, vehicle_id,
			customer_id, agreement_id, matched_by)
		select ('0196d000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'oslo-201', 1, 1, n, t, t, 'in', '9578010000000000012', 'NO', 'DP45821', $1, $2, $3, 'tag'
		from generate_series(1, $4::int) n, lateral (select timestamptz '2026-10-05T04:00:00Z' + n * interval '1 hour' as t) as at returning id, customer_id)
		insert into charge (passage_id, revision, posted_at, list, net, amount, tariff, steps, digest, customer_id)
		select id, 1, '2026-10-05', 2900, 2320, 2320, 'x', '[]', 0, customer_id from p`, string(fixture.KariPetrol), string(fixture.Kari), string(fixture.KariAgreement), n)
}

// S1.21: the passages that are shown are exported to a file for Excel, and to others.
func TestPassagesAreExported(t *testing.T) {
	h := webtest.New(t, webtest.WithReading(t))
	addInvoice(t, h, fixture.Kari, fixture.KariAgreement)
	addPassages(t, h, 30)
	kari := h.SignIn(webtest.Kari)
	file := func(query string) webtest.Page {
		t.Helper()
		p := kari.Get(api.PassageExport.Path + "?" + query)
		if p.StatusCode != http.StatusOK || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment; filename=passeringer-") || p.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %v %.200s", query, p.StatusCode, p.Header, p.Body)
		}
		return p
	}
	const october = "from=2026-10-01&to=2026-10-30&format="
	for _, format := range []string{"xlsx", "csv"} {
		rows, err := sheet.Read([]byte(file(october+format).Body), 100)
		if err != nil || len(rows) != 31 {
			t.Fatalf("%s: %d rows, %v", format, len(rows), err)
		}
		if last := rows[30]; last[1] != "07:00" || last[6] != "DP45821" || last[7] != "9578010000000000012" || !strings.HasPrefix(last[2], "E18 Frognerstranda") {
			t.Errorf("%s: %q", format, last)
		}
	}
	if text := file(october + "csv").Body; !strings.HasPrefix(text, "\ufeffDato;Klokkeslett;Bomstasjon;") || !strings.Contains(text, ";29,00;23,20;") || !strings.Contains(text, ";'9578010000000000012;") {
		t.Errorf("text for a spreadsheet: %.400q", text)
	}
	if text := file(october + "plain").Body; !strings.HasPrefix(text, "passage,at,station,") || !strings.Contains(text, "2026-10-05T05:00:00Z,oslo-201,") || !strings.Contains(text, ",2900,2320\r\n") {
		t.Errorf("text for programs: %.400q", text)
	}
	var lines []api.PassageLine
	if err := json.Unmarshal([]byte(file(october+"json").Body), &lines); err != nil || len(lines) != 30 || lines[29].Net != 2320 {
		t.Errorf("JSON: %d lines, %v", len(lines), err)
	}
	if p := file(october + "pdf"); !strings.HasPrefix(p.Body, "%PDF-1.7") || p.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("PDF: %.20q", p.Body)
	}
	if rows, err := sheet.Read([]byte(file("format=csv&invoice=100001").Body), 10); err != nil || len(rows) != 2 {
		t.Errorf("an invoice: %d rows, %v", len(rows), err)
	}
	for query, want := range map[string]fault.Code{
		october + "exe": fault.FieldWrong, "from=2026-10-01&to=2026-12-31&format=csv": fault.PeriodTooLong, "format=csv&invoice=x": fault.NotFound,
	} {
		if f := webtest.FaultOf(t, kari.Get(api.PassageExport.Path+"?"+query)); f.Code != want {
			t.Errorf("%s: %v, want %s", query, f, want)
		}
	}
	proves.That(t, "S1.21")
}

// The passages of an invoice are those that stand on it, and those of another customer's are none.
func TestPassagesOfAnInvoice(t *testing.T) {
	h := webtest.New(t, webtest.WithReading(t))
	addInvoice(t, h, fixture.Kari, fixture.KariAgreement)
	addPassages(t, h, 3)
	req := api.PassageListRequest{Invoice: "100001"}
	reply := webtest.Call(h.SignIn(webtest.Kari), api.PassageList, req, "")
	if len(reply.Lines) != 1 || reply.Count != 1 || reply.Total != 2320 || !strings.HasSuffix(string(reply.Lines[0].ID), "0001") {
		t.Errorf("%+v", reply)
	}
	if other := webtest.Call(h.SignIn("olav@bompass.example"), api.PassageList, req, ""); len(other.Lines) != 0 || other.Count != 0 {
		t.Errorf("another customer's: %+v", other)
	}
}

// More passages than a file may have at once are refused, and the answer says how many are allowed.
func TestLargeFileIsRefused(t *testing.T) {
	h := webtest.New(t, webtest.WithReading(t))
	pgtest.Exec(t, h.DB, fmt.Sprintf(`insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, vehicle_id,
			customer_id, agreement_id, matched_by)
		select gen_random_uuid(), 'oslo-201', 1, 1, n, t, t, 'in', '', 'NO', 'DP45821', $1, $2, $3, 'plate'
		from generate_series(1, %d) n, lateral (select timestamptz '2026-10-05T04:00:00Z' + n * interval '1 second' as t) as at`, api.PassageExportMax+1),
		string(fixture.KariPetrol), string(fixture.Kari), string(fixture.KariAgreement))
	f := webtest.FaultOf(t, h.SignIn(webtest.Kari).Get(api.PassageExport.Path+"?format=csv&from=2026-10-01&to=2026-10-31"))
	if f.Code != fault.TooLarge || f.Params["max"] != "10000" {
		t.Errorf("%+v", f)
	}
}
