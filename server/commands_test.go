package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/attachment"
	"bompass/server/casework"
	"bompass/server/internal/pgtest"
	"bompass/server/passage"
	"bompass/server/store"
	"bompass/server/store/casedb"
	"bompass/server/store/passagedb"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// built is the directory of the built command; empty until a test needs it.
var built string

// build builds the command once for all tests, and returns its path.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bompass-server-test-")
	if err != nil {
		return "", err
	}
	built = dir
	path := filepath.Join(dir, "server")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return path, fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// program returns the path of the built command.
func program(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// perform runs a command and returns its standard output and standard error.
func perform(t *testing.T, program string, env []string, args ...string) (out, said string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	return stdout.String(), stderr.String(), err
}

// Every error of starting is one line that says what to do.
func TestStartErrorsSayWhatToDo(t *testing.T) {
	server := program(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why  string
		env  []string
		want string
	}{
		{"a taken port", []string{"BOMPASS_ADDR=" + taken.Addr().String()}, "set BOMPASS_ADDR to another address"},
		{"a bad address", []string{"BOMPASS_ADDR=8080"}, `BOMPASS_ADDR is "8080"; write host:port`},
		{"a bad mode", []string{"BOMPASS_MODE=prod"}, "write development or production"},
		{"a database of another kind", []string{"DATABASE_URL=mysql://h/d"}, "DATABASE_URL is"},
		{"a database that is away", []string{"BOMPASS_ADDR=127.0.0.1:0", "BOMPASS_HOME=" + t.TempDir(), "DATABASE_URL=postgres://127.0.0.1:1/x"}, "check DATABASE_URL"},
		{"a home that is a file", []string{"BOMPASS_ADDR=127.0.0.1:0", "BOMPASS_HOME=" + blocked}, "set BOMPASS_HOME to a directory you may write in"},
		{"a paper folder that is a file", []string{"BOMPASS_ADDR=127.0.0.1:0", "BOMPASS_HOME=" + t.TempDir(), "BOMPASS_PAPER_DIR=" + blocked}, "set BOMPASS_PAPER_DIR to a directory you may write in"},
		{"metrics for everybody", []string{"BOMPASS_METRICS_ADDR=0.0.0.0:9464"}, "write an address of this machine alone, such as 127.0.0.1:9464"},
		{"an unknown setting", []string{"BOMPASS_ADRR=127.0.0.1:0"}, "BOMPASS_ADRR is not a setting; did you mean BOMPASS_ADDR?"},
	} {
		_, said, err := perform(t, server, c.env, "serve")
		if err == nil || !strings.Contains(said, c.want) || strings.Count(strings.TrimSpace(said), "\n") != 0 {
			t.Errorf("%s: got %v and\n%s\nwant one line with %q", c.why, err, said, c.want)
		}
	}
}

func TestCommandsWorkOnExternalDatabase(t *testing.T) {
	server := program(t)
	env := []string{"DATABASE_URL=" + pgtest.URL(t), "BOMPASS_HOME=" + t.TempDir()}
	for _, c := range []struct{ args, want string }{
		{"migrate", "the schema is up to date; 0 migrations were applied"},
		{"seed", "the demo data is complete: 7 accounts, 45 vehicles"},
		{"seed", "the demo data is complete: 7 accounts, 45 vehicles"},
		{"quarantine", "the quarantine is empty"},
		{"quarantine --json", ""},
		{"tags", "there are no orders of tags"},
		{"cases", "no case waits for an answer"},
		{"payments", "every payment by card stands on an invoice"},
		{"tags --json", ""},
		{"billing run", ": 0 invoices of 0.00"},
		{"billing remind", "0 reminders with fees of 0.00 and interest of 0.00"},
		{"billing held", "nothing is held"},
		{"billing held --json", ""},
		{"ledger check", "passages, lines, invoices and ledger agree"},
		{"version", "bompass "},
		{"help", "server serve"},
	} {
		out, said, err := perform(t, server, env, strings.Fields(c.args)...)
		if err != nil || !strings.HasPrefix(out, c.want) && !strings.Contains(out, c.want) {
			t.Errorf("%s: got %q, %v, want %q\n%s", c.args, out, err, c.want, said)
		}
	}
}

// Invalid arguments are refused before anything is done, and --help does nothing else.
func TestCommandsRefuseInvalidArguments(t *testing.T) {
	server := program(t)
	env := []string{"DATABASE_URL=postgres://127.0.0.1:1/none", "BOMPASS_HOME=" + filepath.Join(t.TempDir(), "none")}
	for _, c := range []struct{ args, want string }{
		{"fly", `no command "fly"`},
		{"migrate now", `"now" was given`},
		{"seed --force", `"--force" was given`},
		{"reset all", `"all" was given`},
		{"quarantine x", `"x" is neither`},
		{"serve fast", `"fast" is not a flag`},
		{"simulate fast", `"fast" is not a flag`},
		{"check tariffs no/such/directory", "no/such/directory"},
		{"check tariffs main.go", "main.go is a file"},
		{"legacy", "server legacy import [--dry-run] FILE"},
		{"legacy import no/such/file", "no/such/file"},
		{"tags send", "tags sent ORDER TAG"},
		{"tags sent x 9578010000000000012", `"x" is not an order`},
		{"tags sent 1 9578010000000000013", "is not a tag's number"},
		{"billing", "server billing run"},
		{"billing run --period november", `"november" is not a month`},
		{"billing run now", `takes no "now"`},
		{"billing paid --kid 1", "--reference TEXT"},
		{"billing paid --kid 123 --amount 1 --on 2026-11-20 --reference x", `"123" is not a KID`},
		{"billing paid --kid 0001000017 --amount x --on 2026-11-20 --reference x", `"x" is not an amount`},
		{"billing paid --kid 0001000017 --amount 1 --on x --reference x", `"x" is not a day`},
		{"billing held now", `takes no "now"`},
		{"billing remind --on x", `"x" is not a day`},
		{"billing remind now", `takes no "now"`},
		{"billing hold 100001", "server billing hold NUMBER --reason TEXT"},
		{"billing release", "server billing release NUMBER"},
		{"billing credit", "server billing credit NUMBER --reason TEXT"},
		{"billing credit 100001 --reason wrong owner", "server billing credit NUMBER --reason TEXT"},
		{"ledger", "server ledger check"},
		{"ledger check --since 2026", `"2026" is not a month`},
		{"rate --tariff no/such/directory --passages -", "no/such/directory"},
	} {
		_, said, err := perform(t, server, env, strings.Fields(c.args)...)
		if err == nil || !strings.Contains(said, c.want) {
			t.Errorf("%s: got %v and %q, want %q", c.args, err, said, c.want)
		}
	}
	for _, args := range []string{"help", "serve --help", "migrate --help", "seed -h", "reset --help", "quarantine --help", "quarantine release --help", "rate --help", "check tariffs --help", "simulate --help", "version --help"} {
		out, said, err := perform(t, server, env, strings.Fields(args)...)
		if err != nil || out+said == "" || strings.Contains(said, "bompass:") {
			t.Errorf("%s: got %v and %q %q", args, err, out, said)
		}
	}
}

func TestResetDeletesHome(t *testing.T) {
	server := program(t)
	home := t.TempDir()
	for _, name := range []string{"lock", "secret"} {
		if err := os.WriteFile(filepath.Join(home, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"deleted:\n  " + filepath.Join(home, "secret"), "nothing to delete"} {
		out, said, err := perform(t, server, []string{"BOMPASS_HOME=" + home}, "reset")
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("got %q, %v, want %q\n%s", out, err, want, said)
		}
	}
}

func TestQuarantineIsListedAsTextAndJSON(t *testing.T) {
	server := program(t)
	url := pgtest.URL(t)
	env := []string{"DATABASE_URL=" + url, "BOMPASS_HOME=" + t.TempDir()}
	quarantine(t, url)
	out, _, err := perform(t, server, env, "quarantine")
	if err != nil || !strings.Contains(out, "station.unknown") || !strings.Contains(out, "oslo-999/1/2/3") {
		t.Errorf("got %v and\n%s", err, out)
	}
	out, _, err = perform(t, server, env, "quarantine", "--json")
	var row struct {
		Code        string
		Observation struct{ Station string }
	}
	if err != nil || json.Unmarshal([]byte(out), &row) != nil || row.Code != "station.unknown" || row.Observation.Station != "oslo-999" {
		t.Errorf("got %v and\n%s", err, out)
	}
}

func TestQuarantineIsReleasedByIDOrAsAWhole(t *testing.T) {
	server := program(t)
	url := pgtest.URL(t)
	env := []string{"DATABASE_URL=" + url, "BOMPASS_HOME=" + t.TempDir()}
	quarantine(t, url)
	for _, c := range []struct{ args, want, said string }{
		{"quarantine release", "", "release what?"},
		{"quarantine release 1 --all", "", "is not an id"},
		{"quarantine release --all 1", "", "release what?"},
		{"quarantine release oslo-999", "", `"oslo-999" is not an id`},
		{"quarantine release 99", "0 passages are released", "1 of 1 are not in quarantine"},
		{"quarantine release 1", "1 passages are released", ""},
		{"quarantine release --all", "0 passages are released", ""},
	} {
		out, said, err := perform(t, server, env, strings.Fields(c.args)...)
		if (err != nil) != (c.want == "") || !strings.HasPrefix(out, c.want) || !strings.Contains(said, c.said) {
			t.Errorf("%s: got %q, %v\n%s", c.args, out, err, said)
		}
	}
	out, _, err := perform(t, server, env, "quarantine", "--json")
	if err != nil || !strings.Contains(out, `"released":"`) {
		t.Errorf("what is released: got %v and\n%s", err, out)
	}
}

// quarantine adds a passage to the quarantine.
func quarantine(t *testing.T, url string) {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	o := toll.Observation{Station: "oslo-999", Lane: 1, Epoch: 2, Sequence: 3, At: time.Unix(1_760_000_000, 0)}
	why := fault.New(fault.StationUnknown, "station", "oslo-999")
	if err := passagedb.New(db).Quarantine(t.Context(), []passage.Quarantined{{Reason: why, Observation: o, Received: o.At}}); err != nil {
		t.Fatal(err)
	}
}

// Customer service takes, asks and answers a case that a customer has opened, by its number.
func TestCasesAreAnsweredByCommands(t *testing.T) {
	db, url := pgtest.Demo(t)
	server, env := program(t), []string{"DATABASE_URL=" + url, "BOMPASS_HOME=" + t.TempDir()}
	if _, said, err := perform(t, server, env, "seed"); err != nil { // the accounts of the customers
		t.Fatal(said)
	}
	reader := casework.Reader{Customer: fixture.Kari, Account: toll.AccountID(pgtest.One[string](t, db, "select id::text from account where email = 'kari@bompass.example'"))}
	number, err := casedb.New(db).OpenCase(t.Context(), reader, casework.NewCase{
		Once: "0198b000-0000-7000-8000-000000000001", Charger: "ferde", Topic: "invoice", Title: "Feil pris", Text: "Hvorfor?", Files: []attachment.File{{Name: "a.pdf", Type: attachment.PDF, Body: []byte("%PDF-1.7")}},
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	of := strconv.FormatInt(number, 10)
	for _, c := range []struct {
		args, in, want string
		fails          bool
	}{
		{args: "cases", want: "Feil pris"},
		{args: "cases show " + of, want: "Hvorfor?"},
		{args: "cases take " + of + " --by Mari", want: "take"},
		{args: "cases", want: "Mari"},
		{args: "cases ask " + of + " --by Mari", in: "Hvilken dag?", want: "ask"},
		{args: "cases ask " + of + " --by Mari", in: "Hallo?", fails: true}, // the customer answers next
		{args: "cases answer " + of + " --by Mari", in: "", fails: true},
		{args: "cases answer " + of, in: "Rushtid.", fails: true},
		{args: "cases answer " + of + " --by Mari", in: "Rushtid.", want: "answer"},
		{args: "cases show " + of, want: "Rushtid."},
		{args: "cases", want: "no case waits for an answer"},
		{args: "cases show 1", fails: true},
		{args: "cases file 1 --to " + filepath.Join(t.TempDir(), "a.pdf"), want: "a.pdf (application/pdf)"},
	} {
		cmd := exec.Command(server, strings.Fields(c.args)...)
		cmd.Env, cmd.Stdin = append(os.Environ(), env...), strings.NewReader(c.in)
		out, err := cmd.CombinedOutput()
		if (err != nil) != c.fails || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v: %s", c.args, err, out)
		}
	}
}
