package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
	"bompass/shared/fixture"
)

var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "bompass-e2e-program-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if program, err = e2e.Build(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// account returns the demo account with an email address.
func account(t testing.TB, email string) fixture.Account {
	t.Helper()
	for _, a := range fixture.Accounts() {
		if a.Email == email {
			return a
		}
	}
	t.Fatalf("no demo account has the address %s", email)
	return fixture.Account{}
}

// signIn signs in with both forms and a current code.
func signIn(t testing.TB, page *e2e.Page, product *e2e.Product, user fixture.Account) {
	t.Helper()
	page.Go(product.URL() + "/")
	page.Fill("#email", user.Email)
	page.Fill("#password", fixture.Password)
	page.Press("main form button[type=submit]")
	code, err := totp.GenerateCode(user.TOTPSecret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	page.Fill("#code", code)
	page.Press("main form button[type=submit]")
}

// A person signs in, sees the cost of the month, opens an explanation, sees a passage arrive live, and signs out.
func TestPassageAppearsLiveWithItsReason(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))

	page.WaitText("Kari Lund")
	page.WaitText("Fjellinjen")
	page.WaitText("DP 45821")
	page.WaitText("EK 31204")
	page.Screenshot("overview")
	const amount = `document.querySelector(".bp-balance").innerText`
	balance := strconv.Quote(page.Eval(amount))
	page.Wait("the balance to be stable", amount+` === `+balance)
	product.Drive(t, 79, "bergen-1") // where the hour rule does not apply to the passages sent before
	page.Wait("the balance to change without a reload", amount+` !== `+balance)

	page.Press(`nav a[href^="/passages"]`)
	page.Wait("the passages' own address and title",
		`location.pathname === "/passages" && document.title.startsWith("Passeringer")`)
	page.Wait("focus on the heading", `document.activeElement && document.activeElement.tagName === "H1"`)
	page.Wait("rows", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	proves.That(t, "S1.17", "O.11")
	page.Press(`button[id^="passage-"]`)
	page.WaitText("Listepris")
	page.WaitText("Du betaler")
	page.Screenshot("passages")

	before := page.Eval(rowsShown)
	drive := exec.Command(program, "simulate", "--server", product.URL(), "--vehicles", "kari", "--rate", "2/s",
		"--duration", "3s")
	if text, err := drive.CombinedOutput(); err != nil {
		t.Fatalf("simulate: %v\n%s", err, text)
	}
	page.Wait("a passage to arrive without a reload", rowsShown+" !== '"+before+"'")

	page.Press("#who")
	page.Press("#logout")
	page.Wait("the sign-in page", `location.pathname === "/login"`)
	page.Go(product.URL() + "/passages")
	page.Wait("the redirect to sign in", `location.pathname === "/login"`)
}

// The sign-in pages work without scripts.
func TestSignInWorksWithoutScripts(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	page.WithoutScripts()
	page.Go(product.URL() + "/login")
	user := account(t, "ingrid@bompass.example")
	page.Fill("#email", user.Email)
	page.Fill("#password", "wrong-on-purpose")
	page.Press("main form button[type=submit]")
	page.WaitText("koden er feil")
	page.Screenshot("login-wrong")
	signIn(t, page, product, user)
	page.Wait("the portal's own page", `location.pathname === "/" && !document.querySelector("#code")`)
	proves.That(t, "O.01")
}

// Every demo customer sees their own data, and nothing of other customers.
func TestCustomersSeeOnlyTheirOwnData(t *testing.T) {
	product := e2e.Start(t, program)
	for _, c := range []struct {
		email string
		see   []string
		never []string
	}{
		{"nils@fjordfrakt.example", []string{"Fjordfrakt AS", "VJ 40", "Vegamot"}, []string{"DP 45821"}},
		{"olav@bompass.example", []string{"Olav Haugen", "SV 61733", "Ferde"}, []string{"VJ 40110"}},
		{"per@bompass.example", []string{"Per Dahl", "RK 20877", "uten avtale"}, []string{"EK 31204"}},
		{"ingrid@bompass.example", []string{"Ingrid Lindqvist", "ABC 12D"}, []string{"RK 20877"}},
	} {
		t.Run(c.email, func(t *testing.T) {
			page := e2e.Open(t, e2e.Phone)
			signIn(t, page, product, account(t, c.email))
			for _, text := range c.see {
				page.WaitText(text)
			}
			for _, text := range c.never {
				if page.Eval(`document.body.innerText.replaceAll("\u00a0", " ").includes("`+text+`")`) == "true" {
					t.Errorf("%s of another customer is on the screen", text)
				}
			}
		})
	}
	proves.That(t, "S2.45", "S2.46")
}

// A killed server restarts with all its data.
func TestKilledServerRestartsWithItsData(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	month := page.Eval(`document.querySelector("main").innerText.match(/[\d\s\u00a0]+,\d\d/)[0]`)
	product.Kill(t)
	product.Launch(t)
	page.Go(product.URL() + "/")
	page.WaitText("DP 45821")
	if again := page.Eval(`document.querySelector("main").innerText.match(/[\d\s\u00a0]+,\d\d/)[0]`); again != month {
		t.Errorf("the month was %s before the kill and %s after it", month, again)
	}
}
