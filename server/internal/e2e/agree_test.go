package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// waitForLink returns the newest link in the mailbox that begins so.
func waitForLink(t *testing.T, product *e2e.Product, begins string) string {
	t.Helper()
	return inMailbox(t, product, `href="(`+regexp.QuoteMeta(product.URL()+begins)+`[^"]*)"`)
}

// codeFor returns the newest code in the mailbox that confirms a mobile number.
func codeFor(t *testing.T, product *e2e.Product) string {
	t.Helper()
	return inMailbox(t, product, `koden er ([0-9]{6})`)
}

// inMailbox waits for a message with a text and returns its first group.
func inMailbox(t *testing.T, product *e2e.Product, text string) string {
	t.Helper()
	found := regexp.MustCompile(text)
	for range 200 { // messages are sent in the background
		resp, err := http.Get(product.URL() + "/dev/inbox")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if m := found.FindStringSubmatch(strings.ReplaceAll(string(body), "&amp;", "&")); m != nil {
			return m[1]
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("no message has %s", text)
	return ""
}

// giveContact fills in mobile number and postal address on the page of missing details.
func (f agreementForm) giveContact(mobile, street, postalCode, city string) {
	f.t.Helper()
	f.page.Fill("#mobile", mobile)
	f.page.Fill("#street", street)
	f.page.Fill("#postal_code", postalCode)
	f.page.Fill("#city", city)
	f.page.Press("#consent-privacy")
	f.next()
}

// confirmMobile confirms the mobile number by the code that was sent to it.
func (f agreementForm) confirmMobile(product *e2e.Product) {
	f.t.Helper()
	f.page.Wait("the page that asks for the code", `location.pathname === "/welcome/mobile"`)
	f.page.Fill("#code", codeFor(f.t, product))
	f.next()
	f.page.Wait("the next page", `location.pathname !== "/welcome/mobile" && document.querySelector("h1")`)
}

// agreementForm is the form of becoming a customer in a browser.
type agreementForm struct {
	t    *testing.T
	page *e2e.Page
	axe  *axeChecker // checks every step; nil for no check
}

// waitForStep waits until the step with a question is shown, and checks its accessibility and layout.
func (f agreementForm) waitForStep(step, question string) {
	f.t.Helper()
	f.page.WaitText(question)
	f.page.Wait("the step "+step,
		`location.search.includes("step=`+step+`") && document.querySelector("h1").textContent === "`+question+`"`)
	if f.axe != nil {
		f.axe.checkPage(f.t, "step "+step)
		for screen, view := range map[string]e2e.View{
			"390-light": e2e.Phone, "390-dark": e2e.Phone.InDark(), "1280-light": e2e.Desktop,
			"1280-dark": e2e.Desktop.InDark(),
		} {
			f.page.SetView(view)
			f.page.Wait(step+" to fit "+screen, `document.documentElement.scrollWidth <= window.innerWidth`)
			f.page.Screenshot("agree-" + step + "-" + screen)
		}
	}
}

func (f agreementForm) choose(selector, value string) {
	f.t.Helper()
	f.page.Wait(selector, `document.querySelector("`+selector+`")`)
	f.page.Eval(`(() => { const s = document.querySelector("` + selector + `"); s.value = "` + value +
		`"; s.dispatchEvent(new Event("change", {bubbles: true})); return 1; })()`)
}

func (f agreementForm) next() {
	f.t.Helper()
	f.page.Press("main form button[type=submit]")
}

const (
	headingFocused = `document.activeElement && document.activeElement.tagName === "H1"`
	errorsFocused  = `document.activeElement && document.activeElement.id === "mistakes"`
	termsName      = "Godtar du vilkårene?"
)

// A person with an eID and no agreement is asked, answers no, orders a tag in the form, and gets an agreement.
// The car's next passage is on it, with its price.
func TestPersonWithEIDMakesAgreement(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	axe := newAxeChecker(t, page)
	f := agreementForm{t, page, &axe}
	page.Go(product.URL() + "/")
	page.Press(`main a[href^="/login/eid/no"]`)
	page.Press(`input[value="liv"]`)
	page.Press(`button[type="submit"]`)
	page.Wait("the page of missing details", `document.querySelector("#email")`)
	if asked := page.Eval(`[...document.querySelectorAll("main input:not([type=hidden], [type=checkbox]), main select")].map((i) => i.name).join(" ")`); asked != "email mobile street postal_code city country" {
		t.Errorf("the page asks for %s, want what is missing: the issuer disclosed the name", asked)
	}
	page.Fill("#email", "liv@bompass.example")
	f.giveContact("90 00 01 01", "Storgata 1", "0155", "Oslo")
	page.WaitText("liv@bompass.example")
	page.Press(`main a[href="/welcome/mobile"]`)
	f.confirmMobile(product)
	page.Go(waitForLink(t, product, "/email/confirm"))
	page.Press("main form button[type=submit]")
	page.WaitText("Adressen er bekreftet")
	page.Go(product.URL() + "/")
	page.WaitText("Er du allerede kunde hos et bomselskap?")
	page.Press(`button[name="answer"][value="no"]`)

	f.waitForStep("charger", "Hvilket bomselskap vil du ha avtale med?")
	proves.That(t, "S1.12", "S2.25", "S2.27")
	f.next()
	page.Wait("focus on the summary of errors", errorsFocused)
	page.WaitText("Velg bomselskap")
	page.Screenshot("agree-mistake")
	page.Press("#charger-fjellinjen")
	f.next()
	f.waitForStep("country", "Hvilket land er kjøretøyet registrert i?") // the address is known
	proves.That(t, "S2.28")
	page.Wait("focus on the question", headingFocused)
	f.choose("#country", "NO")
	f.next()
	f.waitForStep("plate", "Hva er registreringsnummeret?")
	page.Fill("#plate", "bt 90214")
	f.next()
	f.waitForStep("vehicle", "Er dette kjøretøyet ditt?")
	page.WaitText("SKODA ENYAQ")
	page.WaitText("elbil")
	proves.That(t, "S2.30–S2.32")
	page.Go(product.URL() + "/agreements/new") // a reload keeps the answers
	f.waitForStep("vehicle", "Er dette kjøretøyet ditt?")
	f.next()
	f.waitForStep("tag", "Vil du ha en brikke?")
	page.Press("#tag-yes")
	f.next()
	f.waitForStep("terms", termsName)
	page.Press("#general")
	f.next()
	page.Wait("focus on the summary of errors", errorsFocused)
	page.WaitText("Du må godta begge vilkårene")
	proves.That(t, "S2.33")
	page.Press("#special")
	f.next()
	f.waitForStep("check", "Kontroller svarene dine")
	page.Press(`.bp-change a[href*="step=charger"]`)
	f.waitForStep("charger", "Hvilket bomselskap vil du ha avtale med?")
	page.Press("#charger-ferde")
	f.next()
	f.waitForStep("check", "Kontroller svarene dine")
	page.WaitText("Ferde")
	page.Press("main form button[type=submit]")
	page.WaitText("Avtalen er opprettet")
	page.Wait("the receipt's own address", `location.pathname === "/agreements/done"`)
	page.Wait("focus on the heading", headingFocused)
	page.WaitText("Brikken sendes i posten.")
	proves.That(t, "S2.29", "S5.04", "S5.07")
	axe.checkPage(t, "receipt")
	page.SetView(e2e.Phone)
	page.Screenshot("agree-done-390")
	page.SetView(e2e.Desktop)
	page.Screenshot("agree-done-1280")
	waitForLink(t, product, "/agreements/done?number=71")

	sendPassage(t, product, fixture.LivPlate, 501)
	page.Press(`main a[href="/"]`)
	page.WaitText("BT 90214")
	page.WaitText("Ferde")
	page.Wait("the passage", `document.querySelectorAll('button[id^="passage-"]').length === 1`)
	page.Press(`button[id^="passage-"]`)
	page.WaitText("Listepris")
	page.Screenshot("agree-overview")
	if page.Eval(`document.body.innerText.includes("uten avtale")`) == "true" {
		t.Error("the vehicle is shown as without an agreement")
	}
}

// sendPassage sends a passage of a car without a tag, at the current time, as a station does.
func sendPassage(t *testing.T, product *e2e.Product, plate toll.Plate, epoch int64) {
	t.Helper()
	var body bytes.Buffer
	o := toll.Observation{
		Station: "oslo-301", Lane: 1, Epoch: epoch, At: time.Now().UTC(), Direction: toll.Inbound,
		Country: plate.Country, Plate: plate.Text,
	}
	if err := json.NewEncoder(&body).Encode(o); err != nil {
		t.Fatal(err)
	}
	product.Send(t, &body)
}

// A person who registers with an email address makes an agreement by keyboard, for a foreign vehicle that no
// register has, and can begin a second agreement from the overview.
func TestRegisteredPersonMakesAgreementByKeyboard(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	f := agreementForm{t: t, page: page}
	const email, password = "berit@bompass.example", "Elleve-granskog-42"
	page.Go(product.URL() + "/register")
	page.Fill("#email", email)
	page.Press("main form button[type=submit]")
	page.WaitText("sendt")
	page.Go(waitForLink(t, product, "/register/confirm"))
	for _, view := range []e2e.View{e2e.Desktop, e2e.Phone} {
		page.SetView(view)
		page.Screenshot("register-confirm-" + view.String())
	}
	page.Fill("#name", "Berit Aas")
	page.Fill("#password", password)
	page.Press("main form button[type=submit]")
	page.WaitText("Logg inn")
	proves.That(t, "S1.08", "S2.15–S2.17")
	page.Go(product.URL() + "/login")
	page.Fill("#email", email)
	page.Fill("#password", password)
	page.Press("main form button[type=submit]")
	page.Wait("a secret", `document.querySelector("code.bp-secret")`)
	code, err := totp.GenerateCode(strings.ReplaceAll(page.Eval(`document.querySelector("code.bp-secret").textContent`),
		" ", ""), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	page.Fill("#code", code)
	page.Press("main form button[type=submit]")
	page.Wait("recovery codes", `document.querySelectorAll("main li, main code").length > 5`)
	proves.That(t, "O.01")
	page.Go(product.URL() + "/")
	f.giveContact("+47 90 00 01 02", "Kaien 2", "5003", "Bergen")
	f.confirmMobile(product)
	page.WaitText("Er du allerede kunde hos et bomselskap?")
	page.Press(`button[name="answer"][value="no"]`)

	f.waitForStep("charger", "Hvilket bomselskap vil du ha avtale med?")
	pressTabUntil(t, page, "#charger-fjellinjen")
	page.Type(" ")
	page.Type(kb.Enter)
	f.waitForStep("country", "Hvilket land er kjøretøyet registrert i?")
	pressTabUntil(t, page, "#country")
	page.Type("Tys") // selects the country by its first letters
	pressTabUntil(t, page, "main form button[type=submit]")
	page.Type(kb.Enter)
	f.waitForStep("plate", "Hva er registreringsnummeret?")
	pressTabUntil(t, page, "#plate")
	page.Type("M-AB 1234" + kb.Enter)
	f.waitForStep("vehicle", "Hva slags kjøretøy er det?")
	page.Screenshot("agree-stated-390")
	pressTabUntil(t, page, "#right")
	page.Type(" ")
	pressTabUntil(t, page, "#kind-car")
	page.Type(" ")
	page.Wait("the question of fuel", `document.querySelector("#fuel")`)
	pressTabUntil(t, page, "#fuel")
	page.Type("Di")
	pressTabUntil(t, page, "main form button[type=submit]")
	page.Type(kb.Enter)
	f.waitForStep("tag", "Vil du ha en brikke?")
	pressTabUntil(t, page, "#tag-yes")
	page.Type(kb.ArrowDown)
	page.Type(kb.Enter)
	f.waitForStep("terms", termsName)
	pressTabUntil(t, page, "#general")
	page.Type(" ")
	pressTabUntil(t, page, "#special")
	page.Type(" " + kb.Enter)
	f.waitForStep("check", "Kontroller svarene dine")
	pressTabUntil(t, page, "main form button[type=submit]")
	page.Type(kb.Enter)
	page.WaitText("Avtalen er opprettet")
	page.WaitText("DE MAB1234")

	page.Eval("(history.back(), 1)") // the answers are sent: there is nothing to send again
	page.Wait("the first question",
		`location.search.includes("step=charger") && document.querySelector("#charger-ferde")`)
	page.Go(product.URL() + "/")
	page.WaitText("DE MAB1234")
	page.Press(`main a[href="/agreements/new"]`)
	f.waitForStep("charger", "Hvilket bomselskap vil du ha avtale med?")
	proves.That(t, "S1.13")
}

// The customer number and password of the legacy system link an agreement. The overview has it, beside what the person had before.
func TestLegacyCustomerNumberLinksAgreement(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "per@bompass.example"))
	page.WaitText("RK 20877")
	page.Press(`main a[href="/agreements/find"]`)
	page.Press(`main a[href="/agreements/find/old"]`)
	page.Fill("#number", fixture.LegacyNumber)
	page.Fill("#password", "feil passord")
	page.Press("main form button[type=submit]")
	page.WaitText("stemmer ikke")
	page.Screenshot("agree-old-wrong")
	page.Fill("#password", fixture.LegacyPassword)
	page.Press("main form button[type=submit]")
	page.WaitText("Avtale 7005001: Knyttet til deg.")
	page.Screenshot("agree-old-linked")
	for _, v := range newAxeChecker(t, page).violations(t) {
		t.Errorf("%s: %s", v.ID, v.Help)
	}
	page.Go(product.URL() + "/")
	page.WaitText("KH 70315")
	page.WaitText("RK 20877")
	page.SetView(e2e.Desktop)
	for _, path := range []string{"/passages", "/invoices", "/vehicles", "/prices", "/help", "/"} {
		link := `[...document.querySelectorAll("nav a[href='` + path + `']")].find((a) => a.offsetParent && a.getBoundingClientRect().left < 300)`
		page.Wait("the link to "+path+" on the left", link+` && !document.querySelector("script[data-answer]")`)
		page.Eval("(" + link + ".click(), 1)")
		page.Wait("the page "+path, `location.pathname === "`+path+`" && document.querySelector("h1")`)
	}
	proves.That(t, "S1.11", "S1.38", "S2.35", "S2.43", "O.08")
}
