package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/internal/e2e"
)

// violation is an accessibility fault that axe finds on a page.
type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// The target size of WCAG 2.2 is enabled by name: axe does not check it by default.
const runAxe = `axe.run(document, {resultTypes: ["violations"], preload: false, iframes: false, rules: {"target-size": {enabled: true}}}).then((found) => JSON.stringify(
	found.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " " + n.failureSummary.slice(0, 300))}))))`

// axeChecker checks pages with axe.
type axeChecker struct {
	page *e2e.Page
	axe  string
}

func newAxeChecker(t *testing.T, page *e2e.Page) axeChecker {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(e2e.Top, "assets", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("axe is not installed, run npm ci --prefix assets: %v", err)
	}
	return axeChecker{page, string(script) + "; 1"}
}

// violations returns the faults of the current page.
func (l axeChecker) violations(t *testing.T) (found []violation) {
	t.Helper()
	l.page.WaitAnimations()
	l.page.Eval("(" + fmt.Sprintf("window.axe ? 1 : (0, eval)(%s)", quoteJS(l.axe)) + ")")
	if err := json.Unmarshal([]byte(l.page.Await("axe", runAxe)), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// checkPage checks the current page on the narrow and the wide screen, light and dark.
func (l axeChecker) checkPage(t *testing.T, name string) {
	t.Helper()
	for _, view := range []e2e.View{e2e.Phone, e2e.Phone.InDark(), e2e.Desktop.InDark(), e2e.Desktop} {
		l.page.SetView(view)
		l.page.Eval(`(document.querySelectorAll(".bp-nav").forEach((bar) => { bar.style.position = "static"; }), 0)`) // it hides what can be scrolled to
		for _, v := range l.violations(t) {
			t.Errorf("%s, %s: %s: %s\n\t%s", name, view, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
		}
	}
}

func quoteJS(text string) string {
	written, _ := json.Marshal(text)
	return string(written)
}

// axe finds no fault on any page, in Norwegian and English, light and dark, narrow and wide.
func TestPagesAreAccessible(t *testing.T) {
	product := e2e.Start(t, program)
	t.Run("languages", func(t *testing.T) {
		for _, lang := range []string{"nb", "en"} {
			t.Run(lang, func(t *testing.T) {
				t.Parallel()
				var l axeChecker
				visitAllPages(t, product, lang, func(page *e2e.Page, name string) {
					if l.page == nil {
						l = newAxeChecker(t, page)
					}
					l.checkPage(t, name+" "+lang)
				})
			})
		}
	})
}

// The check itself can fail: it finds faults that the test adds to a page.
func TestAccessibilityCheckFindsFaults(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	page.Go(product.URL() + "/login")
	page.Wait("the page", `document.querySelector("h1")`)
	page.Eval(`(document.querySelector("main").insertAdjacentHTML("beforeend", "<img src=''><input>"), 1)`)
	if found := newAxeChecker(t, page).violations(t); len(found) < 2 {
		t.Errorf("found only %v", found)
	}
}
