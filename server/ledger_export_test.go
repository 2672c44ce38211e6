package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store/demo"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// invoiced lets payers drive and makes their invoices with the command. It returns the pipeline with the database, the
// program and its environment.
func invoiced(t *testing.T, data demo.Data, changes ...string) (r *pipelinetest.Rig, server string, env []string) {
	t.Helper()
	r = pipelinetest.New(t, oslo.At(pipelinetest.November.Month().Last()+10, 9, 0, 0))
	if err := demo.Seed(t.Context(), r.DB, data); err != nil {
		t.Fatal(err)
	}
	for _, sql := range changes {
		pgtest.Exec(t, r.DB, sql)
	}
	r.Send(pipelinetest.NDJSON(drivenBy(len(data.Agreements))...))
	r.Settle()
	server, env = program(t), []string{"DATABASE_URL=" + r.URL, "BOMPASS_HOME=" + t.TempDir()}
	if out, said, err := perform(t, server, env, "billing", "run", "--period", "2025-11"); err != nil {
		t.Fatalf("%s%s", out, said)
	}
	return r, server, env
}

// The postings of a month in which invoices were made are a file of vouchers that add up to 0, and whose sums are those of
// the invoices.
func TestLedgerIsExportedForAccounting(t *testing.T) {
	r, server, env := invoiced(t, payers(5))
	month := pgtest.One[string](t, r.DB, "select to_char(max(at) at time zone 'Europe/Oslo', 'YYYY-MM') from ledger_transaction")
	file := filepath.Join(t.TempDir(), "month.se")
	out, said, err := perform(t, server, env, "ledger", "export", "--month", month, "--to", file)
	if err != nil {
		t.Fatalf("%s%s", out, said)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sums, vouchers := map[string]money.Ore{}, 0
	var voucher money.Ore
	for line := range strings.Lines(string(text)) {
		switch fields := strings.Fields(line); fields[0] {
		case "#VER":
			vouchers++
		case "#TRANS":
			amount, err := money.Parse(fields[len(fields)-1])
			if err != nil {
				t.Fatal(err)
			}
			sums[fields[1]] += amount
			voucher += amount
		case "}":
			if voucher != 0 {
				t.Errorf("a voucher adds up to %s", voucher)
			}
		}
	}
	total := money.Ore(pgtest.One[int64](t, r.DB, "select sum(total) from invoice"))
	if vouchers != 5 || total <= 0 || sums["1500"] != total || sums["3100"] != -total {
		t.Errorf("%d vouchers, sums %v; 5 invoices of %s", vouchers, sums, total)
	}
	if !strings.Contains(out, "5 vouchers") || !strings.Contains(out, total.String()) {
		t.Errorf("the command says\n%s", out)
	}
	for args, want := range map[string]string{
		"--month 2026-11":                          "server ledger export",
		"--month november --to x":                  `"november" is not a month`,
		"--month 2026-11 --to x --chart /no/where": "chart of accounts",
		"--month 2026-11 --to " + file + "/x":      "not a directory",
	} {
		if _, said, err := perform(t, server, env, append([]string{"ledger", "export"}, strings.Fields(args)...)...); err == nil || !strings.Contains(said, want) {
			t.Errorf("%s: %v %q, want %q", args, err, said, want)
		}
	}
}

// An invoice to a company is written as EHF, with the company's number and its own reference; one to a person is not.
func TestInvoiceToCompanyIsWrittenAsEHF(t *testing.T) {
	data := payers(2)
	data.Agreements[0].Customer = fixture.Fjordfrakt
	r, server, env := invoiced(t, data,
		"insert into organisation (number, customer_id) values ('"+fixture.FjordfraktOrganisation+"', '"+string(fixture.Fjordfrakt)+"') on conflict do nothing",
		"update agreement set reference = 'Avdeling 3' where number = '"+data.Agreements[0].Number+"'")
	number := func(customer toll.CustomerID) string {
		return pgtest.One[string](t, r.DB, "select number::text from invoice where kind = 'invoice' and customer_id = '"+string(customer)+"'")
	}
	file := filepath.Join(t.TempDir(), "invoice.xml")
	if out, said, err := perform(t, server, env, "billing", "ehf", "--number", number(fixture.Fjordfrakt), "--to", file); err != nil {
		t.Fatalf("%s%s", out, said)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<cbc:ID>` + number(fixture.Fjordfrakt) + `</cbc:ID>`, `<cbc:EndpointID schemeID="0192">` + fixture.FjordfraktOrganisation + `</cbc:EndpointID>`,
		"<cbc:BuyerReference>Avdeling 3</cbc:BuyerReference>", "<cbc:RegistrationName>Bompass Utsteder AS</cbc:RegistrationName>", fixture.BankAccount, "Bompassering: ",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the file lacks %s", want)
		}
	}
	credited := number(fixture.Fjordfrakt)
	out, said, err := perform(t, server, env, "billing", "credit", credited, "--reason", "wrong vehicle")
	if err != nil || !strings.Contains(out, "credit note 900000001") {
		t.Fatalf("%s%s", out, said)
	}
	if out, said, err := perform(t, server, env, "billing", "ehf", "--number", "900000001", "--to", file); err != nil {
		t.Fatalf("%s%s", out, said)
	}
	if text, err = os.ReadFile(file); err != nil || !strings.Contains(string(text), "<CreditNote") || !strings.Contains(string(text), "<cbc:ID>"+credited+"</cbc:ID>") {
		t.Errorf("the credit note is %v %s", err, text)
	}
	for args, want := range map[string]string{
		"credit " + credited + " --reason twice": "is credited already", "credit 900000001 --reason x": "no invoice has the number", "credit x --reason x": "no invoice has the number",
		"hold 5 --reason x": "no invoice has the number", "release " + credited: "no reminders are stopped",
	} {
		if _, said, err := perform(t, server, env, append([]string{"billing"}, strings.Fields(args)...)...); err == nil || !strings.Contains(said, want) {
			t.Errorf("%s: %v %q, want %q", args, err, said, want)
		}
	}
	if out, said, err := perform(t, server, env, "ledger", "check"); err != nil {
		t.Errorf("%s%s", out, said)
	}
	for number, want := range map[string]string{number(fixture.Kari): "is to a person", "1": "there is no document"} {
		if _, said, err := perform(t, server, env, "billing", "ehf", "--number", number, "--to", file); err == nil || !strings.Contains(said, want) {
			t.Errorf("document %s: %v %q, want %q", number, err, said, want)
		}
	}
}
