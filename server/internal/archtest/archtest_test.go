package archtest_test

import (
	"testing"

	"bompass/server/internal/archtest"
)

const top = "../../.."

func TestNobodyImportsWhatTheHouseForbids(t *testing.T) {
	for _, rule := range archtest.Rules {
		packages, err := archtest.List(top, rule.From, rule.Tags)
		if err != nil {
			t.Fatal(err)
		}
		if len(packages) == 0 {
			t.Errorf("%s matches no package: the rule has rotted", rule.From)
		}
		for _, p := range packages {
			for _, dep := range rule.Broken(p) {
				t.Errorf("%s reaches %s: %s", p.Path, dep, rule.Why)
			}
		}
	}
}

// The browser program's weight: none of these may ever be in it.
func TestBrowserProgramCarriesNoServerLibraries(t *testing.T) {
	packages, err := archtest.List(top, "./app", "js")
	if err != nil {
		t.Fatal(err)
	}
	rule := archtest.Rule{Never: []string{
		"gorm.io", "github.com/gofiber", "github.com/jackc", "github.com/nats-io", "github.com/pquerna",
		"golang.org/x/text/message", "time/tzdata", "bompass/server",
	}}
	for _, p := range packages {
		for _, dep := range rule.Broken(p) {
			t.Errorf("%s reaches %s, which the browser would have to download", p.Path, dep)
		}
	}
}

// A rule that cannot fail guards nothing.
func TestRuleSeesABreach(t *testing.T) {
	rule := archtest.Rules[0]
	if got := rule.Broken(archtest.Package{Path: "bompass/shared/toll", Deps: []string{"bompass/server/store"}}); len(got) != 1 {
		t.Errorf("a breach was not seen: %v", got)
	}
}
