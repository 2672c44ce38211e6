package i18n_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

func keysOf(lang string) []string {
	keys := i18n.For(lang).Keys()
	slices.Sort(keys)
	return keys
}

func TestEveryLanguageHasEveryKey(t *testing.T) {
	want := keysOf(i18n.Default)
	for _, lang := range i18n.Languages() {
		got := keysOf(lang)
		for _, key := range want {
			if !slices.Contains(got, key) {
				t.Errorf("%s lacks %s", lang, key)
			}
		}
		for _, key := range got {
			if !slices.Contains(want, key) {
				t.Errorf("%s has %s, which %s lacks", lang, key, i18n.Default)
			}
			if strings.TrimSpace(i18n.For(lang).T(key)) == "" {
				t.Errorf("%s: %s is empty", lang, key)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestEveryLanguageHasSamePlaceholders(t *testing.T) {
	holders := func(lang, key string) []string {
		found := placeholder.FindAllString(i18n.For(lang).T(key), -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, key := range keysOf(i18n.Default) {
		want := holders(i18n.Default, key)
		for _, lang := range i18n.Languages() {
			if got := holders(lang, key); !slices.Equal(got, want) {
				t.Errorf("%s %s: placeholders %v, want %v", lang, key, got, want)
			}
		}
	}
}

func TestPluralKeysHaveBothForms(t *testing.T) {
	w := i18n.For(i18n.Default)
	for _, key := range w.Keys() {
		if base, ok := strings.CutSuffix(key, ".one"); ok && !w.Has(base+".other") {
			t.Errorf("%s has no .other", base)
		}
		if base, ok := strings.CutSuffix(key, ".other"); ok && !w.Has(base+".one") && base != "step" {
			t.Errorf("%s has no .one", base)
		}
	}
}

func TestCatalogueFilesAreSorted(t *testing.T) {
	files, err := filepath.Glob("catalogue/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("catalogue files: %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		dec := json.NewDecoder(strings.NewReader(string(text)))
		for i := 0; ; i++ {
			token, err := dec.Token()
			if err != nil {
				break
			}
			if key, ok := token.(string); ok && i%2 == 1 {
				keys = append(keys, key)
			}
		}
		if !slices.IsSorted(keys) {
			t.Errorf("%s: keys are not sorted", file)
		}
		if len(slices.Compact(keys)) != strings.Count(string(text), "\": \"") {
			t.Errorf("%s: a key stands twice", file)
		}
	}
}

func TestEveryCodeClassAndRuleHasText(t *testing.T) {
	w := i18n.For(i18n.Default)
	var keys []string
	for _, code := range fault.Codes() {
		keys = append(keys, "fault."+string(code))
	}
	for c := range toll.ClassCount {
		keys = append(keys, "class."+toll.Class(c).String())
	}
	for _, kind := range []toll.ExemptionKind{toll.ExemptDisabled, toll.ExemptEmergency, toll.ExemptTransit, toll.ExemptEmbassy} {
		keys = append(keys, "exempt."+string(kind))
	}
	for _, rule := range []rating.Rule{
		rating.RuleList, rating.RuleExempt, rating.RuleDirection, rating.RuleTag, rating.RuleZeroEmission, rating.RuleHour,
		rating.RuleCap, rating.RuleCounted, rating.RuleToll, rating.RuleDuplicate, rating.RuleSupplement, rating.RulePair,
		rating.RuleAnnul, rating.RuleWaive, rating.RuleDay, rating.RulePending, rating.RuleVAT,
		rating.RuleWithdrawn, rating.RuleMoved,
	} {
		keys = append(keys, "step."+string(rule))
	}
	for _, key := range keys {
		if !w.Has(key) {
			t.Errorf("no words for %s", key)
		}
	}
}

// families are keys whose last part is data: a code, a class, a rule, a month.
var families = []string{
	"fault.", "class.", "exempt.", "cap.", "scheme.", "step.", "badge.", "band.", "month.", "weekday.", "language.",
	"passages.match.", "passages.export.", "dispute.reason.", "dispute.state.", "dispute.why.", "check.differs.", "mail.", "sms.", "event.", "role.", "consent.", "export.", "hold.", "help.", "faq.", "guide.about.", "guide.mounting.", "guide.removal.", "guide.return.", "eid.why.", "eid.stepup.", "eid.connect.", "keep.eid.",
	"privacy.", "message.channel.", "start.", "accessibility.", "cookies.", "first.", "trouble.", "field.", "find.outcome.", "plate.form.", "welcome.consent.", "country.", "terms.", "agree.part.", "agree.kind.", "agree.details.kind.", "agree.fuel.", "agree.terms.", "agree.read.", "vehicles.tag.", "vehicles.fuel.", "change.done.", "change.fate.", "change.reason.", "change.status.", "sheet.", "vehicles.bulk.", "import.", "clock.event.", "clock.to.", "invoices.state.", "invoices.kind.", "ehf.line.", "pdf.kind.", "pdf.file.", "pdf.invoice.", "pdf.credit.", "pdf.reminder.", "case.state.", "case.topic.", "case.about.", "case.done.", "company.day.",
}

func TestNoKeyIsUnused(t *testing.T) {
	tree := source(t, "../../app") + source(t, "../../server") + source(t, "../menu") + source(t, ".")
	for _, key := range keysOf(i18n.Default) {
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		if slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) }) {
			continue
		}
		if !strings.Contains(tree, `"`+base+`"`) {
			t.Errorf("nothing uses %s", key)
		}
	}
}

var asked = regexp.MustCompile(`\.[TN]\("([a-z0-9.-]+)"\s*[,)]`)

func TestEveryUsedKeyExists(t *testing.T) {
	w := i18n.For(i18n.Default)
	for _, match := range asked.FindAllStringSubmatch(source(t, "../../app")+source(t, "."), -1) {
		if key := match[1]; !w.Has(key) && !w.Has(key+".one") {
			t.Errorf("the catalogue lacks %s", key)
		}
	}
}

// source returns the text of all programs and templates below a folder without tests.
func source(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(file, "_test.go") || !slices.Contains([]string{".go", ".html"}, filepath.Ext(file)) {
			return err
		}
		text, err := os.ReadFile(file)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
