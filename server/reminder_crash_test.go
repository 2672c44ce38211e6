package main_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
)

// Three runs at once that are killed again and again remind of each invoice once, and leave no gap in the numbers.
func TestKilledRemindersAreWrittenOnce(t *testing.T) {
	r, server, env := invoiced(t, payers(billedAgreements))
	pgtest.Exec(t, r.DB, "update invoice set issued_on = '2026-01-08', due_on = '2026-01-22'") // days whose rates are known
	const on = "2026-02-05"
	run := func() *exec.Cmd {
		cmd := exec.Command(server, "billing", "remind", "--on", on)
		cmd.Env = append(os.Environ(), env...)
		cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
		return cmd
	}
	killAgain(t, 800*time.Millisecond, run)
	for sql, want := range map[string]int64{
		"select count(*) from invoice where kind = 'reminder'":                               billedAgreements,
		"select count(distinct claim) from invoice where kind = 'reminder'":                  billedAgreements,
		"select max(number) - min(number) + 1 from invoice where kind = 'reminder'":          billedAgreements,
		"select (-sum(amount))::bigint from ledger_entry where account = 'fee:reminder.fee'": 38_00 * billedAgreements,
	} {
		if got := pgtest.One[int64](t, r.DB, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if out, said, err := perform(t, server, env, "ledger", "check"); err != nil {
		t.Errorf("%s%s", out, said)
	}
}
