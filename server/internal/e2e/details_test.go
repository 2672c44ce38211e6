package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// saveDetails is the button that saves the page "my details".
const saveDetails = `form:has(#mobile) button[type=submit]`

// A customer changes email address, telephone numbers and postal address under "my details", confirms the new mobile
// number there, and cannot change the name. Only a company has a contact person.
func TestDetailsAreChangedOnTheirPage(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("the overview", `document.querySelector("#agreement-7001001")`)
	page.Go(product.URL() + "/profile")
	page.Wait("the page", `document.querySelector("#street") && document.querySelector("h1").textContent === "Min profil"`)

	page.WaitText("Kari Lund")
	page.WaitText("Navn og fødselsdato kommer fra Folkeregisteret og kan ikke endres her. Er noe feil, kontakter du bomselskapet ditt.")
	if page.Eval(`[...document.querySelectorAll("main input")].some((i) => i.value.includes("Kari") || /name|birth|navn|født/.test(i.id + i.name))`) == "true" {
		t.Error("there is a field for the name or the date of birth")
	}
	proves.That(t, "S2.56")
	if page.Eval(`!!document.querySelector("#contact")`) == "true" {
		t.Error("a private customer has a contact person")
	}

	page.Replace("#phone_private", "73 50 00 01")
	page.Replace("#phone_work", "73 50 00 02")
	page.Replace("#street", "Kirkegata 9")
	page.Replace("#postal_code", "7014")
	page.Replace("#city", "Trondheim")
	page.Replace("#mobile", "41 00 00 77")
	page.Press(saveDetails)
	page.WaitText("Endringene er lagret.")
	page.WaitText("Mobilnummeret er ikke bekreftet ennå. Skriv inn tilsendt kode for å bekrefte det nå.")
	page.Press("section[aria-labelledby=unconfirmed] summary")
	page.WaitText("Hvorfor er dette nødvendig?")
	page.WaitText("Personvernreglene krever at vi vet at adressen og nummeret er dine.")
	proves.That(t, "S4.16", "S4.17", "S4.20")
	code := codeFor(t, product)
	page.Fill("#code-mobile", "00000x"+kb.Enter)
	page.Wait("the refusal", refusedForm)
	page.Replace("#code-mobile", code+kb.Enter)
	page.WaitText("Bekreftet.")
	page.Wait("the code's field to go", `!document.querySelector("#code-mobile")`)
	proves.That(t, "S4.24")

	page.Go(product.URL() + "/profile")
	page.Wait("the page", `document.querySelector("#street")`)
	for id, want := range map[string]string{
		"phone_private": "+4773500001", "phone_work": "+4773500002", "street": "Kirkegata 9", "postal_code": "7014", "city": "Trondheim", "mobile": "+4741000077",
	} {
		if got := page.Eval(`document.querySelector("#` + id + `").value`); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
	proves.That(t, "S1.23", "S1.24", "S4.22")
	if page.Eval(`(() => {
		const field = document.querySelector("#email").getBoundingClientRect(), button = document.querySelector("form:has(#email) button[type=submit]").getBoundingClientRect();
		return button.left >= field.right && button.top < field.bottom && button.bottom > field.top; })()`) != "true" {
		t.Error("the button that changes the address is not to the right of its field")
	}
	if page.Eval(`(() => {
		const save = document.querySelector("`+saveDetails+`").getBoundingClientRect(), boxes = [...document.querySelectorAll("form:has(#mobile) input")];
		return boxes.some((b) => b.id === "consent-advertising") && boxes.every((b) => b.getBoundingClientRect().bottom <= save.top); })()`) != "true" {
		t.Error("the button that saves is not below all fields and boxes")
	}
	page.Replace("#city", "Ranheim")
	ticked := page.Eval(`document.querySelector("#consent-sms").checked`)
	page.Press("#consent-sms")
	page.Press(saveDetails)
	page.Wait("the message", `document.querySelector("#toast") && document.querySelector("#toast").innerText.includes("Endringene er lagret.")`)
	page.Go(product.URL() + "/profile")
	page.Wait("the details and the consents as saved", `document.querySelector("#city") && document.querySelector("#city").value === "Ranheim" && String(document.querySelector("#consent-sms").checked) !== "`+ticked+`"`)
	proves.That(t, "S4.26")
	const fresh = "kari.lund@bompass.example"
	page.Fill("#email", fresh)
	page.Press(`form:has(#email) button[type=submit]`)
	page.Go(waitForLink(t, product, "/email/confirm"))
	page.Press("main form button[type=submit]")
	page.WaitText("Adressen er bekreftet")
	page.Go(product.URL() + "/profile")
	page.WaitText(fresh)
	proves.That(t, "S1.25", "S1.26", "S2.55")

	page.Press("#who")
	page.Press("#logout")
	page.Wait("the sign-in page", `location.pathname === "/login"`)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.WaitText("Fjordfrakt AS")
	page.Go(product.URL() + "/profile")
	page.Replace("#contact", "Solveig Berg")
	page.Press(saveDetails)
	page.WaitText("Endringene er lagret.")
	page.Go(product.URL() + "/profile")
	page.Wait("the contact person", `document.querySelector("#contact") && document.querySelector("#contact").value === "Solveig Berg"`)
	page.WaitText("Firmakontakt")
	proves.That(t, "S4.18")
}
