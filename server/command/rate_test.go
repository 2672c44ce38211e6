package command_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/command"
)

func TestRateCommandUsesTariffsOfDirectory(t *testing.T) {
	name := filepath.Join(t.TempDir(), "passages.ndjson")
	lines := `{"id":"a","vehicle":"EK12345","station":"oslo-301","at":"2023-03-07T06:20:00+01:00","class":"light petrol","agreement":true,"tag":true}
{"id":"b","vehicle":"EK12345","station":"oslo-999","at":"2023-03-07T06:25:00+01:00","class":"light petrol"}
`
	if err := os.WriteFile(name, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, problems bytes.Buffer
	args := []string{"--tariff", filepath.Join("..", "..", "assets", "tariff"), "--passages", name}
	err := perform(t, nil, &out, &problems, append([]string{"rate"}, args...)...)
	if !errors.Is(err, command.ErrLinesRefused) {
		t.Errorf("got %v, want %v", err, command.ErrLinesRefused)
	}
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"net":2320`) {
		t.Errorf("got %s", got)
	}
	if got := problems.String(); !strings.Contains(got, "line 2: station.unknown") {
		t.Errorf("got %s", got)
	}
}

func TestRateCommandRefusesInvalidArguments(t *testing.T) {
	for _, args := range [][]string{nil, {"--passages"}, {"--passages", "no-such-file"}, {"--tariff", t.TempDir(), "--passages", "-"}} {
		var out, problems bytes.Buffer
		if err := perform(t, strings.NewReader(""), &out, &problems, append([]string{"rate"}, args...)...); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

func TestCheckTariffsListsGapsAndProblems(t *testing.T) {
	var out bytes.Buffer
	if err := perform(t, nil, &out, io.Discard, "check", "tariffs"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"from 2019-06-01  no price list is at hand until 2022-08-31", "no price for heavy euro6", "alesund"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.tariff"), []byte("scheme x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := perform(t, nil, &out, io.Discard, "check", "tariffs", dir); err == nil {
		t.Error("a broken tariff has no problem")
	}
}
