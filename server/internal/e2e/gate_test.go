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

// looker checks pages with axe.
type looker struct {
	page *e2e.Page
	axe  string
}

func newLooker(t *testing.T, page *e2e.Page) looker {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(e2e.Top, "assets", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("axe is not installed, run npm ci --prefix assets: %v", err)
	}
	return looker{page, string(script) + "; 1"}
}

// look returns the faults of the current page.
func (l looker) look(t *testing.T) (found []violation) {
	t.Helper()
	l.page.Settle()
	l.page.Text("(" + fmt.Sprintf("window.axe ? 1 : (0, eval)(%s)", quoted(l.axe)) + ")")
	if err := json.Unmarshal([]byte(l.page.Promised("axe", runAxe)), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// at checks the current page on the narrow and the wide screen, light and dark.
func (l looker) at(t *testing.T, name string) {
	t.Helper()
	for _, view := range []e2e.View{e2e.Phone, e2e.Phone.InDark(), e2e.Desktop.InDark(), e2e.Desktop} {
		l.page.Look(view)
		for _, v := range l.look(t) {
			t.Errorf("%s, %s: %s: %s\n\t%s", name, view, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
		}
	}
}

func quoted(text string) string {
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
				var l looker
				walk(t, product, lang, func(page *e2e.Page, name string) {
					if l.page == nil {
						l = newLooker(t, page)
					}
					l.at(t, name+" "+lang)
				})
			})
		}
	})
}

// The check itself must be able to fail.
func TestAccessibilityCheckFindsFaults(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	page.Go(product.URL() + "/login")
	page.Wait("the page", `document.querySelector("h1")`)
	page.Text(`(document.querySelector("main").insertAdjacentHTML("beforeend", "<img src=''><input>"), 1)`)
	if found := newLooker(t, page).look(t); len(found) < 2 {
		t.Errorf("found only %v", found)
	}
}
