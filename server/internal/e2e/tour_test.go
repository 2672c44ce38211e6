package e2e_test

import (
	"strings"
	"testing"
	"time"

	"bompass/server/internal/e2e"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
)

// pageState is a page, or a state of a page.
type pageState struct {
	name string
	path string            // opened first, if set
	then func(p *e2e.Page) // actions of a person
	see  string            // a JavaScript condition that holds when the page is complete
}

// press presses one control after the other.
func press(selectors ...string) func(*e2e.Page) {
	return func(p *e2e.Page) {
		for _, selector := range selectors {
			p.Press(selector)
		}
	}
}

// fill types into fields and sends their form.
func fill(send string, fields ...string) func(*e2e.Page) {
	return func(p *e2e.Page) {
		for i := 0; i+1 < len(fields); i += 2 {
			p.Eval(`(document.querySelector("` + fields[i] + `").value = "", 1)`)
			p.Fill(fields[i], fields[i+1])
		}
		p.Press(send)
	}
}

const (
	refusedForm      = `document.activeElement && document.activeElement.matches(".ds-error-summary")`
	confirmationOpen = `document.querySelector("dialog[open]") && document.activeElement.id === "confirm-no"`
	submitButton     = "main form button[type=submit]"
)

// publicPages returns the pages of visitors that are not signed in.
func publicPages() []pageState {
	return []pageState{
		{name: "login", path: "/login"},
		{name: "login-number", path: "/login?way=number"},
		{name: "login-sweden", path: "/login?way=se"},
		{
			name: "login-wrong", path: "/login",
			then: fill(submitButton, "#email", "kari@bompass.example", "#password", "wrong-on-purpose"),
			see:  refusedForm,
		},
		{name: "first", path: "/first"},
		{name: "first-email", path: "/first/email"},
		{name: "first-password", path: "/first/password"},
		{name: "forgot", path: "/password/forgot"},
		{name: "register", path: "/register"},
		{name: "register-wrong", path: "/register", then: func(p *e2e.Page) {
			p.Eval(`(document.querySelector("main form").noValidate = true, 1)`)
			p.Press(submitButton)
		}, see: refusedForm},
		{
			name: "code", path: "/login",
			then: fill(submitButton, "#email", "olav@bompass.example", "#password", fixture.Password),
			see:  `location.pathname === "/login/code"`,
		},
		{name: "lost", path: "/login/lost", see: `document.querySelectorAll("main section").length > 1`},
		{name: "help", path: "/help?company=vegamot", see: `document.querySelector("#contact")`},
		{name: "help-login", path: "/help/login"},
		{name: "help-tags", path: "/help/tags"},
		{name: "help-tags-mounting", path: "/help/tags/mounting"},
		{name: "help-tags-removal", path: "/help/tags/removal"},
		{name: "help-tags-return", path: "/help/tags/return"},
		{name: "register-confirm", path: "/register/confirm?token=AAAA"},
		{name: "email-confirm-signed-out", path: "/email/confirm?token=AAAA"},
		{name: "message", path: "/message"},
		{name: "message-unknown", path: "/message?message=00000-00000"},
		{name: "message-misread", path: "/message?message=1"},
		{name: "link-spent", path: "/password/new?token=AAAA"},
		{name: "nowhere", path: "/nowhere"},
		{name: "prices-public", path: "/prices", see: `document.querySelector("#station")`},
		{name: "ui", path: "/_ui"},
	}
}

// firstSignInPages returns the pages of a person's first sign-in, with an eID.
func firstSignInPages() []pageState {
	return []pageState{
		{name: "welcome", path: "/login", then: func(p *e2e.Page) {
			p.Press(`main a[href^="/login/eid/no"]`)
			p.Press(`input[value="anna"]`)
			p.Press(`button[type="submit"]:not([name])`)
		}, see: `location.pathname === "/welcome" && document.querySelector("#consent-privacy")`},
		{name: "welcome-wrong", then: func(p *e2e.Page) {
			p.Eval(`(document.querySelector("main form").noValidate = true, 1)`)
			p.Press(submitButton)
		}, see: refusedForm},
		{name: "welcome-sent", then: func(p *e2e.Page) {
			p.Press("#consent-privacy")
			fill(submitButton, "#name", "Anna Holm", "#email", "anna@bompass.example", "#mobile", "90000103", "#street",
				"Storgata 1", "#postal_code", "0155", "#city", "Oslo")(p)
		}, see: `document.querySelector('main a[href="/welcome/mobile"]')`},
		{name: "welcome-mobile", then: press(`main a[href="/welcome/mobile"]`), see: `document.querySelector("#code")`},
		{name: "welcome-mobile-wrong", then: fill(submitButton, "#code", "00000x"), see: refusedForm},
	}
}

// signedInPages returns the pages of the owner of a company with two agreements.
func signedInPages() []pageState {
	// On the first days of a month, the month has too few passages.
	today := oslo.DayOf(time.Now())
	lately := "&from=" + (today - 29).String() + "&to=" + today.String()
	rows := `document.querySelectorAll('button[id^="passage-"]').length > 3`
	return []pageState{
		// First those that need a factor of the last five minutes, since the tour takes longer on a busy machine.
		{name: "people", path: "/people", see: `document.querySelector("#email")`},
		{name: "people-wrong", then: fill(`form:has(#email) button[type=submit]`, "#email", "x"), see: refusedForm},
		{name: "people-remove", path: "/people", then: press(".bp-entry button"), see: confirmationOpen},
		{name: "sessions", path: "/sessions", see: `document.querySelector("#end-all")`},
		{name: "sessions-end", then: press("#end-all"), see: confirmationOpen},
		{name: "device", path: "/device", see: `document.querySelector("#own")`},
		{name: "security", path: "/security"},
		{name: "security-password", path: "/security/password"},
		{name: "security-password-wrong", then: func(p *e2e.Page) {
			p.Eval(`(document.querySelector("main form").noValidate = true, 1)`)
			p.Press(submitButton)
		}, see: refusedForm},
		{name: "security-app", path: "/security/app", see: `document.querySelector(".bp-qr")`},
		{name: "security-app-wrong", then: fill(submitButton, "#code", "000000"), see: refusedForm},
		{
			name: "security-codes", path: "/security", then: press(`form[action="/security/codes"] button`),
			see: `document.querySelectorAll(".bp-codes code").length > 5`,
		},
		{
			name: "security-eid-wrong", path: "/security",
			then: press(`#eid a[href^="/login/eid/no"]`, `input[value="liv"]`, `button[type="submit"]:not([name])`),
			see:  refusedForm, // it is another person's
		},
		{name: "overview", path: "/", see: `document.querySelector("#agreements")`},
		{name: "overview-menu", then: press("#who"), see: `document.querySelector("#who-menu:popover-open")`},
		{
			name: "passages", path: "/passages?vehicle=" + vehicle("VJ40110") + lately, then: press(`button[id^="passage-"]`),
			see: rows + ` && document.querySelector(".bp-receipt")`,
		},
		{
			name: "passages-none", path: "/passages?from=2024-01-01&to=2024-01-31",
			see: `document.querySelector(".bp-empty")`,
		},
		{
			name: "passages-refused", path: "/passages?from=2026-01-01&to=2026-03-15",
			then: press("main form button[type=submit]"), see: refusedForm,
		},
		{
			name: "check", path: "/check", then: press("#all", `button[id^="passage-"]`),
			see: `document.querySelector("#verdict") && document.querySelector(".bp-receipt")`,
		},
		{
			name: "prices", path: "/prices?stops=oslo-104@07:30,oslo-301@07:42&day=2026-11-16&back=15:50",
			then: press("#trip-1"), see: `document.querySelector(".bp-receipt")`,
		},
		{name: "prices-undo", then: press(".bp-stop button"), see: `document.querySelector("#toast")`},
		{
			name: "prices-search", path: "/prices", then: fill(".bp-search button[type=submit]", "#station", "ring"),
			see: `document.querySelectorAll(".bp-offer").length > 3`,
		},
		{name: "prices-wrong", path: "/prices", then: press(".bp-search button[type=submit]"), see: refusedForm},
		{name: "agreement-details", path: "/agreements/details?number=7002001", see: `document.querySelector("#reference") && document.querySelector(".bp-table-vehicles")`},
		{name: "agreement-details-wrong", then: fill(`form:has(#reference) button[type=submit]`, "#reference", "<b>"), see: refusedForm},
		{name: "invoices", path: "/invoices", see: `document.querySelector("#unpaid") && document.querySelector("#settled")`},
		{name: "invoices-open", then: press("main .bp-expand"), see: `document.querySelector("main .bp-detail")`},
		{name: "invoices-none", path: "/invoices?from=2020-01-01&to=2020-01-31", see: `document.querySelector(".bp-empty")`},
		{name: "vehicles", path: "/vehicles", see: `document.querySelector("#vehicles-search")`},
		{name: "vehicles-bulk", then: press("#pick-all"), see: `document.querySelector("#action-centre")`},
		{name: "vehicles-import", path: "/vehicles/import", see: `document.querySelector("#file")`},
		{name: "tag", path: "/tags/details?tag=" + tag("VJ40110"), see: `document.querySelector("#tag") && document.querySelector("#changes")`},
		{name: "tag-orders", path: "/tags/orders", see: `document.querySelector("#order")`},
		{name: "tag-orders-wrong", then: func(p *e2e.Page) {
			p.Eval(`(document.querySelector("form:has(#order)").noValidate = true, 1)`)
			p.Press("#order")
		}, see: refusedForm},
		{name: "tag-orders-placed", path: "/tags/orders?vehicle=" + vehicle("VJ40110") + "&item=tag", then: fill("#order", "#address", "Havnegata 1, 7010 Trondheim"), see: `document.querySelector("#mine")`},
		{name: "disputes", path: "/passages/dispute"},
		{name: "cases", path: "/cases", see: `document.querySelector("#write")`},
		{name: "case-new", path: "/cases/new?about=agreement:7002001", see: `document.querySelector("#text")`},
		{name: "case-new-wrong", then: func(p *e2e.Page) {
			p.Eval(`(document.querySelector("form:has(#send)").noValidate = true, 1)`)
			p.Press("#send")
		}, see: refusedForm},
		{name: "case-opened", path: "/cases/new", then: func(p *e2e.Page) {
			p.Eval(`(document.querySelector("#topic").value = "passage", document.querySelector("#charger").selectedIndex = 1, 1)`)
			fill("#send", "#title", "Feil pris", "#text", "Hei!")(p)
		}, see: `document.querySelector("#messages")`},
		{name: "agreement-address", path: "/agreements/address", see: `document.querySelector("#agreements")`},
		{name: "vehicle", path: "/vehicles/details?vehicle=" + vehicle("VJ40110"), see: `document.querySelector("#history") && document.querySelector("#tag")`},
		{name: "tag-move", path: "/tags/move", see: `document.querySelector("main form button[type=submit]")`},
		{name: "tag-move-wrong", then: press(submitButton), see: refusedForm},
		{name: "tag-lost", path: "/tags/lost", see: `document.querySelector("main form button[type=submit]")`},
		{name: "vehicle-add", path: "/vehicles/add", see: `document.querySelector("main form button[type=submit]")`},
		{name: "vehicle-add-wrong", then: press(submitButton), see: refusedForm},
		{name: "vehicle-remove", path: "/vehicles/remove", see: `document.querySelector("main form button[type=submit]")`},
		{name: "vehicle-history", path: "/vehicles/history?agreement=7002001", see: `document.querySelector(".bp-empty, main ol, main table")`},
		{name: "profile", path: "/profile", see: `document.querySelector("#erase")`},
		{name: "profile-wrong", then: fill(`form:has(#mobile) button[type=submit]`, "#mobile", "x"), see: refusedForm},
		{name: "profile-erase", path: "/profile", then: press("#erase"), see: confirmationOpen},
		{name: "prove", path: "/prove?next=/security"},
		{name: "export", path: "/export"},
		{name: "parties", path: "/parties"},
		{name: "customer", path: "/welcome/customer"},
		{name: "find", path: "/agreements/find"},
		{name: "find-old", path: "/agreements/find/old"},
		{name: "terms", path: "/terms/special"},
		{name: "agree", path: "/agreements/new", see: `document.querySelector(".bp-question")`},
		{
			name: "agree-wrong", then: press(".bp-question button[type=submit]"),
			see: `document.querySelector(".ds-error-summary") || document.querySelector(".bp-question")`,
		},
		{name: "missing", path: "/nowhere"},
	}
}

// vehicle returns the id of a demo vehicle.
func vehicle(plate string) string {
	for _, v := range fixture.Vehicles() {
		if v.Plate.Text == plate {
			return string(v.ID)
		}
	}
	return ""
}

// tag returns the tag of a demo vehicle.
func tag(plate string) string {
	for _, m := range fixture.Mounts() {
		if string(m.Vehicle) == vehicle(plate) {
			return string(m.Tag)
		}
	}
	return ""
}

// pageTour opens the pages in one language.
type pageTour struct {
	t       *testing.T
	page    *e2e.Page
	product *e2e.Product
	lang    string
}

// visitAllPages opens every page in a language and calls check for each. Norwegian uses the owner's account and
// other languages that of the administrator: an account has one language, and a code can be used once.
func visitAllPages(t *testing.T, product *e2e.Product, lang string, check func(page *e2e.Page, name string)) {
	t.Helper()
	w := pageTour{t, e2e.Open(t, e2e.Desktop), product, lang}
	w.page.Go(product.URL() + "/login?lang=" + lang) // stored in a cookie
	w.visit(publicPages(), check)
	email := "nils@fjordfrakt.example"
	if lang != "nb" {
		email = "jonas@fjordfrakt.example"
	}
	signIn(t, w.page, product, account(t, email))
	w.page.Wait("the overview", `document.querySelector("#who") && document.querySelector("#agreements")`)
	if w.page.Eval("document.documentElement.lang") != lang {
		w.page.Press(`footer button[lang="` + lang + `"]`)
		w.page.Wait("the language",
			`document.documentElement.lang === "`+lang+`" && document.querySelector("#agreements")`)
	}
	w.visit(signedInPages(), check)
}

// visit opens each state of a page and calls check for it. A state without a path follows from the previous one.
func (w pageTour) visit(places []pageState, check func(page *e2e.Page, name string)) {
	w.t.Helper()
	for _, at := range places {
		w.page.SetView(e2e.Desktop)
		if at.path != "" {
			w.page.Go(w.product.URL() + at.path)
			w.page.Wait("the page "+at.path,
				`document.querySelector("h1") && !document.querySelector(".bp-app .ds-skeleton")`)
		}
		if at.then != nil {
			at.then(w.page)
		}
		if at.see != "" {
			w.page.Wait(at.name, at.see)
		}
		w.page.Wait("the document of "+at.name, `document.documentElement && document.readyState === "complete"`)
		if got := w.page.Eval("document.documentElement.lang"); got != w.lang &&
			at.name != "ui" { // the workbench is in English
			w.t.Errorf("%s is in %s, want %s", at.name, got, w.lang)
		}
		check(w.page, strings.TrimSpace(at.name))
	}
}
