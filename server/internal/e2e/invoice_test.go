package e2e_test

import (
	"strings"
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// text returns the text of the main part of the page, with plain spaces.
func mainText(page *e2e.Page) string {
	return strings.ReplaceAll(page.Eval(`document.querySelector("main").innerText`), "\u00a0", " ")
}

// firstOf returns the number of the first invoice of a table, by the heading above it.
func firstOf(page *e2e.Page, heading string) string {
	return page.Eval(`[...document.querySelectorAll("main h2")].find((h) => h.id === "` + heading + `").nextElementSibling.querySelector("button.bp-expand").id.replace("invoice-", "")`)
}

// A customer finds the invoices in the menu, sees which are to be paid and how, finds one by its date, goes on to its
// passages, and has them rated again on the own device, which finds a line that somebody has changed.
func TestInvoicesAreFoundPaidAndChecked(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("what is to be paid", `document.querySelector(".bp-balance a[href='/invoices']")`)
	if text := mainText(page); !strings.Contains(text, "1 ubetalt faktura.") && !strings.Contains(text, "har gått ut") || !strings.Contains(text, "Ikke fakturert ennå") {
		t.Errorf("the overview says %q", text)
	}
	page.Press(`nav a[href="/invoices"]`)
	page.Wait("the invoices", `location.pathname === "/invoices" && document.querySelector("#settled")`)
	text := mainText(page)
	for _, want := range []string{"Ubetalte fakturaer", "Betalte fakturaer", "Faktura sendt", "Faktura betalt", "Betalingsfrist", "Herav mva.", "Utestående", "Referanse", "Saldo"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	proves.That(t, "S1.15", "S1.29", "S1.48", "S1.49", "S2.74", "S2.79", "S2.80", "S4.13", "S4.44", "S4.47")
	if page.Eval(`document.querySelector("#from").getBoundingClientRect().top < document.querySelector("#settled").getBoundingClientRect().top`) != "true" {
		t.Error("the dates are not above the list")
	}

	number := firstOf(page, "unpaid")
	if page.Eval(`document.querySelector("#invoice-`+number+`").getBoundingClientRect().left < [...document.querySelectorAll("td")].find((c) => c.innerText === "`+number+`").getBoundingClientRect().left`) != "true" {
		t.Error("the control is not left of the number")
	}
	page.Press("#invoice-" + number)
	page.Wait("how to pay", `document.querySelector("#invoice-`+number+`-detail")`)
	detail := strings.ReplaceAll(page.Eval(`document.querySelector("#invoice-`+number+`-detail").innerText`), "\u00a0", " ")
	for _, want := range []string{"KID", "Kontonummer", "8601.11.17947", "Beløp", "Kopier", "Gå til passeringer", "Vis faktura"} {
		if !strings.Contains(detail, want) {
			t.Errorf("an open invoice does not say %q", want)
		}
	}
	page.Press("#copy-kid-" + number)
	page.WaitText("KID er kopiert.")
	proves.That(t, "S1.31", "S1.50", "S2.76")
	// The link opens a tab, in which the browser shows what the server sends.
	page.Eval(`(() => {
		const link = [...document.querySelectorAll("#invoice-` + number + `-detail a")].find((a) => a.innerText.startsWith("Vis faktura"));
		fetch(link.href).then(async (r) => { window.copy = [link.target, r.status, r.headers.get("content-type"), r.headers.get("content-disposition"), (await r.text()).slice(0, 8)].join(" "); });
		return true;
	})()`)
	page.Wait("the copy", `window.copy !== undefined`)
	if got, want := page.Eval(`window.copy`), "_blank 200 application/pdf inline; filename=faktura-"+number+".pdf %PDF-1.7"; got != want {
		t.Errorf("the invoice opens as %q, want %q", got, want)
	}
	proves.That(t, "S2.78")

	page.Go(product.URL() + "/invoices?from=2020-01-01&to=2020-01-31")
	page.WaitText("Ingen fakturaer i perioden")
	page.WaitText("Velg et større tidsrom.")
	page.Press(`main a[href^="/invoices?from=2019"]`)
	page.Wait("all invoices", `document.querySelector("#settled")`)
	proves.That(t, "S1.51", "S2.75")

	page.Press("#invoice-" + number)
	page.Wait("the way to the passages", `document.querySelector("#invoice-`+number+`-detail a")`)
	page.Press("#invoice-" + number + "-detail a")
	page.Wait("its passages", `location.search === "?invoice=`+number+`" && document.querySelector("#of-invoice") && document.querySelector("[id^=passage-0]")`)
	count := page.Eval(`document.querySelector(".bp-total-count").innerText`)
	page.Press("#of-invoice a")
	page.Wait("the choice of a period", `document.querySelector("#from") && document.querySelector("#export-xlsx")`)
	proves.That(t, "O.10", "S1.14", "S1.16", "S1.30", "S2.77")
	page.Go(product.URL() + "/invoices/details?number=" + number)
	page.Wait("the invoice", `document.querySelector("#line-1") && !document.querySelector("script[data-answer]")`)
	if text := mainText(page); !strings.Contains(text, strings.ReplaceAll(count, "\u00a0", " ")) {
		t.Errorf("the invoice does not have %s", count)
	}
	page.Press("#line-1")
	page.Wait("why it costs what it does", `document.querySelector("#line-1-detail .bp-receipt-lines li")`)
	page.Press("#check-invoice")
	page.Wait("the verdict", `document.querySelector("#verdict")`)
	if text := mainText(page); !strings.Contains(text, "linjer stemmer.") || !strings.Contains(text, "Linjene gir summen") {
		t.Errorf("the check says %q", text)
	}

	product.Change(t, `update invoice_line set said = jsonb_set(said::jsonb, '{amount}', to_jsonb((said->>'amount')::int + 100))::json
		where no = 1 and invoice_id = (select id from invoice where number = $1::bigint)`, number)
	page.Go(product.URL() + "/invoices/details?number=" + number)
	page.Wait("the invoice", `document.querySelector("#check-invoice") && !document.querySelector("script[data-answer]")`)
	page.Press("#check-invoice")
	page.Wait("the verdict", `document.querySelector("#verdict")`)
	if text := mainText(page); !strings.Contains(text, "1 av ") || !strings.Contains(text, "Stemmer ikke") || !strings.Contains(text, "Linjene gir ikke summen") {
		t.Errorf("the check of a changed line says %q", text)
	}
}
