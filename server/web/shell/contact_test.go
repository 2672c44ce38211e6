package shell_test

import (
	"html"
	"strings"
	"testing"

	"bompass/server/web"
	"bompass/server/web/webtest"
	"bompass/shared/toll"
)

// S1.39, WCAG 3.2.6: every page says how the toll company's customer service is reached, and names nothing that the
// company lacks. The program finds it in attributes of its page, and of the frame that opens it without a network.
func TestPagesHaveContactOfTollCompany(t *testing.T) {
	const call, write = "Hjelp: ring", "Hjelp: skriv til"
	for _, c := range []struct {
		name        string
		contact     toll.Contact
		line        string   // at the end of a page
		help        string   // on the page of help with signing in
		service     []string // links of customer service
		attributes  []string // of the program's page
		absentInAll []string
	}{
		{
			"telephone and email",
			toll.Contact{Phones: []string{"72 54 09 00", "02012"}, Emails: []string{"post@a.example"}},
			write + " post@a.example", "ringer du kundeservice: 72 54 09 00 / 02012.",
			[]string{"tel:+4772540900", "tel:+4702012", ">eller 02012<", "mailto:post@a.example"},
			[]string{`data-phones="72 54 09 00,02012"`, `data-emails="post@a.example"`},
			nil,
		},
		{
			"telephone alone",
			toll.Contact{Phones: []string{"72 54 09 00"}},
			call + " 72 54 09 00", "ringer du kundeservice: 72 54 09 00.",
			[]string{"tel:+4772540900"},
			[]string{`data-phones="72 54 09 00"`},
			[]string{"mailto:", "data-emails", "skriv til"},
		},
		{
			"email alone",
			toll.Contact{Emails: []string{"post@a.example"}},
			write + " post@a.example", "ringer du kundeservice: post@a.example.",
			[]string{"mailto:post@a.example"},
			[]string{`data-emails="post@a.example"`},
			[]string{"tel:", "data-phones"},
		},
		{
			"neither",
			toll.Contact{},
			"", "ringer du kundeservice: nummeret står på nettsidene til bomselskapet ditt.",
			nil, nil,
			[]string{"mailto:", "tel:", "data-emails", "data-phones", "Hjelp: ", "Telefonen er åpen"},
		},
	} {
		h := webtest.New(t, func(d *web.Deps) { d.Contact = c.contact })
		v := h.SignIn("per@bompass.example")
		get := func(path string) string { return html.UnescapeString(v.Get(path).Body) }
		login, help, find, program, frame := html.UnescapeString(h.Visitor().Get("/login").Body), get("/help/login"), get("/agreements/find"), get("/passages"), get("/frame")
		wants := map[string][]string{login: {c.line}, help: {c.help}, find: c.service, program: c.attributes, frame: c.attributes}
		for page, texts := range wants {
			for _, want := range texts {
				if !strings.Contains(page, want) {
					t.Errorf("%s: a page lacks %q: %s", c.name, want, page)
				}
			}
			for _, absent := range c.absentInAll {
				if strings.Contains(page, absent) {
					t.Errorf("%s: a page has %q: %s", c.name, absent, page)
				}
			}
		}
	}
}
