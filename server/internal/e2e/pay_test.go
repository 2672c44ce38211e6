package e2e_test

import (
	"strings"
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// payAt begins a payment of an amount on the question page that is open, and waits for the provider's page.
func payAt(page *e2e.Page, amount string) {
	page.Wait("the question", `document.querySelector("#amount") && document.querySelector("button#pay")`)
	if amount != "" {
		page.Replace("#amount", amount)
	}
	if page.Eval(`String(document.querySelector("#terms").checked)`) != "true" { // a page that one comes back to has them ticked
		page.Press("#terms")
	}
	page.Press("button#pay")
	page.Wait("the provider's page", `document.querySelector("#number")`)
}

// pressOutside presses a button of the provider's page.
func pressOutside(page *e2e.Page, selector, what, condition string) {
	page.Press(selector)
	page.Wait(what, condition)
}

// On a phone, a customer goes from the overview to paying an invoice by card: a declined card says why and leads back, one who
// stops comes back to the question, 3-D Secure pays a part, and a card whose answer comes late pays the rest: the page waits, and
// updates itself.
func TestInvoiceIsPaidByCardOnAPhone(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("the button on the overview", `document.querySelector(".bp-balance a[href^='/invoices/pay']") && !document.querySelector("script[data-answer]")`)
	page.Screenshot("overview-pay")
	number := strings.TrimPrefix(page.Eval(`new URL(document.querySelector(".bp-balance a[href^='/invoices/pay']").href).search`), "?number=")
	page.Go(product.URL() + "/invoices/details?number=" + number)
	page.Wait("the button on the invoice", `document.querySelector("main a[href^='/invoices/pay']") && !document.querySelector("script[data-answer]")`)
	page.Screenshot("invoice-pay")
	proves.That(t, "S4.43")

	page.Press("main a[href^='/invoices/pay']")
	page.Wait("the question", `document.querySelector("#amount")`)
	axe := newAxeChecker(t, page)
	axe.checkPage(t, "pay")
	page.SetView(e2e.Phone)
	page.Screenshot("pay")
	page.Press("button#pay")
	page.Wait("the terms are missing", `document.querySelector(".ds-error-summary a[href='#terms']")`)
	page.Screenshot("pay-terms")
	payAt(page, "")
	proves.That(t, "S4.48", "S4.49", "S4.50", "S4.56")

	page.Replace("#number", "4000000000009995")
	pressOutside(page, "button#pay", "declined at the provider", `document.querySelector("#declined")`)
	axe.checkPage(t, "the provider's page")
	page.SetView(e2e.Phone)
	page.Screenshot("provider-declined")
	pressOutside(page, "#stop", "why it was declined", `document.querySelector("#answer[data-state=declined]")`)
	axe.checkPage(t, "declined")
	page.SetView(e2e.Phone)
	page.Screenshot("pay-declined")
	if text := mainText(page); !strings.Contains(text, "Kortet ble avvist") || !strings.Contains(text, "ikke nok penger") {
		t.Errorf("a declined card says %q", text)
	}

	page.Press("#again")
	payAt(page, "")
	pressOutside(page, "#stop", "the question again", `document.querySelector("#stopped")`)
	page.Screenshot("pay-stopped")

	payAt(page, "10,00")
	page.Replace("#number", "4000002760003184")
	pressOutside(page, "button#pay", "the bank", `document.querySelector("#yes")`)
	page.Screenshot("provider-bank")
	pressOutside(page, "#yes", "the receipt of a part", `document.querySelector("#answer[data-state=paid]")`)
	axe.checkPage(t, "paid")
	page.SetView(e2e.Phone)
	page.Screenshot("paid")

	page.Press("#see")
	page.Wait("the invoice", `document.querySelector("main a[href^='/invoices/pay']") && !document.querySelector("script[data-answer]")`)
	page.Press("main a[href^='/invoices/pay']")
	payAt(page, "")
	page.Replace("#number", "4000000000000010")
	pressOutside(page, "button#pay", "the answer is waited for", `document.querySelector("#answer[data-wait]")`)
	page.Screenshot("pay-wait")
	page.Wait("the page updates itself", `document.querySelector("#answer[data-state=paid]")`)
	if text := mainText(page); !strings.Contains(text, "Betalingen er mottatt") || !strings.Contains(text, number) || !strings.Contains(text, "slutter på 0010") {
		t.Errorf("the receipt says %q", text)
	}
	page.Press("#see")
	page.WaitText("Faktura betalt")
	page.Screenshot("invoice-paid")
	proves.That(t, "S4.57", "S2.79")
}
