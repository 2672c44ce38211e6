package sim

import (
	"embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed page.html
var pageFile embed.FS

// view is the data of the simulator's pages.
type view struct {
	ID       string
	Language string
	Least    int    // lowest level to choose
	Onward   string // address to go on to after logout
	Frame    string // address of the client's front-channel logout
	Title    string
	Persons  []Person
	Methods  []Method
	Words    map[string]string
	Lang     string
}

// pageTexts returns the texts of the pages in the first language of a list, or in English. They are not in the
// product's catalogues, because the pages are only shown to people who develop or try out the product.
func pageTexts(language string) (lang string, texts map[string]string) {
	first, _, _ := strings.Cut(strings.ReplaceAll(language, ",", " "), " ")
	switch first {
	case "nb", "nn":
		return "nb", map[string]string{
			"lead": "Dette er en simulert eID. Velg hvem du vil være, og hvordan du beviser det.", "who": "Person",
			"how": "Metode",
			"go":  "Fortsett", "stop": "Avbryt", "left": "Du er logget ut av eID-en.", "on": "Tilbake til tjenesten",
			"stale": "Forespørselen er for gammel eller ukjent. Gå tilbake til tjenesten og begynn på nytt.",
			"none":  "uten nummer",
		}
	case "sv":
		return "sv", map[string]string{
			"lead": "Det här är en simulerad e-legitimation. Välj vem du vill vara och hur du visar det.",
			"who":  "Person", "how": "Metod",
			"go": "Fortsätt", "stop": "Avbryt", "left": "Du är utloggad från e-legitimationen.",
			"on":    "Tillbaka till tjänsten",
			"stale": "Begäran är för gammal eller okänd. Gå tillbaka till tjänsten och börja om.",
			"none":  "utan nummer",
		}
	}
	return "en", map[string]string{
		"lead": "This is a simulated eID. Choose who you want to be, and how you prove it.", "who": "Person",
		"how": "Method",
		"go":  "Continue", "stop": "Cancel", "left": "You are logged out of the eID.", "on": "Back to the service",
		"stale": "The request is too old or unknown. Go back to the service and start again.",
		"none":  "without a number",
	}
}

// sendPage renders a page. Its content security policy allows the frame of front-channel logout only where there is
// one.
func (s *Issuer) sendPage(w http.ResponseWriter, status int, name string, v view) {
	t, err := template.ParseFS(pageFile, "page.html")
	if err != nil {
		http.Error(w, "page", http.StatusInternalServerError)
		return
	}
	v.Title, v.Persons = s.Title, s.Persons
	for _, m := range s.Methods {
		if m.Level >= v.Least {
			v.Methods = append(v.Methods, m)
		}
	}
	v.Lang, v.Words = pageTexts(v.Language)
	frames := "'none'"
	if v.Frame != "" {
		frames = "*" // the client's own page, wherever the client is
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", v.Lang)
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; frame-src "+frames)
	w.WriteHeader(status)
	_ = t.ExecuteTemplate(w, name, v)
}
