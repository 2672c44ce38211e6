package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bompass/shared/i18n"
)

func TestReadersOfOtherLanguagesGetEnglish(t *testing.T) {
	for asked, want := range map[string]string{"nn-NO": "nb", "no": "nb", "nb-NO": "nb", "da": "en", "fr-CA": "en", "sv-FI": "sv", "EN-gb": "en", "": "nb", "fi": "en"} {
		if got := i18n.Match(asked); got != want {
			t.Errorf("%q: got %s, want %s", asked, got, want)
		}
	}
}

func TestPluralForms(t *testing.T) {
	for _, lang := range i18n.Languages() {
		w := i18n.For(lang)
		one, other := w.T("passages.count.one", "n", 1), w.T("passages.count.other", "n", 1)
		for n, want := range map[int]string{1: one, 0: strings.Replace(other, "1", "0", 1), 2: strings.Replace(other, "1", "2", 1)} {
			if got := w.N("passages.count", n); got != want || one == other {
				t.Errorf("%s %d: got %q, want %q", lang, n, got, want)
			}
		}
	}
}

// asking is one place in a program that uses a key.
type asking struct {
	at, key string
	plural  bool
	given   string // names of parameters, sorted
	open    bool   // parameters are not all written out
}

// Plural keys are used with N and others with T. Every placeholder has a parameter, and every parameter a
// placeholder.
func TestKeysAreUsedWithTheirPlaceholders(t *testing.T) {
	w := i18n.For(i18n.Default)
	all := append(askings(t, "../../app"), askings(t, ".")...)
	if len(all) < 50 {
		t.Fatalf("only %d places ask for words", len(all))
	}
	for _, a := range append(all, askings(t, "../../server/web")...) {
		key := a.key
		if a.plural {
			key += ".other"
		}
		switch {
		case !w.Has(key):
			t.Errorf("%s asks for %s, which has no words", a.at, key)
		case !a.open && a.given != holders(i18n.Default, key):
			t.Errorf("%s: %s is given %q, its words have %q", a.at, key, a.given, holders(i18n.Default, key))
		}
	}
}

// holders returns a text's placeholders, sorted.
func holders(lang, key string) string {
	found := placeholder.FindAllString(i18n.For(lang).T(key), -1)
	slices.Sort(found)
	return strings.Join(slices.Compact(found), "")
}

func askings(t *testing.T, dir string) (list []asking) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(dir, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		tree, err := parser.ParseFile(files, file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if a, ok := askingOf(call); ok {
					a.at = files.Position(call.Pos()).String()
					list = append(list, a)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func askingOf(call *ast.CallExpr) (a asking, ok bool) {
	method, isMethod := call.Fun.(*ast.SelectorExpr)
	if !isMethod || len(call.Args) == 0 || (method.Sel.Name != "T" && method.Sel.Name != "N") {
		return a, false
	}
	if a.key, ok = literal(call.Args[0]); !ok {
		return a, false
	}
	a.plural, a.open = method.Sel.Name == "N", call.Ellipsis.IsValid()
	pairs, names := call.Args[1:], []string{}
	if a.plural {
		pairs, names = call.Args[2:], []string{"{n}"}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, written := literal(pairs[i])
		a.open = a.open || !written
		names = append(names, "{"+name+"}")
	}
	slices.Sort(names)
	a.given = strings.Join(names, "")
	return a, true
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// templateKey matches a key that a template asks for.
var templateKey = regexp.MustCompile(`\.[TN] "([a-z0-9.]+[a-z0-9])"`)

func TestTemplatesUseKeysWithWords(t *testing.T) {
	w := i18n.For(i18n.Default)
	pages, err := filepath.Glob("../../server/web/*/page/*.html")
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d templates: %v", len(pages), err)
	}
	for _, name := range pages {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range templateKey.FindAllStringSubmatch(string(text), -1) {
			if !w.Has(m[1]) && !w.Has(m[1]+".other") {
				t.Errorf("%s asks for %s, which has no words", name, m[1])
			}
		}
	}
}
