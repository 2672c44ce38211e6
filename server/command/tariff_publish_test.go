package command_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/command"
	"bompass/server/internal/pgtest"
)

// run performs a command on a database and returns what it prints.
func runTariff(t *testing.T, url string, args ...string) (string, error) {
	t.Helper()
	var out, problems bytes.Buffer
	getenv := func(name string) string {
		return map[string]string{"DATABASE_URL": url, "BOMPASS_HOME": t.TempDir()}[name]
	}
	w := command.World{Getenv: getenv, In: strings.NewReader(""), Out: &out, Err: &problems}
	err := command.Run(t.Context(), append([]string{"tariff"}, args...), w)
	return out.String() + problems.String(), err
}

func TestPriceListsArePublishedFromTheCommandLine(t *testing.T) {
	url := pgtest.URL(t)
	dir := t.TempDir()
	builtIn, err := command.BuiltInTariffs(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range builtIn {
		if f.Name == "oslo.tariff" {
			f.Text = "# checked again\n" + f.Text
		}
		if f.Name != "tromso.tariff" {
			if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, step := range []struct {
		args  []string
		wants []string
		fails bool
	}{
		{args: []string{"releases"}, wants: []string{"nothing has been published"}},
		{args: []string{"publish"}, fails: true},
		{args: []string{"publish", "--note", "first"}, wants: []string{"new      oslo.tariff", "release 1 is in force"}},
		{args: []string{"publish", "--note", "again"}, wants: []string{"release 1 has the same price lists"}},
		{args: []string{"publish", "--dry-run", dir}, wants: []string{"changed  oslo.tariff", "removed  tromso.tariff"}},
		{args: []string{"publish", "--note", "corrected", dir}, wants: []string{"release 2 is in force"}},
		{args: []string{"publish", "--note", "back", "--release", "1"}, wants: []string{"release 3 is in force"}},
		{args: []string{"publish", "--note", "back", "--release", "9"}, fails: true},
		{args: []string{"publish", "--note", "empty", t.TempDir()}, fails: true},
		{args: []string{"releases"}, wants: []string{"first", "corrected", "back"}},
	} {
		out, err := runTariff(t, url, step.args...)
		if (err != nil) != step.fails {
			t.Fatalf("tariff %v: %v\n%s", step.args, err, out)
		}
		for _, want := range step.wants {
			if !strings.Contains(out, want) {
				t.Errorf("tariff %v does not say %q:\n%s", step.args, want, out)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "oslo.tariff"), []byte("scheme oslo\nprice all 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := runTariff(t, url, "publish", "--note", "broken", dir); err == nil || !strings.Contains(err.Error(), "nothing was published") {
		t.Errorf("broken price lists: %v\n%s", err, out)
	}
}
