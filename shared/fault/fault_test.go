package fault_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/shared/fault"
	"bompass/shared/i18n"
)

// declared returns the codes that the package declares as constants.
func declared(t *testing.T) (codes []fault.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		value, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := value.Type.(*ast.Ident); ok && kind.Name == "Code" {
			literal, _ := value.Values[0].(*ast.BasicLit)
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, fault.Code(text))
		}
		return true
	})
	slices.Sort(codes)
	return codes
}

func TestEveryCodeHasARow(t *testing.T) {
	if diff := cmp.Diff(declared(t), fault.Codes()); diff != "" {
		t.Errorf("constants and rows differ (-constants +rows):\n%s", diff)
	}
	for _, code := range fault.Codes() {
		if status := fault.Status(code); status < 400 || status > 599 {
			t.Errorf("%s: status %d is not that of an error", code, status)
		}
	}
	if got := fault.Status("no.such.code"); got != 500 {
		t.Errorf("unknown code: got status %d, want 500", got)
	}
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// The text of a code contains exactly the parameters of its row, in every language.
func TestWordsOfEveryCodeMatchItsParameters(t *testing.T) {
	for _, lang := range i18n.Languages() {
		w := i18n.For(lang)
		keys := w.Keys()
		for _, code := range fault.Codes() {
			key := "fault." + string(code)
			if !slices.Contains(keys, key) {
				t.Errorf("%s: there are no words for %s", lang, key)
				continue
			}
			var shown []string
			for _, m := range placeholder.FindAllStringSubmatch(w.T(key), -1) {
				shown = append(shown, m[1])
			}
			slices.Sort(shown)
			spec, _ := fault.SpecOf(code)
			want := slices.Sorted(slices.Values(spec.Params))
			if got := slices.Compact(shown); !slices.Equal(got, want) {
				t.Errorf("%s: words of %s show %v, want %v", lang, code, got, want)
			}
		}
		for _, key := range keys {
			if code, ok := strings.CutPrefix(key, "fault."); ok {
				if _, known := fault.SpecOf(fault.Code(code)); !known {
					t.Errorf("%s: there are words for %s, which is not a code", lang, code)
				}
			}
		}
	}
}

func TestErrorsAreWrittenWithSortedParameters(t *testing.T) {
	err := fault.New(fault.TariffMissing, "station", "oslo-104", "at", "2026-11-01T07:00:00Z").At("to")
	if got, want := err.Error(), "tariff.missing at=2026-11-01T07:00:00Z station=oslo-104"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err.Field != "to" {
		t.Errorf("field: got %q, want to", err.Field)
	}
	if got := fault.CodeOf(fmt.Errorf("rate month: %w", err)); got != fault.TariffMissing {
		t.Errorf("code of a wrapped fault: got %s", got)
	}
	if got := fault.CodeOf(errors.New("disk full")); got != fault.Internal {
		t.Errorf("code of another error: got %s, want internal", got)
	}
}
