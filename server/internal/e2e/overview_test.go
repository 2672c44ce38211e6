package e2e_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// inCard returns a JavaScript expression for an element in the card of an agreement on the overview.
func inCard(number, selector string) string {
	return `document.querySelector("#agreement-` + number + `").closest("article").querySelector('` + selector + `')`
}

// amounts is a script that returns the amounts on the page, without those of the chart's scale, which are whole.
const amounts = `[...document.querySelectorAll(".bp-balance-amount, .bp-amount")].map((a) => a.innerText.replaceAll("\u00a0", " ")).filter((a) => a.endsWith("kr"))`

// The owner of a company sees each agreement with its kind, its toll company and its vehicles, chooses one of them
// from the list at the top left, and goes on to its details and to other tasks.
func TestOverviewShowsAgreementsAndLeadsOn(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.Wait("the agreements", `document.querySelector("#agreement-7002001")`)
	for selector, want := range map[string]string{
		"h3": "Vegamot", "#agreement-7002001": "Bedrift", `.bp-table-fleet a.bp-plate`: "VJ 4",
	} {
		if got := strings.ReplaceAll(page.Eval(inCard("7002001", selector)+".innerText"), "\u00a0", " "); !strings.Contains(got, want) {
			t.Errorf("%s of the agreement says %q, want %q", selector, got, want)
		}
	}
	proves.That(t, "S2.44–S2.46", "S4.39")
	written := page.Eval(amounts + `.join("; ")`)
	if wrong := page.Eval(amounts + `.filter((a) => !/^-?\d{1,3}( \d{3})*,\d\d kr$/.test(a)).join("; ")`); wrong != "" || !regexp.MustCompile(`\d \d{3},\d\d`).MatchString(written) {
		t.Errorf("amounts without a space between thousands, a decimal comma or two decimals: %q of %q", wrong, written)
	}
	proves.That(t, "S4.46")

	if page.Eval(`(() => { const list = document.querySelector("#picker").getBoundingClientRect(); return list.bottom < 120 && list.right < innerWidth / 2; })()`) != "true" {
		t.Error("the list of agreements is not at the top left")
	}
	if listed := page.Eval(`[...document.querySelectorAll("#picker option")].map((o) => o.textContent).join("; ")`); !strings.Contains(listed, "7002001") || !strings.Contains(listed, "7002002") {
		t.Errorf("the list of agreements has %q", listed)
	}
	agreementForm{t: t, page: page}.choose("#picker", page.Eval(`[...document.querySelectorAll("#picker option")].find((o) => o.textContent.includes("7002002")).value`))
	page.Wait("the other agreement alone", `document.querySelector("#agreement-7002002") && !document.querySelector("#agreement-7002001")`)
	agreementForm{t: t, page: page}.choose("#picker", "")
	page.Wait("both agreements", `document.querySelector("#agreement-7002002") && document.querySelector("#agreement-7002001")`)
	proves.That(t, "S1.28")

	page.Press(`a[href="/agreements/details?number=7002001"]`)
	page.Wait("the details", `location.pathname === "/agreements/details" && document.querySelector("#reference")`)
	proves.That(t, "S2.47")
	row := page.Eval(`[...document.querySelectorAll(".bp-table-vehicles tr")].find((r) => r.innerText.replaceAll("\u00a0", " ").includes("VJ 40110")).innerText.replaceAll("\u00a0", " ")`)
	if !regexp.MustCompile(`(?s)VJ 40110.*Tungt kjøretøy.*\d{10}.*\d{1,2}\. [a-z]{3,4}\.? 20\d\d`).MatchString(row) {
		t.Errorf("the row of the vehicle has not its class, its tag and its first day: %q", row)
	}
	page.WaitText("løpende")
	page.Press("#all-vehicles")
	page.Wait("the first page of the vehicles of the company's agreement", `document.querySelectorAll(".bp-table-vehicles tbody tr").length === 25`)
	page.Press("#vehicle-next")
	page.Wait("the rest of them", `document.querySelectorAll(".bp-table-vehicles tbody tr").length === 15`)
	proves.That(t, "S2.51", "S4.40", "S4.63", "S5.12")
	const save = `form:has(#reference) button[type=submit]`
	page.Press(save) // without a reference
	page.WaitText("Avtalen er endret.")
	page.Fill("#reference", "Prosjekt 17")
	page.Press("#toast-close")
	page.Press(save)
	page.WaitText("Avtalen er endret.")
	page.Go(product.URL() + "/agreements/details?number=7002001")
	page.Wait("the reference", `document.querySelector("#reference") && document.querySelector("#reference").value === "Prosjekt 17"`)
	proves.That(t, "S2.52")

	page.Go(product.URL() + "/")
	page.Press(`main a[href="/agreements/find"]`)
	page.Wait("the search", `location.pathname === "/agreements/find" && document.querySelector("#email")`)
	proves.That(t, "S2.48")
	page.Go(product.URL() + "/")
	page.Press(`main a[href="/agreements/new"]`)
	page.Wait("the form of a new agreement", `location.pathname === "/agreements/new" && document.querySelector("#charger-ferde")`)
	proves.That(t, "S2.49")
	page.Go(product.URL() + "/")
	page.Press("header #who")
	page.Press(`header a[href="/profile"]`)
	page.Wait("the profile", `location.pathname === "/profile" && document.querySelector("#mobile")`)
	proves.That(t, "S1.22", "S2.50")
}

// passagesCounted is a script that returns the number of passages that the page states for the period.
const passagesCounted = `document.querySelector(".bp-total-count").innerText.replaceAll("\u00a0", "").match(/\d+/)[0]`

// Passages of a vehicle in a period are shown without an invoice. A period that is too long is refused, and the page
// says how to get at it.
func TestPassagesAreChosenByVehicleAndPeriod(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("the overview", `document.querySelector("#agreement-7001001")`)
	page.Press(`nav a[href^="/passages"]`)
	page.Wait("the page of passages", `location.pathname === "/passages" && document.querySelector("#vehicle")`)
	if page.Eval(`document.querySelector("nav a[href^='/passages']").getBoundingClientRect().right <= document.querySelector("main h1").getBoundingClientRect().left`) != "true" {
		t.Error("the menu is not on the left of the page")
	}
	proves.That(t, "S1.17")
	today := oslo.DayOf(time.Now())
	countOf := func(vehicle toll.VehicleID, from, to oslo.Day) (n int) {
		t.Helper()
		agreementForm{t: t, page: page}.choose("#vehicle", string(vehicle))
		setPeriod(page, from, to)
		page.Press("main form button[type=submit]")
		page.Wait("the passages", `location.search.includes("from=`+from.String()+`&to=`+to.String()+`") && (new URLSearchParams(location.search).get("vehicle") || "") === "`+string(vehicle)+`" && document.querySelector(".bp-total-count")`)
		n, err := strconv.Atoi(page.Eval(passagesCounted))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	last := today.Month() - 1
	all := countOf("", last.First(), last.Last())
	petrol, electric := countOf(fixture.KariPetrol, last.First(), last.Last()), countOf(fixture.KariElectric, last.First(), last.Last())
	if petrol == 0 || electric == 0 || petrol+electric != all {
		t.Errorf("%d passages of one vehicle and %d of the other, want %d together", petrol, electric, all)
	}
	proves.That(t, "S1.18")
	if n := countOf(fixture.KariPetrol, today, today); n == 0 || n >= petrol {
		t.Errorf("%d passages today, and %d last month", n, petrol)
	}
	if days := page.Eval(`document.querySelectorAll(".bp-table-passages .bp-group").length`); days != "1" {
		t.Errorf("passages of %s days, want today's alone", days)
	}
	proves.That(t, "S1.19", "S2.84")
	january := oslo.Date(2026, time.January, 10)
	setPeriod(page, january, january+30)
	page.Press("main form button[type=submit]")
	page.Wait("the refusal", refusedForm)
	page.WaitText("Perioden er 31 dager")
	page.WaitText("henter du én måned om gangen, eller du spør bomselskapet")
	proves.That(t, "S1.20", "S2.85")
}

// setPeriod sets the dates of the form of passages.
func setPeriod(page *e2e.Page, from, to oslo.Day) {
	for id, day := range map[string]oslo.Day{"from": from, "to": to} {
		page.Eval(`(() => { const f = document.querySelector("#` + id + `"); f.value = "` + day.String() + `"; f.dispatchEvent(new Event("change", {bubbles: true})); return 1; })()`)
	}
}
