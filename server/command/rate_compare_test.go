package command_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const comparedPassage = `{"id":"a","vehicle":"EK12345","station":"oslo-301","at":"2026-11-20T07:20:00+01:00","class":"light petrol","agreement":true,"tag":true}` + "\n"

func TestRateComparesWithAnotherDayFolderOrFile(t *testing.T) {
	built := filepath.Join("..", "..", "assets", "tariff")
	oslo, err := os.ReadFile(filepath.Join(built, "oslo.tariff"))
	if err != nil {
		t.Fatal(err)
	}
	dearer := filepath.Join(t.TempDir(), "next.tariff")
	next := string(oslo) + "\nversion 2026-01-01 like 2025-01-01\n  source \"a proposal\"\n  price all light petrol base 40 rush 50\n"
	if err := os.WriteFile(dearer, []byte(next), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"one file takes the place of its scheme": {[]string{"--compare", dearer}, `"net":3440,"other_net":4000,"change":560`},
		"the same folder on an earlier day":      {[]string{"--compare", built, "--on", "2023-04-01"}, `"net":3440,"other_net":2800,"change":-640`},
		"a table for people":                     {[]string{"--compare", dearer, "--explain"}, "34.40 to 40.00  +5.60"},
	} {
		var out, problems bytes.Buffer
		args := append([]string{"--tariff", built, "--passages", "-"}, c.args...)
		if err := perform(t, strings.NewReader(comparedPassage), &out, &problems, append([]string{"rate"}, args...)...); err != nil {
			t.Errorf("%s: %v %s", name, err, problems.String())
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: %q is not in\n%s", name, c.want, out.String())
		}
	}
}

func TestRateSaysWhatIsWrongWithTheOtherTariffs(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.tariff")
	if err := os.WriteFile(broken, []byte("scheme oslo \"Oslo\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"no such file":            {"--compare", "no-such-file"},
		"a file with problems":    {"--compare", broken},
		"a day that is none":      {"--compare", filepath.Join("..", "..", "assets", "tariff"), "--on", "tomorrow"},
		"a day without a compare": {"--on", "2027-01-01"},
	} {
		var out, problems bytes.Buffer
		args := append([]string{"--passages", "-"}, args...)
		if err := perform(t, strings.NewReader(comparedPassage), &out, &problems, append([]string{"rate"}, args...)...); err == nil {
			t.Errorf("%s: no error, %s", name, out.String())
		}
	}
}

func TestRateSumsEachCurrencyByItself(t *testing.T) {
	text := comparedPassage + `{"vehicle":"SE ABC123","station":"gothenburg-6","at":"2023-03-07T07:30:00+01:00","class":"light petrol"}` + "\n"
	var out, problems bytes.Buffer
	if err := perform(t, strings.NewReader(text), &out, &problems, "rate", "--passages", "-", "--explain"); err != nil {
		t.Fatal(err, problems.String())
	}
	if want := "2 passages, 34.40 kroner to pay, and 22.00 SEK\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %q, want %q at its end", out.String(), want)
	}
}
