package e2e_test

import (
	"strings"
	"testing"

	"bompass/server/internal/e2e"
)

// A customer opens a passage of an invoice, says what is wrong with it, and sees what becomes of it.
func TestCustomerSaysWhatIsWrongWithAPassage(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("the overview", `document.querySelector(".bp-balance a[href='/invoices']")`)
	page.Press(`nav a[href="/invoices"]`)
	page.Wait("the invoices", `location.pathname === "/invoices" && document.querySelector("#unpaid")`)
	number := firstOf(page, "unpaid")
	page.Go(product.URL() + "/invoices/details?number=" + number)
	page.Wait("the invoice", `document.querySelector("#line-1") && !document.querySelector("script[data-answer]")`)
	page.Press("#line-1")
	page.Wait("the way to say it", `document.querySelector("#line-1-detail a[href^='/passages/dispute']")`)
	page.Press("#line-1-detail a[href^='/passages/dispute']")
	page.Wait("the form", `document.querySelector("#about") && document.querySelector("#reason")`)
	page.Eval(`(document.querySelector("#reason").value = "class", 1)`)
	page.Fill("#said", "Bilen er elektrisk")
	page.Press("#send")
	page.Wait("the state", `document.querySelector("article .ds-tag")`)
	if text := mainText(page); !strings.Contains(text, "Under behandling") || !strings.Contains(text, "Bilen er elektrisk") || !strings.Contains(text, "blir ikke purret") {
		t.Errorf("the page says %q", text)
	}
	page.Press(`a[href="/passages/dispute"]`)
	page.Wait("the list", `location.search === "" && document.querySelector("article")`)
}
