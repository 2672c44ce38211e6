package e2e_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"bompass/server/internal/e2e"
	"bompass/shared/fixture"
)

// tabMax bounds how far a person has to tab.
const tabMax = 80

// focusSeen tells whether a ring is drawn around the control in focus, or around what it fills.
const focusSeen = `["", "::after"].some((part) => {
	const style = getComputedStyle(document.activeElement, part || null);
	return style.outlineStyle !== "none" || style.boxShadow !== "none";
})`

// tabTo moves the focus with the tabulator alone until it stands on what a selector names.
func tabTo(t *testing.T, page *e2e.Page, selector string) {
	t.Helper()
	for range tabMax {
		if page.Text(`!!document.activeElement && document.activeElement.matches('`+selector+`')`) == "true" {
			return
		}
		page.Type(kb.Tab)
	}
	t.Fatalf("no way to %s with the tabulator", selector)
}

// A person without a mouse logs in, finds a passage, opens why it cost what it did, and logs out.
func TestTheKeyboardAloneIsEnough(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	who := account(t, "kari@bompass.example")
	page.Go(product.URL() + "/")
	page.Wait("the form", `document.querySelector("#email")`)
	tabTo(t, page, "#email")
	page.Type(who.Email)
	tabTo(t, page, "#password")
	page.Type(fixture.Password + kb.Enter)
	page.Wait("the code's form", `document.querySelector("#code")`)
	code, err := totp.GenerateCode(who.TOTPSecret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	tabTo(t, page, "#code")
	page.Type(code + kb.Enter)
	page.Wait("the overview", `document.querySelector("#agreements") && document.querySelector("#who")`)

	tabTo(t, page, `nav a[href^="/passages"]`)
	page.Type(kb.Enter)
	page.Wait("rows", `location.pathname === "/passages" && document.querySelectorAll('button[id^="passage-"]').length > 3`)
	page.Wait("focus on the heading", `document.activeElement && document.activeElement.tagName === "H1"`)
	tabTo(t, page, `button[id^="passage-"]`)
	if page.Text(focusSeen) != "true" {
		t.Error("the focus cannot be seen")
	}
	page.Type(kb.Enter)
	page.See("Listepris")

	page.Go(product.URL() + "/passages")
	page.Wait("the name menu", `document.querySelector("#who")`)
	tabTo(t, page, "#who")
	page.Type(kb.Enter)
	page.Wait("the menu", `document.querySelector("#who-menu:popover-open")`)
	tabTo(t, page, "#logout")
	page.Type(kb.Enter)
	page.Wait("the sign-in page", `location.pathname === "/login"`)
}
