package shell_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
	"pgregory.net/rapid"

	"bompass/server/web/shell"
)

// Whatever a person has called themselves, an attribute ends where it should, and there is no other element.
func TestAttributesHoldWhatTheyWereGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`( aria-[a-z]{1,3}| hidden="false"|"|\\|<b>|&quot;|\x{a0}|=|>|\n| onfocus=x| true){0,6}`)).Draw(t, "text")
		text = strings.TrimSpace(strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) && r != '\u00a0' {
				return -1
			}
			return r
		}, strings.ToValidUTF8(text, "")))
		if text == "" || text == "true" {
			return // go-app writes both as the name alone
		}
		written := app.HTMLString(app.Elem("p").Title(text).Aria("label", text).Aria("hidden", true).Attr("hidden", false).Text(text))
		got, ok := shell.Markup(written)
		if !ok {
			t.Fatalf("cannot read %s", written)
		}
		var p struct {
			Title  string   `xml:"title,attr"`
			Label  string   `xml:"aria-label,attr"`
			Hidden string   `xml:"aria-hidden,attr"`
			Others []string `xml:",any,attr"`
			Text   string   `xml:",chardata"`
			Inside []string `xml:",any"`
		}
		if err := xml.Unmarshal([]byte(got), &p); err != nil {
			t.Fatalf("%v: %s", err, got)
		}
		if p.Title != text || p.Label != text || p.Hidden != "true" || p.Text != text || len(p.Others)+len(p.Inside) > 0 {
			t.Fatalf("got %+v of %q in %s", p, text, got)
		}
	})
}

func TestMarkupOfElements(t *testing.T) {
	for written, want := range map[string]string{
		`<p id="a">x</p>`:                          `<p id="a">x</p>`,
		`<option value selected="false">all`:       `<option value="">all`,
		`<button aria-expanded hidden>`:            `<button aria-expanded="true" hidden="">`,
		`<i aria-label="a \"b\" aria-c \u00a0d">`:  "<i aria-label=\"a &#34;b&#34; aria-c \u00a0d\">",
		`<svg class="icon"><path d="M1 2"/></svg>`: `<svg class="icon"><path d="M1 2"/></svg>`,
	} {
		if got, ok := shell.Markup(written); !ok || got != want {
			t.Errorf("%s: got %s %v, want %s", written, got, ok, want)
		}
	}
	for _, broken := range []string{`<p`, `<p id="a>x`, `<p id=a>`, `<p ="a">`} {
		if got, ok := shell.Markup(broken); ok {
			t.Errorf("%s: got %s", broken, got)
		}
	}
}
