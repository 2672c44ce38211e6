//go:build !js

package ui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// faults are patterns that go-app v9 handles wrongly or that our content security policy refuses.
var faults = []struct {
	name    string
	pattern *regexp.Regexp
	except  string // a file where it is allowed
	why     string
}{
	{"handler without a key", regexp.MustCompile(`\.On[A-Z]\w*\((?:[^,()]|\(\))*\)`), "", "closures are compared by code pointer: after a list changes a button would act on the old item"},
	{"handler that is not an Action", regexp.MustCompile(`\.On(?:Click|Change|Submit|Input|KeyDown)\([^)]*func\(`), "", "a panic in it would end the program"},
	{"inline style", regexp.MustCompile(`\.Styles?\(`), "", "the content security policy refuses it silently"},
	{"raw HTML", regexp.MustCompile(`app\.Raw\(`), "icon.go", "only constant drawings are raw"},
	{"element type of its own", regexp.MustCompile(`app\.(?:Div|P|Span|Section|Nav|Ul|Ol|Li|H[1-6]|T[rdh]|Table|THead|TBody|TFoot|Caption|D[ldt]|Details|Summary|Article|Main|Header|Footer|Legend|FieldSet|Progress|Meter|TextArea|Aside|Strong|Em|Small|Time|Hr|Br|Pre|Code)\(`), "", "each of the library's types adds a kilobyte to the program on the wire; write app.Elem(\"div\")"},
	{"route by zero value", regexp.MustCompile(`app\.Route(?:WithRegexp)?\(`), "", "the fields of the component are dropped"},
	{"boolean attribute by value", regexp.MustCompile(`\.(?:Disabled|Checked|Required|Hidden|ReadOnly|AutoFocus)\(false\)`), "", "the first paint would write it, and that means true"},
	{"number as text", regexp.MustCompile(`\.Text\((?:len\(|float64\()`), "", "numbers are written by i18n"},
	{"bound while typing", regexp.MustCompile(`\.OnInput\(`), "input.go", "writing a value while it is typed moves the caret to the end"},
	{"encrypted state", regexp.MustCompile(`\.(?:Encrypt|LocalStorage|SessionStorage)\(`), "", "its key is stored beside it; preferences go through package browser"},
	{"link that opens a window", regexp.MustCompile(`\.Target\(`), "list.go", "people keep their Back button; only the PDF of an invoice has a tab, for an installed app shows a file without a way back"},
}

func TestCodeAvoidsKnownFaultsOfGoApp(t *testing.T) {
	err := filepath.WalkDir("..", func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, fault := range faults {
			if filepath.Base(file) == fault.except {
				continue
			}
			if found := fault.pattern.Find(text); found != nil {
				t.Errorf("%s: %s: %s (%s)", file, fault.name, found, fault.why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
