//go:build !js

package invoice_test

import (
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	page "bompass/app/page/invoice"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/role"
	"bompass/shared/toll"
)

var today = oslo.DayOf(pagetest.Noon)

// summary returns an unpaid invoice.
func summary(number string, due oslo.Day, outstanding money.Ore) api.InvoiceSummary {
	return api.InvoiceSummary{
		Kind: invoice.KindInvoice, Number: number, AgreementID: "a", Agreement: "7001001", Month: today.Month() - 1, Issued: due - 14, Due: due,
		Total: 51000, VAT: 10200, Outstanding: outstanding, KID: "0001000017", Account: fixture.BankAccount, State: invoice.StateSent,
	}
}

func list() api.InvoiceListReply {
	paid := summary("100001", today-40, 0)
	paid.State = invoice.StatePaid
	atOnce := summary("100003", today, 51000)
	atOnce.Issued = today // S4.64: payable at once
	return api.InvoiceListReply{
		Invoices: []api.InvoiceSummary{atOnce, summary("100002", today-3, 20000), paid}, Any: true,
		Owed: []api.Owed{{Agreement: "a", Outstanding: 71000, Invoices: 2, Due: today - 3, Unbilled: 5000, Passages: 2, Since: today - 5}},
	}
}

func openList(t *testing.T, reply api.InvoiceListReply, address string) *pagetest.Screen {
	t.Helper()
	return pagetest.Open(t, pagetest.With(api.InvoiceList.Endpoint, reply), address, page.New)
}

func TestInvoicesAreListedByWhetherTheyArePaid(t *testing.T) {
	server := pagetest.With(api.InvoiceList.Endpoint, list())
	s := pagetest.Open(t, server, "/invoices", page.New)
	if server.Calls("/api/v1/invoices?from=2025-11-01&to=2026-11-20") != 1 {
		t.Error("the latest 13 months were not asked for")
	}
	s.Shows("Ubetalte fakturaer", "Fristen har gått ut", "Sendt, ikke forfalt", "Betalte fakturaer", "Faktura sendt", "Faktura betalt",
		"510,00 kr", "102,00 kr", "200,00 kr", "Herav mva.", "Utestående", "Referanse", "Saldo", "−760,00 kr")
	s.Hides("Kontonummer", "8601.11.17947")
	s.Do(func(app.Context) { page.Open(s.Page, "100002") })
	s.Shows("KID", "0001000017", "Kontonummer", "8601.11.17947", "Kopier KID", "Kopier Kontonummer", "Kopier Beløp", "Gå til passeringer", "Vis faktura (PDF, ny fane)",
		`href="/passages?invoice=100002"`, `href="/api/v1/invoice/file?form=pdf&number=100002&show=1"`, `target="_blank"`, `id="invoice-100002-detail"`)
}

func TestNothingFoundSaysWhatToDo(t *testing.T) {
	none := api.InvoiceListReply{Any: true}
	openList(t, none, "/invoices?from=2026-11-01&to=2026-11-02").Shows("Ingen fakturaer i perioden", "Velg et større tidsrom", "Vis alle fakturaer")
	s := openList(t, api.InvoiceListReply{}, "/invoices")
	s.Shows("Du har ingen fakturaer ennå", "omtrent en uke ut i neste måned")
	server := &pagetest.Server{}
	wrong := pagetest.Open(t, server, "/invoices?from=2026-11-03&to=2026-11-02", page.New)
	wrong.Shows("Sluttdatoen er før startdatoen")
	wrong.Do(func(ctx app.Context) { page.Submit(ctx, wrong.Page, "", "2026-11-02") })
	wrong.Shows("Velg både en startdato og en sluttdato")
	if n := server.Count(api.InvoiceList.Endpoint); n != 0 {
		t.Errorf("the server was asked %d times", n)
	}
}

// details returns an invoice of one passage that the price lists charge with 23.20 kroner.
func details() api.InvoiceReply {
	l := pagetest.Line("p1", pagetest.Noon.Add(-20*24*time.Hour))
	line := invoice.Line{
		Kind: invoice.LinePassage, Passage: l.ID, Revision: 1, At: l.At, Station: "oslo-201", StationName: l.Name, Charger: "fjellinjen", ChargerName: l.Charger,
		Vehicle: l.Vehicle, Plate: l.Plate, Tag: l.Tag, List: l.List, Amount: l.Net, Steps: l.Steps,
	}
	late := line
	late.Kind, late.Passage, late.Corrects, late.Amount = invoice.LineCorrection, "p0", "100000", -580
	fee := invoice.Line{Kind: invoice.LinePaperFee, At: l.At, Charger: "fjellinjen", ChargerName: l.Charger, Amount: 4900, VAT: invoice.StandardVAT}
	r := api.InvoiceReply{InvoiceSummary: summary("100002", today+3, 6640), From: today - 30, To: today - 1, Lines: []invoice.Line{line, late, fee}}
	r.Total, r.VAT, r.Rates = invoice.Total(r.Lines), 980, invoice.VATOf(r.Lines)
	r.Chargers, r.Vehicles = invoice.ByCharger(r.Lines), invoice.ByVehicle(r.Lines)
	return r
}

func TestInvoiceExplainsEachLine(t *testing.T) {
	s := pagetest.Open(t, pagetest.With(api.Invoice.Endpoint, details()), "/invoices/details?number=100002", page.NewDetails)
	s.Shows("Faktura 100002", "66,40 kr", "E18 Maritim", "3 passeringer", "Retting av faktura 100000", "Gebyr for papirfaktura", "25 %", "39,20 kr", "9,80 kr", "Sum for hvert bomselskap", "DP 45821")
	s.Do(func(app.Context) { page.OpenLine(s.Page, 1); page.OpenLine(s.Page, 2) })
	s.Shows("Hvorfor kostet det 23,20 kr?", "Passeringen står på faktura 100000 med et annet beløp. Prisen er nå 23,20 kr")
}

// An invoice that the bank draws says so until the day it is due.
func TestInvoiceSaysThatItIsDrawn(t *testing.T) {
	reply := details()
	reply.State, reply.Drawn, reply.Due = invoice.StateSent, true, oslo.DayOf(pagetest.Noon)
	open := func() *pagetest.Screen {
		return pagetest.Open(t, pagetest.With(api.Invoice.Endpoint, reply), "/invoices/details?number=100002", page.NewDetails)
	}
	open().Shows("Beløpet trekkes fra kontoen din", "AvtaleGiro")
	reply.Due--
	open().Hides("AvtaleGiro")
}

func TestRoleWithoutPlacesSeesSums(t *testing.T) {
	reply := details()
	reply.Lines = nil
	server := pagetest.With(api.Invoice.Endpoint, reply)
	server.Role = role.Accountant
	s := pagetest.Open(t, server, "/invoices/details?number=100002", page.NewDetails)
	s.Shows("Fjellinjen", "66,40 kr", "ikke hvor kjøretøyene har vært")
	s.Hides("E18 Maritim", "Regn ut på nytt", "form=pdf.detailed", "form=ehf")
	s.Shows("Last ned PDF", "form=pdf&number=100002")
}

// The files of an invoice are links: the server sends them, and the program holds none.
func TestInvoiceIsOfferedAsFiles(t *testing.T) {
	reply := details()
	person := pagetest.Open(t, pagetest.With(api.Invoice.Endpoint, reply), "/invoices/details?number=100002", page.NewDetails)
	person.Shows("Last ned PDF", "PDF med alle passeringer", `href="/api/v1/invoice/file?form=pdf.detailed&number=100002"`)
	person.Hides("EHF")
	reply.Company = true
	company := pagetest.Open(t, pagetest.With(api.Invoice.Endpoint, reply), "/invoices/details?number=100002", page.NewDetails)
	company.Shows("EHF (XML)", `href="/api/v1/invoice/file?form=ehf&number=100002"`)
}

// A line that the price lists do not give is found on the reader's own device.
func TestDeviceFindsALineThatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*api.InvoiceReply)
		want  []string
	}{
		"as it was sent":   {func(*api.InvoiceReply) {}, []string{"Linjen stemmer.", "Linjene gir summen og merverdiavgiften", ">Stemmer<"}},
		"a line that lies": {func(r *api.InvoiceReply) { r.Lines[0].Amount += 500; r.Total += 500 }, []string{"1 av 3 linjer stemmer ikke", "Stemmer ikke, "}},
		"a line that was put right later": {
			func(r *api.InvoiceReply) {
				r.Lines[0].Amount += 500
				r.Total += 500
				r.Later = []toll.PassageID{r.Lines[0].Passage}
			},
			[]string{"Rettet senere", "1 passering er rettet etter fakturaen"},
		},
		"a wrong sum": {func(r *api.InvoiceReply) { r.Total += 500 }, []string{"Linjene gir ikke summen"}},
	} {
		t.Run(name, func(t *testing.T) {
			reply := details()
			tariffs, plan := pagetest.Tariffs(t)
			at := reply.Lines[0].At
			month := api.RecheckReply{Statement: recheck.Statement{Month: oslo.MonthOf(at)}, Tariffs: tariffs.Version}
			month.Passages = []recheck.Passage{{
				ID: reply.Lines[0].Passage, Station: "oslo-201", At: at, Direction: toll.Inbound, Facts: fixture.Vehicles()[0].Facts, Agreement: true, TagRead: true, MatchedBy: toll.ByTag,
			}}
			month.Charges = []recheck.Charge{*recheck.Check(plan, month.Statement).Lines[0].Own}
			reply.Lines[0].Amount = month.Charges[0].Net
			reply.Total = invoice.Total(reply.Lines)
			c.spoil(&reply)
			server := pagetest.With(api.Invoice.Endpoint, reply).With(api.Recheck.Endpoint, month).With(api.TariffBook.Endpoint, tariffs)
			s := pagetest.Open(t, server, "/invoices/details?number=100002", page.NewDetails)
			s.Do(func(ctx app.Context) { page.Check(ctx, s.Page) })
			s.Shows(c.want...)
		})
	}
}

func TestCheckThatFailsCanBeTriedAgain(t *testing.T) {
	server := pagetest.With(api.Invoice.Endpoint, details())
	s := pagetest.Open(t, server, "/invoices/details?number=100002", page.NewDetails)
	server.Fault = &fault.Error{Code: fault.Busy}
	s.Do(func(ctx app.Context) { page.Check(ctx, s.Page) })
	s.Shows("opptatt", "Regn ut på nytt")
}

// reminded returns a stopped invoice and its reminder.
func reminded() (stopped api.InvoiceSummary, reminder api.InvoiceReply) {
	stopped = summary("100002", today-20, 0)
	stopped.State, stopped.Reminder = invoice.StateReminded, "800000001"
	reminder = api.InvoiceReply{InvoiceSummary: summary("800000001", today+3, 54800+1214), Claimed: 51000, Warns: true}
	reminder.Kind, reminder.Reminds, reminder.VAT, reminder.Total = invoice.KindReminder, "100002", 0, 54800+1214
	reminder.Lines = []invoice.Line{
		{Kind: invoice.LineReminder, Amount: 3800, List: 3800, Late: []invoice.Late{{Amount: 75000, From: today - 20, To: today - 6, Regulation: "FOR-2025-12-19-2709"}}},
		{Kind: invoice.LineInterest, Amount: 1214, List: 1300, Late: []invoice.Late{{Amount: 51000, From: today - 19, To: today - 6, Rate: 12_25, Regulation: "FOR-2026-06-25-1372"}}},
	}
	return stopped, reminder
}

func TestStoppedInvoiceLeadsToItsReminder(t *testing.T) {
	stopped, reminder := reminded()
	s := openList(t, api.InvoiceListReply{Invoices: []api.InvoiceSummary{reminder.InvoiceSummary, stopped}, Any: true, Owed: []api.Owed{{Agreement: "a", Outstanding: 56014, Invoices: 1, Due: today + 3}}}, "/invoices")
	s.Shows("Faktura stoppet. Ny purring er laget", "Purring 800000001", "Purring sendt", "Stoppet, betal purringen i stedet", "560,14 kr")
	s.Do(func(app.Context) { page.Open(s.Page, "100002") })
	s.Shows("Betal purring 800000001", "Gå til passeringer")
	s.Do(func(app.Context) { page.Open(s.Page, "100002"); page.Open(s.Page, "800000001") })
	s.Shows("Kopier KID", `href="/invoices/details?number=800000001"`)
	s.Hides("Gå til passeringer")
}

func TestReminderSaysWhyItHasFeeAndInterest(t *testing.T) {
	_, reply := reminded()
	s := pagetest.Open(t, pagetest.With(api.Invoice.Endpoint, reply), "/invoices/details?number=800000001", page.NewDetails)
	s.Shows("Purring 800000001", "Om purringen", "Utestående før purringen", "510,00 kr", "Hvorfor er gebyret 38,00 kr?", "en tjuedel av inkassosatsen, som er 750,00 kr", "FOR-2025-12-19-2709",
		"Hvorfor er renten 12,14 kr?", "510,00 kr i 14 dager", "12,25 % i året", "0,86 kr av renten sto på en tidligere purring", "Dette er et inkassovarsel", `href="/invoices/details?number=100002"`, "560,14 kr")
	s.Hides("Gå til passeringer", "Sum for hvert bomselskap", "Regn ut på nytt")
}

func TestCreditNoteSaysWhyAndWhatItCredits(t *testing.T) {
	reply := details()
	reply.Kind, reply.Number, reply.State, reply.Credits, reply.Reason = invoice.KindCredit, "900000001", invoice.StateCredit, "100002", "Feil bil"
	s := pagetest.Open(t, pagetest.With(api.Invoice.Endpoint, reply), "/invoices/details?number=900000001", page.NewDetails)
	s.Shows("Kreditnota 900000001", "Begrunnelse", "Feil bil", `href="/invoices/details?number=100002"`)
	credited := details()
	credited.State, credited.Notes = invoice.StateCredited, []string{"900000001"}
	s = pagetest.Open(t, pagetest.With(api.Invoice.Endpoint, credited), "/invoices/details?number=100002", page.NewDetails)
	s.Shows("Kreditert", "Kreditnota 900000001", `href="/invoices/details?number=900000001"`)
}
