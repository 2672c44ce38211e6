package e2e_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
	"bompass/shared/fixture"
)

// remindAll writes the reminders that are due on a day, with the command of operators.
func remindAll(t *testing.T, product *e2e.Product, on string) {
	t.Helper()
	cmd := exec.Command(program, "billing", "remind", "--on", on)
	cmd.Env = append(os.Environ(), "BOMPASS_HOME="+product.Home)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "1 reminders") {
		t.Fatalf("%v: %s", err, out)
	}
}

// A reminder is a document of its own: the invoice is stopped and still leads to its passages, the reminder has none, says why it
// has a fee and interest, and takes over what is to be paid, once.
func TestReminderTakesOverWhatIsToBePaid(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("the overview", `document.querySelector(".bp-balance a[href='/invoices']")`)
	page.Go(product.URL() + "/invoices?from=2019-01-01&to=2099-01-01")
	page.Wait("the invoices", `document.querySelector("#unpaid") && !document.querySelector("script[data-answer]")`)
	number := firstOf(page, "unpaid")
	// Days whose rates are known, whenever the test runs.
	product.Change(t, "update invoice set issued_on = '2026-10-08', due_on = '2026-10-22' where number = $1::bigint", number)
	remindAll(t, product, "2026-11-05")

	page.Go(product.URL() + "/invoices?from=2019-01-01&to=2099-01-01")
	page.Wait("the reminder", `document.querySelector("#invoice-800000001, [id^='invoice-80000000']") && !document.querySelector("script[data-answer]")`)
	reminder := page.Eval(`document.querySelector("[id^='invoice-80000000']").id.replace("invoice-", "")`)
	text := mainText(page)
	for _, want := range []string{"Faktura stoppet. Ny purring er laget", "Purring " + reminder, "Purring sendt", "Stoppet, betal purringen i stedet"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	proves.That(t, "S2.81")
	open := func(number string) string {
		page.Press("#invoice-" + number)
		page.Wait("an open row", `document.querySelector("#invoice-`+number+`-detail")`)
		return strings.ReplaceAll(page.Eval(`document.querySelector("#invoice-`+number+`-detail").innerText`), "\u00a0", " ")
	}
	if detail := open(reminder); strings.Contains(detail, "Gå til passeringer") || !strings.Contains(detail, "KID") || !strings.Contains(detail, "Purring "+reminder+" (PDF") {
		t.Errorf("an open reminder says %q", detail)
	}
	if detail := open(number); !strings.Contains(detail, "Gå til passeringer") || !strings.Contains(detail, "Betal purring "+reminder) || strings.Contains(detail, "Kopier") {
		t.Errorf("the invoice says %q", detail)
	}
	amount := strings.ReplaceAll(page.Eval(`[...document.querySelectorAll("#invoice-`+reminder+`")][0].closest("tr").querySelectorAll("td")[7].innerText`), "\u00a0", " ")

	page.Press("#invoice-" + number + "-detail a")
	page.Wait("its passages", `location.pathname === "/passages" && location.search.includes("invoice=`+number+`") && document.querySelector('button[id^="passage-"]')`)
	proves.That(t, "S2.83")
	page.Go(product.URL() + "/invoices/details?number=" + number)
	page.Wait("the invoice", `document.querySelector("#line-1") && !document.querySelector("script[data-answer]")`)
	page.Press(`#summary ~ * a[href$="number=` + reminder + `"]`)
	page.Wait("the reminder", `document.querySelector("h1").innerText.includes("Purring") && document.querySelector("#why")`)
	text = mainText(page)
	for _, want := range []string{
		"Purring " + reminder, amount, "Purregebyr", "38,00 kr", "750,00 kr", "FOR-2025-12-19-2709", "Forsinkelsesrente", "14 dager", "12,25 %", "FOR-2026-06-25-1372", "23. okt. 2026", "5. nov. 2026",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the reminder does not say %q: %s", want, text)
		}
	}
	if strings.Contains(text, "passering") || page.Eval(`document.querySelector("#lines") === null`) != "true" {
		t.Errorf("the reminder speaks of passages: %s", text)
	}
	proves.That(t, "S2.82")
	page.Press(`#summary ~ * a[href$="number=` + number + `"]`)
	page.Wait("the invoice", `document.querySelector("#check-invoice")`)

	page.Press(`header a[href="/"], nav a[href="/"]`)
	page.Wait("the overview", `document.querySelector(".bp-balance a[href='/invoices']")`)
	if text := mainText(page); !strings.Contains(text, amount) || !strings.Contains(text, "har gått ut") {
		t.Errorf("%s is to be paid, and the overview says %q", amount, text)
	}
}

// While the product is tried out, a page moves an agreement on to its next invoice and due date, with a form that works without
// scripts.
func TestTestClockMovesAnAgreement(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	page.Go(product.URL() + "/dev/clock")
	page.Eval(`document.querySelector("#agreement").value = "` + string(fixture.KariAgreement) + `"`)
	page.Press(`form[method="get"] button`)
	page.Wait("the clock", `document.querySelector("#clock") && document.querySelector("#to-month")`)
	for _, step := range []struct{ to, want string }{{"month", "ble laget."}, {"due", "forfaller i dag og er ikke betalt."}} {
		before := page.Eval(`document.querySelector("#clock").innerText`)
		page.Press("#to-" + step.to)
		page.Wait("what happened", `document.querySelector("#events")?.innerText.includes("`+step.want+`")`)
		if after := page.Eval(`document.querySelector("#clock").innerText`); after == before || !strings.Contains(after, "Kari Lund") {
			t.Errorf("%s: the clock was %q and is %q", step.to, before, after)
		}
	}
	if !strings.Contains(product.Output(), "/dev/clock") {
		t.Error("the address is not printed")
	}
}
