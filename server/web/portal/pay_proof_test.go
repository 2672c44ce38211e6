package portal_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/partner/card/sim"
	"bompass/server/partner/card/stripe"
	"bompass/server/payment"
	"bompass/server/web/hook"
	"bompass/server/web/webtest"
	"bompass/shared/fixture"
	"bompass/shared/site"
)

// paymentsAtOnce is the number of people, or tabs, that pay one invoice at once.
const paymentsAtOnce = 64

// However many pay one invoice at once, each from a page of its own, all are led to one page of the provider, and the card is
// charged once.
func TestParallelPaymentsOfAnInvoiceAreOneCharge(t *testing.T) {
	h, kari := newTill(t)
	page := kari.Get(payPath).Body
	var all sync.WaitGroup
	leads := make([]string, paymentsAtOnce)
	for n := range paymentsAtOnce {
		all.Go(func() {
			form := payForm(page, "23,20")
			form.Set("key", "tab-"+strconv.Itoa(n))
			p := kari.Do(http.MethodPost, site.PayInvoice, form.Encode(), webtest.Header("Content-Type", "application/x-www-form-urlencoded"))
			leads[n] = p.Header.Get("Location")
			if at := leads[n]; strings.Contains(at, "/pay/") {
				h.Cards.Pay(at[strings.LastIndex(at, "/")+1:], sim.Approved)
			}
		})
	}
	all.Wait()
	until(t, "the entry", func() bool { return ledgerSum(t, h, "clearing:card") != 0 })
	if charges := h.Cards.Charges(); len(charges) != 1 || charges[0].Amount != 2320 {
		t.Errorf("%d charges: %+v", len(charges), charges)
	}
	if got, owed := ledgerSum(t, h, "clearing:card"), ledgerSum(t, h, "receivable:%"); got != 2320 || owed != 0 {
		t.Errorf("the ledger has %d from cards, and %d are owed", got, owed)
	}
	books(t, h)
}

// The same request with the same key gets the same answer, as when the first was lost on its way; with another amount it is
// refused. Another amount from another page ends the payment under way first.
func TestRequestIsCarriedOutOnceForItsKey(t *testing.T) {
	h, kari := newTill(t)
	page := kari.Get(payPath).Body
	form := payForm(page, "10,00")
	form.Set("key", "a key")
	first := session(t, kari.SubmitForm(site.PayInvoice, form))
	h.Advance(2 * time.Minute) // the answer to a form is given again for a minute; the key lasts longer
	if again := session(t, kari.SubmitForm(site.PayInvoice, form)); again != first {
		t.Errorf("the same request leads to %s, then to %s", first, again)
	}
	form.Set("amount", "11,00")
	if p := kari.SubmitForm(site.PayInvoice, form); p.StatusCode != http.StatusConflict {
		t.Errorf("another request with the key: %d", p.StatusCode)
	}
	form.Set("key", "another key")
	second := session(t, kari.SubmitForm(site.PayInvoice, form))
	if second == first || h.Cards.Pay(first, sim.Approved) != "" {
		t.Error("the payment under way can still be paid")
	}
	h.Cards.Pay(second, sim.Approved)
	until(t, "the entry", func() bool { return ledgerSum(t, h, "clearing:card") == 1100 })
	books(t, h)
}

// tell sends a message to the server and returns the status of the answer.
func tell(t *testing.T, h *webtest.Till, body []byte, secret string, at time.Time) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+hook.CardPath, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(stripe.SignatureHeader, stripe.Sign(secret, body, at))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// hostile is a message and what is to become of it.
type hostile struct {
	body   []byte
	secret string
	age    time.Duration
}

// messagesMax is the number of messages of a test.
func messagesMax(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("BOMPASS_WEBHOOKS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 2000
}

// addPaidInvoices adds invoices of one krone each with a payment that the person has done their part of.
func addPaidInvoices(t *testing.T, h *webtest.Till, n int) {
	t.Helper()
	pgtest.Exec(t, h.DB, `with i as (insert into invoice (kind, number, customer_id, agreement_id, period, first_on, issued_on, due_on, kid, account, total, vat)
			select 'invoice', 300000 + n, $1, $2, date '2026-10-01' - (n + 1) * interval '1 month', '2026-10-05', '2026-11-08', '2026-11-23', 'K' || n, '86011117947', 100, '[]' from generate_series(1, $3) n
			returning id, number, customer_id, agreement_id),
		tx as (insert into ledger_transaction (kind, invoice_id, at) select 'invoice', id, '2026-11-08' from i returning id),
		e as (insert into ledger_entry select tx.id, e.no, e.account, e.amount from tx, (values (1, 'receivable:' || $2::text, 100), (2, 'revenue:fjellinjen', -100)) as e (no, account, amount))
		insert into card_payment (customer_id, invoice_id, document_id, amount, terms, state, started_at, until, asked_at, session)
		select customer_id, id, id, 100, 1, 'provider', $4::timestamptz, $4::timestamptz + interval '31 minutes', $4::timestamptz, 'cs_' || number - 300000 from i`,
		string(fixture.Kari), string(fixture.KariAgreement), n, h.Now())
}

// hostileMessages returns messages about n payments: most of them right, some of them twice, in any order, forged, old, with a wrong
// amount or currency, of charges that others have, and about payments that nobody knows. credited invoices are every tenth.
func hostileMessages(h *webtest.Till, n, total int, random *rand.Rand) (list []hostile) {
	for len(list) < total {
		k := 1 + len(list)%n
		s := sim.Session{
			ID: "cs_" + strconv.Itoa(k), Status: "complete", Payment: "paid", Amount: 100, Currency: "nok", Attempt: "pi_" + strconv.Itoa(k),
		}
		m := hostile{secret: webtest.CardSecret}
		kind := "checkout.session.completed"
		switch trick := random.IntN(10); {
		case k%7 == 0:
			s.Amount = 101 // always wrong for these
		case k%11 == 0:
			s.Currency = "eur"
		case trick == 0:
			m.secret = "whsec_of_a_stranger"
		case trick == 1:
			m.age = time.Hour
		case trick == 2:
			s.Payment = "unpaid"
		case trick == 3:
			s.ID, s.Attempt = fmt.Sprintf("cs_unknown_%d", k), fmt.Sprintf("pi_unknown_%d", k)
		case trick == 4:
			kind = "charge.refunded"
		case trick == 5:
			s.Status, s.Payment, kind = "complete", "unpaid", "checkout.session.async_payment_failed"
		}
		m.body = h.Cards.Message(kind, &s)
		list = append(list, m)
	}
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return append(list, list[:total/4]...) // delivered again
}

// Thousands of messages that are doubled, reordered, forged, old, wrong or about unknown payments leave each charge in the ledger
// once: on its invoice, or on the list of those without one. Each refusal is counted.
func TestHostileMessagesEnterEachChargeOnce(t *testing.T) {
	h, _ := newTill(t)
	total := messagesMax(t)
	n := total / 20
	addPaidInvoices(t, h, n)
	pgtest.Exec(t, h.DB, `insert into invoice (kind, number, customer_id, agreement_id, period, first_on, issued_on, due_on, kid, account, total, vat, credits, claim)
		select 'credit', number + 500000, customer_id, agreement_id, period, first_on, issued_on, due_on, 'C' || number, account, total, vat, id, id from invoice where number > 300000 and number % 10 = 0`)
	pgtest.Exec(t, h.DB, `with tx as (insert into ledger_transaction (kind, invoice_id, at) select 'credit', id, '2026-11-09' from invoice where kind = 'credit' returning id)
		insert into ledger_entry select tx.id, e.no, e.account, e.amount from tx, (values (1, 'receivable:' || $1::text, -100), (2, 'revenue:fjellinjen', 100)) as e (no, account, amount)`,
		string(fixture.KariAgreement))
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	list := hostileMessages(h, n, total, rand.New(rand.NewPCG(seed, 1)))
	var forged, stale, other int64
	for _, m := range list {
		switch {
		case m.secret != webtest.CardSecret:
			forged++
		case m.age != 0:
			stale++
		case strings.Contains(string(m.body), "charge.refunded"):
			other++
		}
	}
	work := make(chan hostile)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for m := range work {
				want := http.StatusNoContent
				if m.secret != webtest.CardSecret || m.age != 0 {
					want = http.StatusUnprocessableEntity
				}
				if got := tell(t, h, m.body, m.secret, h.Now().Add(-m.age)); got != want {
					t.Errorf("%s: %d, want %d", m.body, got, want)
				}
			}
		})
	}
	for _, m := range list {
		work <- m
	}
	close(work)
	workers.Wait()
	for outcome, want := range map[payment.Outcome]int64{payment.Forged: forged, payment.Stale: stale, payment.Other: other} {
		if got := h.Payments.Count(payment.Message, outcome); got != want {
			t.Errorf("%s is counted %d times, want %d", outcome, got, want)
		}
	}
	checkHostile(t, h, int64(len(list)))
}

// checkHostile compares payments and ledger after the messages.
func checkHostile(t *testing.T, h *webtest.Till, sent int64) {
	t.Helper()
	var counted int64
	for _, o := range payment.Outcomes() {
		counted += h.Payments.Count(payment.Message, o)
	}
	if counted != sent {
		t.Errorf("%d messages are counted, want %d", counted, sent)
	}
	for what, sql := range map[string]string{
		"charges entered other than once":  `select count(*) from card_payment p where p.entered <> 0 and (select count(*) from ledger_transaction where reference = 'card:' || p.reference) <> 1`,
		"entries without a payment":        `select count(*) from ledger_transaction t where t.reference like 'card:%' and not exists (select from card_payment where 'card:' || reference = t.reference and entered <> 0)`,
		"wrong amounts on an invoice":      "select count(*) from card_payment where state = 'paid' and (received <> amount or currency <> 'nok')",
		"credited invoices that are paid":  "select count(*) from card_payment p join invoice c on c.credits = p.invoice_id where p.state = 'paid'",
		"invoices paid twice":              "select count(*) from invoice i where kind = 'invoice' and number > 300000 and outstanding(i.id) < 0",
		"euros in the ledger":              "select count(*) from card_payment where currency = 'eur' and entered <> 0",
		"unknown payments with a customer": "select count(*) from card_payment where session like 'cs_unknown%' and (customer_id is not null or state <> 'unplaced' or entered <> 100)",
		"moves that are missing":           "select count(*) from card_payment p where state <> 'provider' and not exists (select from card_payment_move where payment_id = p.id and state = p.state)",
	} {
		if got := pgtest.One[int64](t, h.DB, sql); got != 0 {
			t.Errorf("%s: %d", what, got)
		}
	}
	for _, state := range []string{"paid", "unplaced"} {
		if pgtest.One[int64](t, h.DB, "select count(*) from card_payment where state = $1", state) == 0 {
			t.Errorf("no payment is %s", state)
		}
	}
	if got, want := ledgerSum(t, h, "clearing:card"), pgtest.One[int64](t, h.DB, "select sum(entered)::bigint from card_payment"); got != want {
		t.Errorf("the ledger has %d from cards, want %d", got, want)
	}
	if got, want := -ledgerSum(t, h, "unplaced"), pgtest.One[int64](t, h.DB, "select sum(entered)::bigint from card_payment where state = 'unplaced'"); got != want {
		t.Errorf("the ledger has %d without an invoice, want %d", got, want)
	}
}
