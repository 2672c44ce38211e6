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

func TestTariffImportWritesDraftsAndListsWhatIsOpen(t *testing.T) {
	data := filepath.Join("..", "..", "shared", "tariff", "nvdb", "testdata", "stations.json")
	dir := filepath.Join(t.TempDir(), "drafts")
	var out, problems bytes.Buffer
	if err := perform(t, nil, &out, &problems, "tariff", "import", "nvdb", data, "--out", dir); !errors.Is(err, command.ErrOpenQuestions) {
		t.Fatalf("got %v, want %v", err, command.ErrOpenQuestions)
	}
	if got := strings.Count(out.String(), ".tariff\n"); got != 3 {
		t.Errorf("got %d drafts, want 3:\n%s", got, out.String())
	}
	if !strings.Contains(problems.String(), "object 90000011 (Fjelltunnelen): has an hour rule without minutes") {
		t.Errorf("got %s", problems.String())
	}
	var checked bytes.Buffer
	if err := perform(t, nil, &checked, io.Discard, "check", "tariffs", dir); err == nil || !strings.Contains(checked.String(), "storbypakken.tariff:13: version storbypakken@2024-06-14 does not say whom") {
		t.Errorf("got %v %s", err, checked.String())
	}
	if err := perform(t, nil, &out, &problems, "tariff", "import", "nvdb", "--out", dir, data); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want the files that are there to stay", err)
	}
}

func TestTariffImportReadsStandardInputAndADay(t *testing.T) {
	data := `[{"id":7,"egenskaper":[{"navn":"Navn bompengeanlegg","verdi":"Broen"},{"navn":"Takst liten bil","verdi":20}]}]`
	var out, problems bytes.Buffer
	err := perform(t, strings.NewReader(data), &out, &problems, "tariff", "import", "nvdb", "-", "--from", "2026-01-01")
	if !errors.Is(err, command.ErrOpenQuestions) || !strings.Contains(out.String(), "# broen.tariff\n") || !strings.Contains(out.String(), "version 2026-01-01\n") {
		t.Errorf("got %v\n%s", err, out.String())
	}
}

func TestTariffImportSaysHowItIsUsed(t *testing.T) {
	for _, args := range [][]string{
		nil,
		{"import"},
		{"import", "nvdb"},
		{"import", "nvdb", "--out", "x"},
		{"import", "nvdb", "no-such-file"},
		{"import", "gml", "x"},
		{"import", "nvdb", "a", "b"},
		{"import", "nvdb", "-", "--from", "soon"},
		{"import", "nvdb", "--unknown", "-"},
	} {
		var out, problems bytes.Buffer
		if err := perform(t, strings.NewReader("[]"), &out, &problems, append([]string{"tariff"}, args...)...); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
