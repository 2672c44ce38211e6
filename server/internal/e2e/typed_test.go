package e2e_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"bompass/server/internal/e2e"
	"bompass/shared/fixture"
)

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
