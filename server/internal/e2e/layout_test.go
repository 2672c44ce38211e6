package e2e_test

import (
	"os"
	"testing"

	"bompass/server/internal/e2e"
)

// Every page fits every screen: nothing overflows to the side, there is one heading of the first level, and
// checkboxes are square. German has the longest words. With BOMPASS_SHOTS set to a folder, screenshots are saved
// there, dark ones too.
func TestPagesFitEveryScreen(t *testing.T) {
	product := e2e.Start(t, program)
	screens := map[string][]e2e.View{
		"nb": {e2e.Phone, e2e.Tablet, e2e.Desktop},
		"de": {e2e.Phone, e2e.Tablet},
	}
	if os.Getenv("BOMPASS_SHOTS") != "" {
		screens["nb"] = append(screens["nb"], e2e.Phone.InDark(), e2e.Tablet.InDark(), e2e.Desktop.InDark())
	}
	t.Run("languages", func(t *testing.T) {
		for lang, views := range screens {
			t.Run(lang, func(t *testing.T) {
				t.Parallel()
				visitAllPages(t, product, lang, func(page *e2e.Page, name string) {
					for _, view := range views {
						page.SetView(view)
						page.Wait(name+" to fit "+view.String(),
							`document.documentElement.scrollWidth <= window.innerWidth`)
						page.Screenshot(name + "-" + lang + "-" + view.String())
					}
					if n := page.Eval(`document.querySelectorAll("h1").length`); n != "1" {
						t.Errorf("%s has %s headings of the first level", name, n)
					}
					if page.Eval(`[...document.querySelectorAll("main input[type=checkbox]")].every((b) => b.offsetWidth >= 16 && Math.abs(b.offsetWidth - b.offsetHeight) < 4)`) != "true" {
						t.Errorf("%s has a checkbox that is not square", name)
					}
				})
			})
		}
	})
}

// The pages of a newcomer with an eID fit and are accessible, and name missing answers beside the field and in a
// focused summary.
func TestNewcomerPages(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	l := newAxeChecker(t, page)
	pageTour{t, page, product, "nb"}.visit(firstSignInPages(), func(page *e2e.Page, name string) {
		l.checkPage(t, name)
		page.SetView(e2e.Phone)
		page.Wait(name+" to fit", `document.documentElement.scrollWidth <= window.innerWidth`)
		page.Screenshot(name + "-nb-390-light")
	})
	if page.Eval(`document.querySelector("#" + document.querySelector(".ds-error-summary a").hash.slice(1)).getAttribute("aria-describedby").split(" ").every((id) => document.getElementById(id).innerText)`) != "true" {
		t.Error("the field does not say what is wrong with it")
	}
}
