package portal_test

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/i18n"
	"bompass/shared/site"
)

// guideStatements are what the guide to tags has to say: where, and in which words in Norwegian and in English.
var guideStatements = []struct {
	ids, path, section string
	nb, en             []string
}{
	{"S5.01", site.TagHelp, "where", []string{"alle automatiske bomstasjoner i Norge"}, []string{"all automatic toll stations in Norway"}},
	{"S5.02", site.TagHelp, "where", []string{"ferjer og bruer i Danmark og Sverige", "EasyGo"}, []string{"ferries and bridges in Denmark and Sweden", "EasyGo"}},
	{"S5.03", site.TagHelp, "vehicle", []string{"knyttet til ett registreringsnummer"}, []string{"tied to one registration number"}},
	{"S5.04", site.TagHelp, "order", []string{"inngår du en avtale med et bomselskap", "hovedavtalen"}, []string{"agreement with a toll company", "main agreement"}},
	{"S5.05", site.TagHelp, "order", []string{"Depositumet for brikken er 200,00 kr"}, []string{"deposit for the tag is NOK 200.00"}},
	{"S5.06", site.TagHelp, "order", []string{"faktureres for seg"}, []string{"invoiced separately"}},
	{"S5.07", site.TagHelp, "order", []string{"kommer i posten"}, []string{"comes by post"}},
	{"S5.08", site.TagMounting, "place", []string{"innsiden av frontruten"}, []string{"inside of the windscreen"}},
	{"S5.09", site.TagHelp, "private", []string{"inntil 2 brikker"}, []string{"up to 2 tags"}},
	{"S5.10", site.TagHelp, "vehicle", []string{"gjelder bare for det"}, []string{"valid only for that number"}},
	{"S5.11", site.TagHelp, "private", []string{"tredje og fjerde kjøretøyet trenger du en ny avtale"}, []string{"third and fourth vehicle you need a new agreement"}},
	{"S5.12", site.TagHelp, "company", []string{"kan ha flere kjøretøy"}, []string{"can cover several vehicles"}},
	{"S5.13", site.TagHelp, "company", []string{"sin egen brikke"}, []string{"needs its own tag"}},
	{"S5.14", site.TagHelp, "company", []string{"for bedrifter og for kollektivtransport"}, []string{"for businesses and public transport"}},
	{"S5.15", site.TagHelp, "company", []string{"knyttet til organisasjonsnummeret"}, []string{"tied to the organisation number"}},
	{"S5.16", site.TagReturn, "end", []string{"Trenger du ikke brikken lenger, sier du opp avtalen"}, []string{"no longer need the tag, end the agreement"}},
	{"S5.17", site.TagReturn, "end", []string{"den som står som eier av kjøretøyet"}, []string{"registered keeper"}},
	{"S5.18", site.TagHelp, "end", []string{"tilbake til selskapet, som betaler tilbake depositumet"}, []string{"return the tag to the company, which pays the deposit back"}},
	{"S5.20", site.TagHelp, "report", []string{"melde fra til bomselskapet du har avtale med", "ny adresse"}, []string{"tell the toll company", "address changes"}},
	{"S5.21", site.TagHelp, "report", []string{"nytt registreringsnummer"}, []string{"registration number changes"}},
	{"S5.22", site.TagHelp, "kinds", []string{"gamle", "to produsenter, Norbit og Kapsch", "virker på samme måte"}, []string{"old", "two makers, Norbit and Kapsch", "work alike"}},
	{"S5.23", site.TagHelp, "kinds", []string{"gamle og nye brikker kommer fra to produsenter", "virker på samme måte"}, []string{"old and new tags come from two makers", "work alike"}},
	{"S5.24", site.TagHelp, "kinds", []string{"Når en gammel brikke må byttes, sender selskapet deg en ny"}, []string{"the company sends you a new one"}},
	{"S5.25", site.TagMounting, "norbit-old", []string{"Gammel brikke fra Norbit", "Skyv brikken"}, []string{"Old tag from Norbit", "Slide the tag"}},
	{"S5.25", site.TagMounting, "kapsch-old", []string{"Gammel brikke fra Kapsch", "Skyv brikken"}, []string{"Old tag from Kapsch", "Slide the tag"}},
	{"S5.25", site.TagMounting, "norbit-new", []string{"Ny brikke fra Norbit", "Trykk brikken mot ruten"}, []string{"New tag from Norbit", "Press the tag against the glass"}},
	{"S5.25", site.TagMounting, "kapsch-new", []string{"Ny brikke fra Kapsch", "Trykk brikken mot ruten"}, []string{"New tag from Kapsch", "Press the tag against the glass"}},
	{"S5.26", site.TagMounting, "holder", []string{"kommer med et feste", "bestiller du det hos bomselskapet"}, []string{"comes with a holder", "order it from the toll company"}},
	{"S5.27", site.TagMounting, "norbit-old", []string{"plastfot"}, []string{"plastic foot"}},
	{"S5.27", site.TagMounting, "kapsch-old", []string{"plastfot"}, []string{"plastic foot"}},
	{"S5.28", site.TagMounting, "norbit-new", []string{"kraftig borrelås"}, []string{"strong hook-and-loop fastener"}},
	{"S5.28", site.TagMounting, "kapsch-new", []string{"kraftig borrelås"}, []string{"strong hook-and-loop fastener"}},
	{"S5.29", site.TagMounting, "holder", []string{"velger du selv om du vil fjerne det", "enkleste er å la det sitte"}, []string{"you decide whether to remove it", "Leaving it is easiest"}},
	{"S5.30", site.TagRemoval, "never", []string{"aldri skrutrekker eller andre ting av metall", "Ruten kan bli skadet"}, []string{"Never use a screwdriver or anything else made of metal", "glass may be damaged"}},
	{"S5.31", site.TagRemoval, "soften", []string{"oppvaskmiddel eller limfjerner", "sprayflaske"}, []string{"washing-up liquid or glue remover", "spray"}},
	{"S5.32", site.TagRemoval, "soften", []string{"over festet, så det renner ned bak det"}, []string{"above the holder, so that it runs down behind it"}},
	{"S5.33", site.TagRemoval, "loosen", []string{"5–10 minutter", "fingrene, en plastskrape eller noe annet av plast"}, []string{"5–10 minutes", "fingers, a plastic scraper or something else made of plastic"}},
	{"S5.34", site.TagRemoval, "loosen", []string{"påfører du mer og venter", "løsner på den ene siden", "trekke det av"}, []string{"apply more and wait", "loosens at one side", "pull it off"}},
	{"S5.35", site.TagHelp, "vehicle", []string{"bare når du bytter kjøretøy, og først når byttet er registrert"}, []string{"only when you change vehicle, and only once the change has been registered"}},
	{"S5.36", site.TagHelp, "vehicle", []string{"Melder du ikke fra", "den nye eierens passeringer"}, []string{"If you do not report the change", "the new owner's passages"}},
	{"S5.37", site.TagReturn, "where", []string{"til bomselskapet du har avtale med"}, []string{"to the toll company you have the agreement with"}},
	{"S5.38", site.TagReturn, "where", []string{"Noen selskaper har også utsalgssteder som tar imot brikker"}, []string{"Some companies also have sales points that accept tags"}},
	{"S5.39", site.TagReturn, "money", []string{"Depositumet på 200,00 kr settes inn på kontoen din"}, []string{"deposit of NOK 200.00 is credited to your account"}},
	{"S5.40", site.TagReturn, "money", []string{"betalt på forhånd, får du det som er igjen"}, []string{"paid in advance, what remains of that is credited"}},
	{"S5.41", site.TagReturn, "waste", []string{"elektronisk avfall"}, []string{"electronic waste"}},
	{"S5.42", site.TagHelp, "battery", []string{"5–7 år fordi batteriet"}, []string{"after 5–7 years because its battery"}},
	{"S5.43", site.TagHelp, "battery", []string{"sender deg da en ny brikke og det du trenger å vite"}, []string{"sends you a new tag with everything you need to know"}},
	{"S5.44", site.TagReturn, "norbit", []string{"Emballasje for brikker fra Norbit", "returemballasjen merket Norbit"}, []string{"Packaging for tags from Norbit", "packaging marked Norbit"}},
	{"S5.44", site.TagReturn, "kapsch", []string{"Emballasje for brikker fra Kapsch", "returemballasjen merket Kapsch"}, []string{"Packaging for tags from Kapsch", "packaging marked Kapsch"}},
	{"S5.45", site.TagReturn, "waste", []string{"Bruker du ikke returemballasjen", "elektronisk avfall"}, []string{"If you do not use the return packaging", "electronic waste"}},
	{"S5.46", site.TagHelp, "kinds", []string{"så lenge selskapet har dem på lager"}, []string{"as long as the company has them in stock"}},
	{"S5.47", site.TagHelp, "kinds", []string{"litt annen størrelse og form"}, []string{"differ slightly in size and design"}},
	{"S5.48", site.TagRemoval, "soften", []string{"Dekk dashbordet", "Gjenta flere ganger"}, []string{"Cover the dashboard", "Repeat this several times"}},
}

var (
	guideSectionPattern = regexp.MustCompile(`(?s)<section id="([a-z-]+)" class="bp-guide">(.*?)</section>`)
	drawingTitle        = regexp.MustCompile(`role="img" aria-labelledby="([a-z-]+)">\s*<title id="([a-z-]+)">([^<]+)</title>`)
)

// guideOf returns the sections of a page of the guide by id, with plain spaces.
func guideOf(t *testing.T, v *webtest.Visitor, path, lang string) map[string]string {
	t.Helper()
	page := v.Get(path + "?lang=" + lang)
	body := strings.ReplaceAll(html.UnescapeString(page.Body), "\u00a0", " ")
	if page.StatusCode != http.StatusOK || !strings.Contains(body, `<html lang="`+lang+`"`) || strings.Contains(body, "guide.") || strings.Contains(strings.ReplaceAll(body, "{time}", ""), "{") {
		t.Errorf("%s in %s: %d %s", path, lang, page.StatusCode, body)
	}
	sections := map[string]string{}
	for _, m := range guideSectionPattern.FindAllStringSubmatch(body, -1) {
		sections[m[1]] = m[2]
		if !strings.Contains(body, `href="#`+m[1]+`"`) {
			t.Errorf("%s in %s: the contents do not lead to %s", path, lang, m[1])
		}
	}
	return sections
}

// S5: everybody can read how a tag is mounted, removed and returned and where it is valid, in every language and without
// scripts. Each drawing says what it shows.
func TestTagGuideIsPublic(t *testing.T) {
	p := webtest.NewPortal(t, webtest.WithReading(t))
	read := map[string]map[string]string{}
	for _, lang := range i18n.Languages() {
		v := p.Visitor()
		for _, path := range []string{site.TagHelp, site.TagMounting, site.TagRemoval, site.TagReturn} {
			sections := guideOf(t, v, path, lang)
			read[lang+path] = sections
			if len(sections) != len(read["nb"+path]) {
				t.Errorf("%s in %s has %d sections, in nb %d", path, lang, len(sections), len(read["nb"+path]))
			}
			for id, text := range sections {
				if strings.Count(text, "<li>") != strings.Count(read["nb"+path][id], "<li>") || strings.Count(text, "<svg") != len(drawingTitle.FindAllString(text, -1)) {
					t.Errorf("%s#%s in %s: steps or the drawing's title are missing: %s", path, id, lang, text)
				}
			}
			if faq := v.Get(site.Help).Body; !strings.Contains(faq, `href="`+site.TagHelp+`"`) {
				t.Errorf("%s: the page of help does not lead to the guide", lang)
			}
		}
	}
	var proven []string
	for _, s := range guideStatements {
		for lang, phrases := range map[string][]string{"nb": s.nb, "en": s.en} {
			for _, phrase := range phrases {
				if text := read[lang+s.path][s.section]; !strings.Contains(strings.ToLower(text), strings.ToLower(phrase)) {
					t.Errorf("%s: %s#%s in %s lacks %q: %s", s.ids, s.path, s.section, lang, phrase, text)
				}
			}
		}
		proven = append(proven, s.ids)
	}
	for from, to := range map[string]string{"/brikke": site.TagHelp, "/chip": site.TagHelp} {
		if page := p.Visitor().Get(from); page.Header.Get("Location") != to {
			t.Errorf("%s leads to %q", from, page.Header.Get("Location"))
		}
	}
	proves.That(t, slices.Compact(proven)...)
}

// S5.19: questions go to the toll company of the agreement, which the page names to those who are signed in.
func TestTagGuideNamesTheCompanyOfTheAgreement(t *testing.T) {
	p := webtest.NewPortal(t, webtest.WithReading(t))
	if text := guideOf(t, p.Visitor(), site.TagHelp, "nb")["company-of"]; !strings.Contains(text, "bomselskapet du har avtale med") || strings.Contains(text, "Fjellinjen") {
		t.Errorf("a visitor reads %s", text)
	}
	if text := guideOf(t, p.SignIn(webtest.Kari), site.TagHelp, "nb")["company-of"]; !strings.Contains(text, "Du har avtale med Fjellinjen") {
		t.Errorf("Kari reads %s", text)
	}
	proves.That(t, "S5.19")
}
