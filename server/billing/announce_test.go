package billing_test

import (
	"bytes"
	"strings"
	"testing"

	"bompass/server/access/seal"
	"bompass/server/billing"
	"bompass/server/document"
	"bompass/server/document/ehf"
	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/notice"
	"bompass/server/partner/mail/sim"
	"bompass/server/store/billingdb"
	"bompass/server/store/noticedb"
	"bompass/shared/fixture"
	"bompass/shared/i18n"
)

// An invoice is sent to its payer once, as PDF, in the payer's language, and without a link to anything but the privacy statement.
func TestInvoiceIsMailedOnce(t *testing.T) {
	for _, language := range i18n.Languages() {
		r := pipelinetest.New(t, after())
		pgtest.Exec(t, r.DB, "update customer set language = $2, email = 'kari@bompass.example' where id = $1", string(fixture.Kari), language)
		r.Send(pipelinetest.NDJSON(many()...))
		r.Settle()
		if got, err := service(t, r, billing.Standard()).Run(t.Context(), november); err != nil || got.Invoices != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		number := one(t, r, "select args->>'number' from river_job where kind = 'billing.announce'")
		keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
		if err != nil {
			t.Fatal(err)
		}
		shelf, inbox := billingdb.New(r.DB), sim.NewInbox(r.Now)
		seller := ehf.Party{Name: "Bompass Utsteder AS", Organisation: "310000019", Street: "Bomveien 1", PostalCode: "0150", City: "Oslo", VAT: true}
		files := billing.NewFiles(shelf, document.Renderer(seller), r.Now)
		announcer := billing.NewAnnouncer(shelf, files, notice.NewWriter(keys, "https://bompass.example", r.Now), r.Now)
		for _, err := range pgtest.Race(t, r.DB, 4, func(int) error { return announcer.Work(t.Context(), billing.AnnounceJob{Number: number}, 1) }) {
			if err != nil {
				t.Error(err)
			}
		}
		sender := notice.NewSender(noticedb.New(r.DB), keys, notice.Channels{Mailer: inbox}, r.Now).WithFiles(shelf)
		for _, id := range pgtest.WaitingMessages(t, r.DB) {
			if err := sender.Send(t.Context(), notice.SendJob{ID: id}, 1); err != nil {
				t.Error(err)
			}
		}
		got := inbox.List("")
		if len(got) != 1 || got[0].To != "kari@bompass.example" || got[0].Language != language || len(got[0].Files) != 1 {
			t.Fatalf("%s: %+v", language, got)
		}
		w := i18n.For(language)
		name, kept, err := files.File(t.Context(), fixture.Kari, number, "pdf")
		if f := got[0].Files[0]; err != nil || f.Name != name || f.Type != "application/pdf" || !bytes.Equal(f.Body, kept) {
			t.Errorf("%s: the mail brings %s %s, %d bytes", language, f.Name, f.Type, len(f.Body))
		}
		if got[0].Subject != w.T("mail.new.invoice.subject", "number", number) || strings.Contains(got[0].Text, "{") {
			t.Errorf("%s: %s\n%s", language, got[0].Subject, got[0].Text)
		}
		if rest := strings.ReplaceAll(got[0].Text+got[0].HTML, "https://bompass.example/privacy", ""); strings.Contains(rest, "https://") || strings.Count(rest, "href") > 1 {
			t.Errorf("%s: the mail has a link:\n%s", language, rest)
		}
	}
}

// A run that is silent sends nobody anything, nor does one that was rolled back or repeated.
func TestOnlyIssuedInvoicesAreMailed(t *testing.T) {
	r := pipelinetest.New(t, after())
	r.Send(pipelinetest.NDJSON(many()...))
	r.Settle()
	high := billing.Standard()
	high.Threshold = 1_000_000_00
	if got, err := service(t, r, high).Run(t.Context(), november); err != nil || got.Waiting != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	for range 2 {
		if _, err := service(t, r, billing.Standard()).Silent().Run(t.Context(), november); err != nil {
			t.Fatal(err)
		}
	}
	if jobs := one(t, r, "select count(*) from river_job where kind = 'billing.announce'"); jobs != "0" {
		t.Errorf("%s jobs", jobs)
	}
}
