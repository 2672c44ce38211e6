package e2e_test

import (
	"testing"

	"bompass/server/internal/e2e"
)

// The first page shows the course of the month in two views, switched by keyboard, and each vehicle's count towards its
// caps. The device stores the choice of view, also before signing in.
func TestOverviewShowsMonth(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("På vei mot passeringstaket")
	page.WaitText("Oslopakke 3, bygrensen")
	page.Wait("a bar for each month with passages", `document.querySelectorAll('[data-part="bar"]').length >= 1`)
	page.Press("#spend-sum")
	page.Wait("two lines", `document.querySelectorAll('[data-part^="line-"]').length === 2`)
	page.Wait("the arrow key to show each day", `(function () {
		const here = document.querySelector('[role=tab][aria-selected=true]');
		if (here.id === "spend-sum") here.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true, cancelable: true}));
		return document.activeElement.id === "spend-day" && document.querySelector('[data-part="bar"]');
	})()`)
	page.Press("details.bp-twin summary")
	page.Wait("a row for each day",
		`document.querySelectorAll("details[open] .bp-table-figures tbody tr").length >= 28`)

	page.Press("#scheme-dark")
	page.Wait("the dark scheme", `getComputedStyle(document.documentElement).colorScheme === "dark"`)
	page.Press("#who")
	page.Press("#logout")
	page.Wait("the sign-in page in the dark scheme",
		`location.pathname === "/login" && getComputedStyle(document.documentElement).colorScheme === "dark"`)
	page.Press(`a[href*="theme=light"]`)
	page.Wait("the light scheme without the program", `document.documentElement.dataset.colorScheme === "light"`)
	page.Go(product.URL() + "/_ui")
	page.Wait("the workbench in the light scheme",
		`document.documentElement.dataset.colorScheme === "light" && document.querySelectorAll("section").length > 10`)
}

// One of several agreements can be selected. The selection is kept on other pages.
func TestOverviewCanShowOneAgreement(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.WaitText("har ingen kjøretøy")
	page.WaitText("VJ 40")
	page.Wait("the other agreement", `(function () {
		const choice = document.querySelector("#picker");
		if (!choice) return false;
		if (location.search.includes("agreement=")) return !document.body.innerText.includes("VJ");
		choice.value = choice.options[2].value;
		choice.dispatchEvent(new Event("change", {bubbles: true}));
	})()`)
	page.Press(`nav a[href^="/passages"]`)
	page.WaitText("Ingen passeringer i perioden")
	page.Wait("the choice to hold", `document.querySelector("#picker").value !== ""`)
}
