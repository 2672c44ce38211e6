//go:build !js

package ui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// traps are go-app's own, goapp.md 9, and what our content policy refuses.
var traps = []struct {
	name    string
	pattern *regexp.Regexp
	except  string // file where it is right
	why     string
}{
	{"handler without a key", regexp.MustCompile(`\.On[A-Z]\w*\((?:[^,()]|\(\))*\)`), "", "closures are compared by code pointer: after a list changes a button would act on the old item"},
	{"handler that is not an act", regexp.MustCompile(`\.On(?:Click|Change|Submit|Input|KeyDown)\([^)]*func\(`), "", "a panic in it would end the program"},
	{"inline style", regexp.MustCompile(`\.Styles?\(`), "", "the content policy refuses it without a word"},
	{"raw HTML", regexp.MustCompile(`app\.Raw\(`), "icon.go", "only constant drawings are raw"},
	{"element type of its own", regexp.MustCompile(`app\.(?:Div|P|Span|Section|Nav|Ul|Ol|Li|H[1-6]|T[rdh]|Table|THead|TBody|TFoot|Caption|D[ldt]|Details|Summary|Article|Main|Header|Footer|Legend|FieldSet|Progress|Meter|TextArea|Aside|Strong|Em|Small|Time|Hr|Br|Pre|Code)\(`), "", "each of the library's types adds a kilobyte to the program on the wire; write app.Elem(\"div\")"},
	{"route by zero value", regexp.MustCompile(`app\.Route(?:WithRegexp)?\(`), "", "the fields of the component are dropped"},
	{"boolean attribute by value", regexp.MustCompile(`\.(?:Disabled|Checked|Required|Hidden|ReadOnly|AutoFocus)\(false\)`), "", "the first paint would write it, and that means true"},
	{"number as text", regexp.MustCompile(`\.Text\((?:len\(|float64\()`), "", "numbers are written by i18n"},
	{"bound while typing", regexp.MustCompile(`\.OnInput\(`), "", "rewriting a value while it is typed throws the caret to the end"},
	{"encrypted state", regexp.MustCompile(`\.(?:Encrypt|LocalStorage|SessionStorage)\(`), "", "its key lies beside it; preferences go through package browser"},
	{"link that opens a window", regexp.MustCompile(`\.Target\(`), "", "people keep their Back button"},
}

func TestItStepsIntoNoneOfTheTraps(t *testing.T) {
	err := filepath.WalkDir("..", func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, trap := range traps {
			if filepath.Base(file) == trap.except {
				continue
			}
			if found := trap.pattern.Find(text); found != nil {
				t.Errorf("%s: %s: %s (%s)", file, trap.name, found, trap.why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
