package e2e_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"bompass/server/internal/e2e"
	"bompass/shared/fixture"
)

// tabMax is the maximum number of tab presses to reach a control.
const tabMax = 80

// focusVisible reports whether a focus ring is drawn around the focused control, or around the element that it fills.
const focusVisible = `["", "::after"].some((part) => {
	const style = getComputedStyle(document.activeElement, part || null);
	return style.outlineStyle !== "none" || style.boxShadow !== "none";
})`

// pressTabUntil presses Tab until the focus is on a selector.
func pressTabUntil(t *testing.T, page *e2e.Page, selector string) {
	t.Helper()
	for range tabMax {
		if page.Eval(`!!document.activeElement && document.activeElement.matches('`+selector+`')`) == "true" {
			return
		}
		page.Type(kb.Tab)
	}
	t.Fatalf("%s cannot be reached with the Tab key", selector)
}

// A person without a mouse signs in, opens a passage's explanation and signs out.
func TestPortalWorksByKeyboard(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	user := account(t, "kari@bompass.example")
	page.Go(product.URL() + "/")
	page.Wait("the form", `document.querySelector("#email")`)
	pressTabUntil(t, page, "#email")
	page.Type(user.Email)
	pressTabUntil(t, page, "#password")
	page.Type(fixture.Password + kb.Enter)
	page.Wait("the code's form", `document.querySelector("#code")`)
	code, err := totp.GenerateCode(user.TOTPSecret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pressTabUntil(t, page, "#code")
	page.Type(code + kb.Enter)
	page.Wait("the overview", `document.querySelector("#agreements") && document.querySelector("#who")`)
	page.Wait("the program, which moves the focus when it shows another page", `!document.querySelector("script[data-answer]")`)

	pressTabUntil(t, page, `nav a[href^="/passages"]`)
	page.Type(kb.Enter)
	page.Wait("rows",
		`location.pathname === "/passages" && document.querySelectorAll('button[id^="passage-"]').length > 3`)
	page.Wait("focus on the heading", `document.activeElement && document.activeElement.tagName === "H1"`)
	pressTabUntil(t, page, `button[id^="passage-"]`)
	if page.Eval(focusVisible) != "true" {
		t.Error("the focus cannot be seen")
	}
	page.Type(kb.Enter)
	page.WaitText("Listepris")

	page.Go(product.URL() + "/passages")
	page.Wait("the name menu", `document.querySelector("#who")`)
	pressTabUntil(t, page, "#who")
	page.Type(kb.Enter)
	page.Wait("the menu", `document.querySelector("#who-menu:popover-open")`)
	pressTabUntil(t, page, "#logout")
	page.Type(kb.Enter)
	page.Wait("the sign-in page", `location.pathname === "/login"`)
}

// focusInDialog reports whether the focus is in the open dialog, or on the browser's own controls.
const focusInDialog = `document.activeElement === document.body || !!document.activeElement.closest("dialog[open]")`

// An action that cannot be undone opens a dialog: it traps the focus, starts at the answer that changes nothing, closes
// with Escape, and restores the focus.
func TestDialogTrapsAndRestoresFocus(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.WaitText("Fjordfrakt AS")
	page.Go(product.URL() + "/sessions")
	page.Wait("the page", `document.querySelector("#end-all")`)
	pressTabUntil(t, page, "#end-all")
	page.Type(kb.Enter)
	page.Wait("the question", confirmationOpen)
	for range 6 {
		page.Type(kb.Tab)
		if page.Eval(focusInDialog) != "true" {
			t.Fatalf("the focus left the dialog for %s", page.Eval(`document.activeElement.outerHTML`))
		}
	}
	page.Type(kb.Escape)
	page.Wait("the focus where it was",
		`!document.querySelector("dialog[open]") && document.activeElement.id === "end-all"`)

	page.Go(product.URL() + "/people")
	page.WaitText("Astrid Moen")
	pressTabUntil(t, page, `[aria-label="Fjern: Astrid Moen"]`)
	page.Type(kb.Enter)
	page.Wait("the question", confirmationOpen)
	page.WaitText("Vil du fjerne Astrid Moen?")
	page.Type(kb.Enter) // the answer that changes nothing
	page.Wait("the focus where it was",
		`!document.querySelector("dialog[open]") && document.activeElement.matches('[aria-label="Fjern: Astrid Moen"]')`)
	page.Type(kb.Enter)
	page.Wait("the question again", confirmationOpen)
	pressTabUntil(t, page, "#confirm-yes")
	page.Type(kb.Enter)
	page.WaitText("Personen er fjernet.")
	page.Wait("the person to be removed",
		`!document.querySelector("main").innerText.includes("Astrid Moen") && document.activeElement.id === "title"`)
	pressTabUntil(t, page, "#toast-close")
	page.Type(kb.Enter)
	page.Wait("the toast to close", `!document.querySelector("#toast") && document.activeElement.id === "title"`)
}

// An action that can be undone is done at once and offers to undo it.
func TestRemovedStopIsRestoredByKeyboard(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	page.Go(product.URL() + "/prices?stops=oslo-104@07:30,oslo-301@07:42&day=2026-11-16")
	page.Wait("the trip", `document.querySelectorAll(".bp-stop").length === 2`)
	pressTabUntil(t, page, ".bp-stop button")
	page.Type(kb.Enter)
	page.Wait("one station",
		`document.querySelectorAll(".bp-stop").length === 1 && document.activeElement.id === "station"`)
	pressTabUntil(t, page, "#toast-do")
	page.Type(kb.Enter)
	page.Wait("both stations in their order",
		`location.search.includes("oslo-104") && location.search.indexOf("oslo-104") < location.search.indexOf("oslo-301")`)
}
