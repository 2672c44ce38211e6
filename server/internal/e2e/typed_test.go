package e2e_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"bompass/server/internal/e2e"
	"bompass/shared/fixture"
)

// What was typed is there again after the session has ended and the person has signed in; another person does not see it.
func TestTypedTextSurvivesTheEndOfTheSession(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	kari := account(t, "kari@bompass.example")
	signIn(t, page, product, kari)
	page.WaitText("DP 45821")
	page.Go(product.URL() + "/profile")
	page.Wait("the form", `document.querySelector("#street")`)
	page.Replace("#street", "Nygata 7")
	page.Type(kb.Tab)
	page.Wait("the text to be kept", `sessionStorage.getItem("bompass.typed").includes("Nygata 7")`)
	page.Await("the end of the session", `fetch("/api/v1/me").then(r => r.json()).then(me => fetch("/api/v1/logout", {method: "POST", headers: {"Content-Type": "application/json", "X-CSRF-Token": me.csrf}, body: "{}"})).then(() => "ended")`)
	page.Go(product.URL() + "/profile")
	page.Wait("the sign-in page", `location.pathname === "/login"`)
	page.Wait("the text to be kept there", `sessionStorage.getItem("bompass.typed").includes("Nygata 7")`)
	for used := time.Now().Unix() / 30; time.Now().Unix()/30 == used; { // a code signs in once
		time.Sleep(time.Second)
	}
	signIn(t, page, product, kari)
	page.WaitText("DP 45821")
	page.Go(product.URL() + "/profile")
	page.Wait("the text to be back", `document.querySelector("#street") && document.querySelector("#street").value === "Nygata 7"`)
	page.Screenshot("typed-back")
	page.Press(`main form:has(#street) button[type=submit]`)
	page.WaitText("Endringene er lagret.")
	page.Wait("nothing to be kept", `!(sessionStorage.getItem("bompass.typed") || "").includes("Nygata 7")`)
}

// Two minutes before the session ends, a dialog offers to stay.
func TestIdlePersonIsWarned(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	page.Go(product.URL() + "/profile")
	page.Wait("the form", `document.querySelector("#street")`)
	page.Eval(`window.seconds = 100, window.stayed = 0, window.fetched = window.fetch, window.fetch = (path, options) => {
		if (path === "/session/stay") { window.seconds = 1800; window.stayed++; }
		return /^\/session/.test(path) ? Promise.resolve(new Response(JSON.stringify({ seconds: window.seconds }))) : window.fetched(path, options);
	}, document.dispatchEvent(new Event("visibilitychange")), "asked"`)
	page.Wait("the dialog", `document.querySelector("dialog#idle[open]") && document.querySelector("dialog#idle").innerText.includes("Du blir snart logget ut")`)
	for _, view := range []e2e.View{e2e.Phone, e2e.Desktop.InDark()} {
		page.SetView(view)
		page.Screenshot("idle-" + view.String())
	}
	page.Type(kb.Enter) // the button has the focus
	page.Wait("the dialog to be closed", `!document.querySelector("dialog#idle") && window.stayed === 1`)
}

// Enter twice on the page of the code signs in.
func TestEnterTwiceSignsIn(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	kari := account(t, "kari@bompass.example")
	page.Go(product.URL() + "/login")
	page.Fill("#email", kari.Email)
	page.Fill("#password", fixture.Password)
	page.Type(kb.Enter)
	page.Wait("the page of the code", `document.querySelector("#code")`)
	code, err := totp.GenerateCode(kari.TOTPSecret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	page.Fill("#code", code)
	page.Type(kb.Enter + kb.Enter)
	page.WaitText("DP 45821")
}
