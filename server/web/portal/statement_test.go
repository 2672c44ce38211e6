package portal_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"bompass/server/privacy"
	"bompass/server/store/inventory"
	"bompass/server/web/webtest"
	"bompass/shared/i18n"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// The statements are public, in every language, with their version, and under the names that people type.
func TestStatementsArePublicInEveryLanguage(t *testing.T) {
	v := webtest.New(t).Visitor()
	for _, lang := range i18n.Languages() {
		words := i18n.For(lang)
		versions := map[string]int{site.Privacy: 1, site.Accessibility: 1, site.Cookies: 1, "/terms/general": toll.TermsVersion(toll.TermsGeneral), "/terms/special": toll.TermsVersion(toll.TermsSpecial)}
		for path, title := range map[string]string{
			site.Privacy: "privacy.title", site.Accessibility: "accessibility.title", site.Cookies: "cookies.title", "/terms/general": "terms.general", "/terms/special": "terms.special",
		} {
			p := v.Get(path + "?lang=" + lang)
			page := html.UnescapeString(p.Body)
			if p.StatusCode != http.StatusOK || !strings.Contains(page, words.T(title)+"</h1>") || !strings.Contains(page, `lang="`+lang+`"`) {
				t.Errorf("%s in %s: %d without %q", path, lang, p.StatusCode, words.T(title))
			}
			version, _, _ := strings.Cut(words.T(strings.Split(title, ".")[0]+".version", "version", versions[path]), ".")
			if !strings.Contains(page, version) {
				t.Errorf("%s in %s has no version", path, lang)
			}
		}
	}
	for from, to := range map[string]string{"/personvern": site.Privacy, "/tilgjengelighet": site.Accessibility, "/informasjonskapsler": site.Cookies, "/vilkar": "/terms/general"} {
		if p := v.Get(from); p.Header.Get("Location") != to {
			t.Errorf("%s leads to %q", from, p.Header.Get("Location"))
		}
	}
}

// The table of the privacy statement has every category of data that is deleted after a time, with that time.
func TestPrivacyStatementHasThePeriodsOfTheInventory(t *testing.T) {
	page := html.UnescapeString(webtest.New(t).Visitor().Get(site.Privacy + "?lang=en").Body)
	words, periods := i18n.For("en"), map[privacy.Category]privacy.Period{}
	for _, p := range privacy.Periods() {
		periods[p.Category] = p
	}
	row := map[privacy.Category]string{
		privacy.Passages: "400 days", privacy.Charges: "5 years", privacy.History: "400 days", privacy.Messages: "90 days", privacy.Links: "30 days", privacy.Invitations: "365 days",
		privacy.Quarantine: "400 days", privacy.Cases: "3 years", privacy.LostFactorClaims: "400 days", privacy.Throttles: "24 hours", privacy.Sessions: "12 hours",
		privacy.PendingLogins: "1 hour", privacy.AuthRequests: "1 hour", privacy.Ceremonies: "1 hour", privacy.ContactCodes: "1 hour",
	}
	for _, table := range inventory.Tables() {
		if table.Prune == nil {
			continue
		}
		category := table.Prune.Category
		if _, ok := periods[category]; !ok || row[category] == "" {
			t.Errorf("%s: the statement has no period for %s", table.Name, category)
		}
		if !strings.Contains(page, row[category]) {
			t.Errorf("the statement lacks %q for %s", row[category], category)
		}
	}
	if got, want := strings.Count(page, "<tr><td>"), 14; got != want {
		t.Errorf("%d rows, want %d", got, want)
	}
	if !strings.Contains(page, words.T("privacy.row.draft.what")) || strings.Contains(page, "privacy.row") {
		t.Error("a row has no words")
	}
}

// The page about cookies names every cookie that a browser gets from signing in to signing out.
func TestCookiesPageNamesEveryCookie(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	page := html.UnescapeString(v.Get(site.Cookies + "?theme=dark").Body)
	v.SubmitPassword(webtest.Kari, "wrong")
	seen := map[string]bool{}
	note := func(v *webtest.Visitor) {
		for _, c := range v.Client.Jar.Cookies(h.ParsedURL()) {
			seen[c.Name] = true
		}
	}
	note(v)
	note(h.SignIn(webtest.Kari))
	if len(seen) < 4 {
		t.Fatalf("only %v were set", seen)
	}
	for name := range seen {
		if !strings.Contains(page, "<td>"+name+"</td>") {
			t.Errorf("the page lacks %s", name)
		}
	}
	if strings.Contains(page, "cookies.use.") {
		t.Error("a cookie has no words")
	}
}

// The privacy statement is linked where it is accepted.
func TestPrivacyStatementIsLinkedWhereItIsAccepted(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("liv")
	if page := v.Get(site.Welcome).Body; !strings.Contains(page, `href="/privacy"`) || !strings.Contains(page, "Les personvernerklæringen") {
		t.Errorf("the page lacks the link: %s", page)
	}
}
