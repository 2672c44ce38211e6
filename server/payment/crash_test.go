package payment_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/partner/card"
	"bompass/server/partner/card/sim"
	"bompass/server/partner/card/stripe"
	"bompass/server/payment"
	"bompass/server/store"
	"bompass/server/store/billingdb"
	"bompass/server/store/paymentdb"
	"bompass/shared/fixture"
)

// The settings of a process that asks the provider.
const (
	databaseSetting = "PAYMENT_TEST_DATABASE"
	providerSetting = "PAYMENT_TEST_PROVIDER"
	aheadSetting    = "PAYMENT_TEST_AHEAD" // how far the process's clock is ahead
)

const (
	key    = "sk_of_the_tests"
	secret = "whsec_of_the_tests"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(databaseSetting); url != "" {
		if err := pollOnce(url, os.Getenv(providerSetting), os.Getenv(aheadSetting)); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// provider returns a client of the provider at an address.
func provider(address string) (*stripe.Provider, error) {
	return stripe.New(stripe.Config{Address: address, Origin: address, Key: key, Hook: secret, Now: time.Now})
}

// pollOnce asks the provider about every payment whose end it has not told.
func pollOnce(url, address, ahead string) error {
	db, err := store.Open(context.Background(), url)
	if err != nil {
		return err
	}
	defer db.Close()
	cards, err := provider(address)
	if err != nil {
		return err
	}
	by, err := time.ParseDuration(ahead)
	if err != nil {
		return err
	}
	later := func() time.Time { return time.Now().Add(by) }
	return payment.NewService(paymentdb.New(db), cards, address, later, slog.New(slog.DiscardHandler)).Poll(context.Background(), payment.PollJob{}, 1)
}

// number returns the number of a setting, or another one.
func number(t *testing.T, setting string, otherwise int) int {
	t.Helper()
	text := os.Getenv(setting)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// addCharged adds invoices of one krone each whose payment the provider has taken and we have not heard of.
func addCharged(t *testing.T, db *store.DB, cards *stripe.Provider, provider *sim.Provider, n int) {
	t.Helper()
	for i := range n {
		order := fmt.Sprintf("0198b000-0000-7000-8000-%012d", i)
		s, err := cards.Begin(t.Context(), card.Order{ID: order, Amount: 100, Text: "Faktura", Language: "nb", Paid: "http://localhost/paid", Cancelled: "http://localhost/pay", Until: time.Now().Add(24 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if provider.Pay(s.ID, sim.Approved) == "" {
			t.Fatal("the provider takes no money")
		}
		pgtest.Exec(t, db, `with i as (insert into invoice (kind, number, customer_id, agreement_id, period, first_on, issued_on, due_on, kid, account, total, vat)
				values ('invoice', 300000 + $3::int, $1, $2, date '2026-10-01' - ($3::int + 1) * interval '1 month', '2026-10-05', '2026-11-08', '2026-11-23', 'K' || $3::int, '86011117947', 100, '[]')
				returning id, customer_id),
			tx as (insert into ledger_transaction (kind, invoice_id, at) select 'invoice', id, '2026-11-08' from i returning id),
			e as (insert into ledger_entry select tx.id, e.no, e.account, e.amount from tx, (values (1, 'receivable:' || $2::text, 100), (2, 'revenue:fjellinjen', -100)) as e (no, account, amount))
			insert into card_payment (id, customer_id, invoice_id, document_id, amount, terms, state, started_at, until, asked_at, session)
			select $4, customer_id, id, id, 100, 1, 'provider', now(), now() + interval '1 day', now(), $5 from i`,
			string(fixture.Kari), string(fixture.KariAgreement), i+1, order, s.ID)
	}
}

// Servers that are killed again and again between the provider's charge and our entry enter each charge once. PAYMENT_KILLS is how
// often; PAYMENT_COUNT is the number of payments.
func TestKilledServersEnterEachChargeOnce(t *testing.T) {
	db, url := pgtest.Demo(t)
	cards := sim.New(sim.Config{Key: key, Hook: secret, Now: time.Now})
	server := httptest.NewServer(cards)
	t.Cleanup(server.Close)
	client, err := provider(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	count, kills := number(t, "PAYMENT_COUNT", 60), number(t, "PAYMENT_KILLS", 12)
	addCharged(t, db, client, cards, count)
	before := pgtest.One[int64](t, db, "select coalesce(sum(amount), 0)::bigint from ledger_entry where account = 'clearing:card'")
	poll := func(ahead time.Duration) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), databaseSetting+"="+url, providerSetting+"="+server.URL, aheadSetting+"="+ahead.String())
		cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
		return cmd
	}
	const atOnce = 3
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			for n := range kills / atOnce {
				cmd := poll(time.Duration(n+1) * time.Minute) // a payment is asked about once in a poll
				if err := cmd.Start(); err != nil {
					t.Error(err)
					return
				}
				time.Sleep(time.Duration(rand.Int64N(int64(400 * time.Millisecond))))
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
			}
		})
	}
	all.Wait()
	if err := poll(time.Duration(kills+2) * time.Minute).Run(); err != nil {
		t.Fatal(err)
	}
	if got := pgtest.One[int64](t, db, "select coalesce(sum(amount), 0)::bigint from ledger_entry where account = 'clearing:card'") - before; got != int64(100*count) {
		t.Errorf("%d øre are entered of %d charges of 100", got, count)
	}
	for sql, want := range map[string]int{
		"select count(*) from card_payment where state = 'paid' and entered = 100": count, "select count(distinct reference) from card_payment where state = 'paid'": count,
		"select count(*) from invoice where number > 300000 and outstanding(id) = 0": count,
	} {
		if got := pgtest.One[int](t, db, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if difference, err := billingdb.New(db).CompareRest(t.Context()); err != nil || difference != "" {
		t.Errorf("the books differ: %q, %v", difference, err)
	}
}
