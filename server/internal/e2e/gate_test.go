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

// violation is what axe finds wrong with a page.
type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

const runAxe = `axe.run(document, {resultTypes: ["violations"]}).then((found) => JSON.stringify(
	found.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " " + n.failureSummary.slice(0, 300))}))))`

// looker looks at pages with axe.
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

// look is what axe finds wrong with the page that is shown.
func (l looker) look(t *testing.T) (found []violation) {
	t.Helper()
	l.page.Settle()
	l.page.Text("(" + fmt.Sprintf("window.axe ? 1 : (0, eval)(%s)", quoted(l.axe)) + ")")
	if err := json.Unmarshal([]byte(l.page.Promised("axe", runAxe)), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// at looks at the page that is shown, on every screen.
func (l looker) at(t *testing.T, name string) {
	t.Helper()
	for screen, view := range map[string]e2e.View{
		"390 light": e2e.Phone, "390 dark": e2e.Phone.InDark(), "1280 light": e2e.Desktop, "1280 dark": e2e.Desktop.InDark(),
	} {
		l.page.Look(view)
		for _, v := range l.look(t) {
			t.Errorf("%s, %s: %s: %s\n\t%s", name, screen, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
		}
	}
}

func quoted(text string) string {
	written, _ := json.Marshal(text)
	return string(written)
}

// Nothing that axe knows of keeps anybody out, on any page, in Norwegian and English, light and dark,
// narrow and wide.
func TestNobodyIsKeptOut(t *testing.T) {
	product := e2e.Start(t, program)
	for _, lang := range []string{"nb", "en"} {
		page := e2e.Open(t, e2e.Desktop)
		l := newLooker(t, page)
		for _, path := range []string{"/login", "/first", "/register", "/password/forgot", "/nowhere"} {
			page.Go(product.URL() + path + "?lang=" + lang)
			page.Wait("the page", `document.querySelector("h1")`)
			l.at(t, path+" "+lang)
		}
		who := account(t, map[string]string{"nb": "kari@bompass.example", "en": "nils@fjordfrakt.example"}[lang])
		signIn(t, page, product, who)
		page.Wait("the overview", `document.querySelector("#who") && document.querySelector("#agreements")`)
		page.Press(`footer button[lang="` + lang + `"]`)
		page.Wait("the language", `document.documentElement.lang === "`+lang+`" && document.querySelector("#agreements")`)
		l.at(t, "overview "+lang)
		for _, path := range []string{"/check", "/prices", "/profile", "/sessions", "/people", "/device", "/security", "/agreements/new", "/agreements/find", "/agreements/find/old", "/terms/special", "/passages?from=2026-01-01&to=2026-03-15"} {
			page.Go(product.URL() + path)
			page.Wait("the page "+path, `document.querySelector("h1") && !document.querySelector(".ds-skeleton")`)
			l.at(t, path+" "+lang)
		}
		page.Go(product.URL() + "/passages")
		page.Wait("rows", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
		page.Press(`button[id^="passage-"]`)
		l.at(t, "an open passage "+lang)
		page.Press("#who")
		l.at(t, "the name menu "+lang)
	}
}

// A gate that cannot fail guards nothing.
func TestWhatKeepsSomebodyOutIsFound(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	page.Go(product.URL() + "/login")
	page.Wait("the page", `document.querySelector("h1")`)
	page.Text(`(document.querySelector("main").insertAdjacentHTML("beforeend", "<img src=''><input>"), 1)`)
	if found := newLooker(t, page).look(t); len(found) < 2 {
		t.Errorf("found only %v", found)
	}
}
