package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/internal/proves"
	"bompass/server/partner/card/sim"
	"bompass/server/payment"
	"bompass/server/store/billingdb"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/site"
)

// payPath is the page on which the invoice of the tests is paid.
const payPath = site.PayInvoice + "?number=100001"

// hidden finds the value of a hidden field.
func hidden(page, name string) string {
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		return ""
	}
	return found[1]
}

// payForm returns the form of a page, filled in.
func payForm(page, amount string) url.Values {
	return url.Values{"csrf": {hidden(page, "csrf")}, "number": {hidden(page, "number")}, "key": {hidden(page, "key")}, "amount": {amount}, "terms": {"yes"}}
}

// begin begins a payment and returns the id of the provider's session.
func begin(t *testing.T, v *webtest.Visitor, amount string) string {
	t.Helper()
	return session(t, v.SubmitForm(site.PayInvoice, payForm(v.Get(payPath).Body, amount)))
}

// session returns the id of the session that an answer leads to.
func session(t *testing.T, p webtest.Page) string {
	t.Helper()
	at := p.Header.Get("Location")
	if p.StatusCode != http.StatusSeeOther || !strings.Contains(at, "/pay/") {
		t.Fatalf("%d to %q: %s", p.StatusCode, at, p.Body)
	}
	return at[strings.LastIndex(at, "/")+1:]
}

// comeBack opens the page that the provider sends a person back to.
func comeBack(t *testing.T, v *webtest.Visitor, address string) webtest.Page {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Path != site.InvoicePaid {
		t.Fatalf("the provider leads to %q", address)
	}
	return v.Get(u.RequestURI())
}

// leaving returns the address that the provider's page leads to for a person who stops.
func leaving(h *webtest.Till, session string) string {
	for _, s := range h.Cards.Sessions() {
		if s.ID == session {
			return s.Cancel
		}
	}
	return ""
}

// ledgerSum returns the sum of an account's entries.
func ledgerSum(t *testing.T, h *webtest.Till, account string) int64 {
	t.Helper()
	return pgtest.One[int64](t, h.DB, "select coalesce(sum(amount), 0)::bigint from ledger_entry where account like $1", account)
}

// books checks the payments of the ledger, the sums that stand on no invoice, and all other sums of the nightly check.
func books(t *testing.T, h *webtest.Till) {
	t.Helper()
	if difference, err := billingdb.New(h.DB).CompareRest(t.Context()); err != nil || difference != "" {
		t.Errorf("the books differ: %q, %v", difference, err)
	}
}

// until waits for a condition; the test's own deadline ends the wait.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for !is() {
		if t.Context().Err() != nil {
			t.Fatalf("%s: %v", what, t.Context().Err())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// newTill returns a server with an invoice of Kari, and her signed in.
func newTill(t *testing.T) (*webtest.Till, *webtest.Visitor) {
	t.Helper()
	h := webtest.NewTill(t)
	addInvoice(t, h.Server, fixture.Kari, fixture.KariAgreement)
	return h, h.SignIn(webtest.Kari)
}

// The page asks for the amount, filled with what is outstanding, and for the terms; the provider's page is next, and the receipt
// says what was paid. The invoice is paid then, and nothing more can be.
func TestInvoiceIsPaidByCard(t *testing.T) {
	h, kari := newTill(t)
	proves.That(t, "S4.48", "S4.49", "S4.50", "S4.56", "S4.57", "S2.79")
	page := kari.Get(payPath + "&lang=nb")
	wantTexts(t, page.Body, "Betaling av faktura 100001", "Fakturasum", "Herav mva", "Utestående", `value="23,20"`, `href="/terms/card"`, "Jeg aksepterer vilkårene")
	if terms := kari.Get("/terms/card"); terms.StatusCode != http.StatusOK || !strings.Contains(terms.Body, "Vilkår for kortbetaling") {
		t.Errorf("terms: %d", terms.StatusCode)
	}
	for amount, wanted := range map[string]string{"": "field.amount.wrong", "0": "", "-1": "", "23,21": "", "x": "", "1000000000000": ""} {
		if p := kari.SubmitForm(site.PayInvoice, payForm(page.Body, amount)); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.Body, `id="amount-error"`) {
			t.Errorf("%q %s: %d", amount, wanted, p.StatusCode)
		}
	}
	unaccepted := payForm(page.Body, "23,20")
	unaccepted.Del("terms")
	if p := kari.SubmitForm(site.PayInvoice, unaccepted); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.Body, "Du må godta vilkårene") || !strings.Contains(p.Body, `value="23,20"`) {
		t.Errorf("without the terms: %d", p.StatusCode)
	}
	if n := len(h.Cards.Sessions()); n != 0 {
		t.Errorf("%d sessions before a form was right", n)
	}
	id := begin(t, kari, "23,20")
	done := comeBack(t, kari, h.Cards.Pay(id, sim.Approved))
	wantTexts(t, done.Body, "Betalingen er mottatt", "23,20", "100001", "Visa som slutter på 4242")
	if got, owed := ledgerSum(t, h, "clearing:card"), ledgerSum(t, h, "receivable:%"); got != 2320 || owed != 0 {
		t.Errorf("the ledger has %d from cards, and %d are owed", got, owed)
	}
	one := decode[api.InvoiceReply](t, kari.Get("/api/v1/invoice?number=100001"))
	if one.State != "paid" || len(one.Payments) != 1 || one.Payments[0].Amount != 2320 || one.Payable {
		t.Errorf("%+v", one)
	}
	if p := kari.Get(payPath); !strings.Contains(p.Body, `id="none"`) || strings.Contains(p.Body, `id="pay"`) {
		t.Errorf("a paid invoice: %d", p.StatusCode)
	}
	books(t, h)
}

// A part can be paid; the invoice is partly paid then. A declined card says why and leads back; one who stops comes back to the
// question. Nothing is entered, and what was left cannot be paid later.
func TestDeclinedAndStoppedPaymentsEnterNothing(t *testing.T) {
	h, kari := newTill(t)
	id := begin(t, kari, "10")
	if onward := h.Cards.Pay(id, sim.NoFunds); onward != "" {
		t.Errorf("a declined card leads to %q", onward)
	}
	declined := comeBack(t, kari, leaving(h, id))
	wantTexts(t, declined.Body, "Kortet ble avvist", "ikke nok penger", `id="again"`)
	if onward := h.Cards.Pay(id, sim.Approved); onward != "" {
		t.Error("a payment that was left can be paid")
	}
	id = begin(t, kari, "10")
	left := comeBack(t, kari, leaving(h, id))
	if left.StatusCode != http.StatusSeeOther || !strings.HasPrefix(left.Header.Get("Location"), site.PayInvoice) {
		t.Fatalf("stopped: %d to %q", left.StatusCode, left.Header.Get("Location"))
	}
	wantTexts(t, kari.Get(left.Header.Get("Location")).Body, "Du avbrøt betalingen", `value="23,20"`)
	if got := ledgerSum(t, h, "clearing:card"); got != 0 {
		t.Errorf("the ledger has %d", got)
	}
	id = begin(t, kari, "10")
	if onward := h.Cards.Pay(id, sim.Secure); onward != "" {
		t.Errorf("3-D Secure leads to %q", onward)
	}
	wantTexts(t, comeBack(t, kari, h.Cards.Confirm(id, true)).Body, "Betalingen er mottatt")
	one := decode[api.InvoiceReply](t, kari.Get("/api/v1/invoice?number=100001"))
	if one.State != "partly" || one.Outstanding != 1320 {
		t.Errorf("%+v", one.InvoiceSummary)
	}
	books(t, h)
}

// A message that comes late, twice, in the wrong order or never changes nothing about what is entered; the page shows what the
// server knows, and the poll finds what was not told.
func TestMessagesOfTheProviderMayFail(t *testing.T) {
	for name, number := range map[string]string{"late": sim.Late, "twice": sim.Twice, "wrong order": sim.Disorder} {
		t.Run(name, func(t *testing.T) {
			h, kari := newTill(t)
			address := h.Cards.Pay(begin(t, kari, "23,20"), number)
			until(t, "the message", func() bool { return ledgerSum(t, h, "clearing:card") != 0 })
			until(t, "all messages", func() bool {
				sum := int64(0)
				for _, o := range payment.Outcomes() {
					sum += h.Payments.Count(payment.Message, o)
				}
				return sum >= 1
			})
			wantTexts(t, comeBack(t, kari, address).Body, "Betalingen er mottatt")
			if got := ledgerSum(t, h, "clearing:card"); got != 2320 {
				t.Errorf("the ledger has %d", got)
			}
			books(t, h)
		})
	}
	t.Run("never", func(t *testing.T) {
		h, kari := newTill(t)
		h.Cards.Pay(begin(t, kari, "23,20"), sim.Unheard)
		for range 2 {
			h.Advance(2 * time.Minute)
			if err := h.Payments.Poll(t.Context(), payment.PollJob{}, 1); err != nil {
				t.Fatal(err)
			}
			if got := ledgerSum(t, h, "clearing:card"); got != 2320 {
				t.Errorf("the ledger has %d", got)
			}
		}
		books(t, h)
	})
	t.Run("not paid in time", func(t *testing.T) {
		h, kari := newTill(t)
		h.Mute.Store(true)
		id := begin(t, kari, "23,20")
		h.Advance(40 * time.Minute)
		if err := h.Payments.Poll(t.Context(), payment.PollJob{}, 1); err != nil {
			t.Fatal(err)
		}
		if state := pgtest.One[string](t, h.DB, "select state from card_payment"); state != "expired" {
			t.Errorf("the payment is %s", state)
		}
		if h.Cards.Pay(id, sim.Approved) != "" {
			t.Error("it can still be paid")
		}
	})
}

// The page belongs to those who may pay for the customer: an accountant and another customer get neither it nor a button, and
// nobody sees another's payment.
func TestOnlyThoseWhoMayPayCanPay(t *testing.T) {
	h, kari := newTill(t)
	id := begin(t, kari, "23,20")
	address := h.Cards.Pay(id, sim.Approved)
	olav := h.SignIn("olav@bompass.example")
	if p := olav.Get(payPath); p.StatusCode != http.StatusNotFound {
		t.Errorf("another customer: %d", p.StatusCode)
	}
	if p := comeBack(t, olav, address); p.StatusCode != http.StatusNotFound {
		t.Errorf("another's payment: %d", p.StatusCode)
	}
	pgtest.Exec(t, h.DB, "update invoice set customer_id = $1", string(fixture.Fjordfrakt))
	accountant := h.SignIn("astrid@fjordfrakt.example")
	if p := accountant.Get(payPath); p.StatusCode != http.StatusForbidden {
		t.Errorf("an accountant: %d", p.StatusCode)
	}
	if p := accountant.SubmitForm(site.PayInvoice, payForm(kari.Get(payPath).Body, "1")); p.StatusCode != http.StatusForbidden {
		t.Errorf("an accountant pays: %d", p.StatusCode)
	}
}
