package main

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestTheTableHasEveryBehaviour(t *testing.T) {
	list, err := read(os.DirFS("../../.."))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, b := range list {
		got[b.system()]++
	}
	if diff := cmp.Diff(map[string]int{"S1": 52, "S2": 90, "S3": 28, "S4": 64, "S5": 45}, got); diff != "" || len(list) != 279 {
		t.Errorf("%d behaviours (-want +got):\n%s", len(list), diff)
	}
}

func TestItFindsMarksAndRanges(t *testing.T) {
	id := func(system, n string) string { return "S" + system + "." + n }
	text := "// " + id("2", "16") + " and " + id("1", "02") + "–05, " + id("4", "19") + "–" + id("4", "21") + "; XS2.17, S9.01"
	want := []string{id("2", "16"), id("1", "02"), id("1", "03"), id("1", "04"), id("1", "05"), id("4", "19"), id("4", "20"), id("4", "21")}
	if diff := cmp.Diff(want, marks(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestItListsWhatNoTestProves(t *testing.T) {
	files := fstest.MapFS{
		table:            {Data: []byte("| S1.01 | One thing. |\n| S1.02 | Another. |\n| S5.01 | A third. |\n")},
		"a/x_test.go":    {Data: []byte("// S1.02\n")},
		"a/x.go":         {Data: []byte("// S1.01 is not proven by saying so\n")},
		".hid/x_test.go": {Data: []byte("// S1.01\n")},
	}
	var b strings.Builder
	if err := run(files, &b); err != nil {
		t.Fatal(err)
	}
	want := "S1    1 of   2 proven\nS5    0 of   1 proven\n      1 of   3 proven\n\nNot proven:\nS1.01  One thing.\nS5.01  A third.\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	files["b/y_test.go"] = &fstest.MapFile{Data: []byte("// S3.99\n")}
	if err := run(files, &b); err == nil || !strings.Contains(err.Error(), "S3.99") {
		t.Errorf("an id that is none: got %v", err)
	}
}

// A test must not prove what nobody has written down.
func TestEveryMarkIsABehaviour(t *testing.T) {
	var b strings.Builder
	if err := run(os.DirFS("../../.."), &b); err != nil {
		t.Error(err)
	}
}
