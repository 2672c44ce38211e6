package main_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store/demo"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// The size of the test.
const (
	billedAgreements = 60
	runsAtOnce       = 3
	killsOfEach      = 4
)

// payers returns agreements of one vehicle each.
func payers(n int) (data demo.Data) {
	owner := fixture.Agreements()[0]
	for i := range n {
		id := func(kind int) string { return fmt.Sprintf("0196c00%d-0000-7000-8000-%012d", kind, i) }
		vehicle := toll.VehicleID(id(1))
		a := owner
		a.ID, a.Number = toll.AgreementID(id(2)), fmt.Sprintf("4%08d", i)
		tag := toll.TagID(fmt.Sprintf("95780109%011d", i))
		data.Agreements = append(data.Agreements, a)
		facts := fixture.Vehicles()[0].Facts
		data.Vehicles = append(data.Vehicles, toll.Vehicle{ID: vehicle, Plate: toll.NewPlate("NO", fmt.Sprintf("AA%05d", i)), Facts: facts})
		data.Tags = append(data.Tags, toll.Tag{ID: tag, Agreement: a.ID, Status: toll.TagActive})
		data.Mounts = append(data.Mounts, toll.Mount{Tag: tag, Vehicle: vehicle, Agreement: a.ID, Validity: owner.Validity})
	}
	data.Since = fixture.Since
	return data
}

// drivenBy returns eight passages of each of the first payers.
func drivenBy(n int) (sent []toll.Observation) {
	for i := range n {
		for day := range 8 {
			sent = append(sent, toll.Observation{
				Station: "oslo-201", Lane: 1, Epoch: 77, Sequence: int64(i*100 + day), At: oslo.At(pipelinetest.November+oslo.Day(day), 7, i%60, day),
				Direction: toll.Inbound, Country: "NO", Plate: fmt.Sprintf("AA%05d", i), Tag: toll.TagID(fmt.Sprintf("95780109%011d", i)),
			})
		}
	}
	return sent
}

// killAgain starts a command several times at once and kills each after a random part of the time that it needs here, so that
// some are killed at the start, in the middle and at the end; then again, and each once more to its end.
func killAgain(t *testing.T, within time.Duration, command func() *exec.Cmd) {
	t.Helper()
	var runs sync.WaitGroup
	for range runsAtOnce {
		runs.Go(func() {
			for range killsOfEach {
				cmd := command()
				if err := cmd.Start(); err != nil {
					t.Error(err)
					return
				}
				time.Sleep(time.Duration(rand.Int64N(int64(within))))
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
			}
			if err := command().Run(); err != nil {
				t.Error(err)
			}
		})
	}
	runs.Wait()
}

// Three runs at once that are killed again and again leave each charge on one invoice, none out, and no gap in the numbers.
func TestKilledRunsLoseNothingAndInvoiceNothingTwice(t *testing.T) {
	now := oslo.At(pipelinetest.November.Month().Last()+10, 9, 0, 0)
	r := pipelinetest.New(t, now)
	if err := demo.Seed(t.Context(), r.DB, payers(billedAgreements)); err != nil {
		t.Fatal(err)
	}
	sent := drivenBy(billedAgreements)
	r.Send(pipelinetest.NDJSON(sent...))
	r.Settle()
	before := pgtest.One[int64](t, r.DB, "select sum(amount) from unbilled")
	server := program(t)
	run := func() *exec.Cmd {
		cmd := exec.Command(server, "billing", "run", "--period", "2025-11")
		cmd.Env = append(os.Environ(), "DATABASE_URL="+r.URL, "BOMPASS_HOME="+t.TempDir())
		cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
		return cmd
	}
	killAgain(t, 1500*time.Millisecond, run)
	for sql, want := range map[string]int64{
		"select sum(total) from invoice":                                            before,
		"select count(*) from invoice":                                              billedAgreements,
		"select count(*) from invoice_line":                                         int64(len(sent)),
		"select count(*) from unbilled":                                             0,
		"select max(number) - min(number) + 1 from invoice":                         billedAgreements,
		"select sum(amount) from ledger_entry where account like 'receivable:%'":    before,
		"select (-sum(amount))::bigint from ledger_entry where account like 'rev%'": before,
	} {
		if got := pgtest.One[int64](t, r.DB, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if out, said, err := perform(t, server, []string{"DATABASE_URL=" + r.URL, "BOMPASS_HOME=" + t.TempDir()}, "ledger", "check"); err != nil {
		t.Errorf("%s%s", out, said)
	}
}
