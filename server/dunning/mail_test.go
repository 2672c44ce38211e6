package dunning_test

import (
	"strings"
	"testing"

	"bompass/server/access/seal"
	"bompass/server/billing"
	"bompass/server/document"
	"bompass/server/document/ehf"
	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/partner/mail/sim"
	"bompass/server/store/billingdb"
	"bompass/server/store/noticedb"
	"bompass/shared/fixture"
	"bompass/shared/i18n"
)

// A reminder is sent to the payer once, as PDF, with the whole amount and the invoice that it is about.
func TestReminderIsMailedOnce(t *testing.T) {
	r := invoiced(t)
	pgtest.Exec(t, r.DB, "update customer set language = 'en', email = 'kari@bompass.example' where id = $1", string(fixture.Kari))
	if _, err := remind(t, r, first); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	shelf, inbox := billingdb.New(r.DB), sim.NewInbox(r.Now)
	seller := ehf.Party{Name: "Bompass Utsteder AS", Organisation: "310000019", Street: "Bomveien 1", PostalCode: "0150", City: "Oslo", VAT: true}
	files := billing.NewFiles(shelf, document.Renderer(seller), r.Now)
	announcer := billing.NewAnnouncer(shelf, files, notice.NewWriter(keys, "https://bompass.example", r.Now), r.Now)
	for range 2 {
		if err := announcer.Work(t.Context(), billing.AnnounceJob{Number: firstReminder}, 1); err != nil {
			t.Fatal(err)
		}
	}
	sender := notice.NewSender(noticedb.New(r.DB), keys, notice.Channels{Mailer: inbox}, r.Now).WithFiles(shelf)
	for _, id := range pgtest.WaitingMessages(t, r.DB) {
		if err := sender.Send(t.Context(), notice.SendJob{ID: id}, 1); err != nil {
			t.Error(err)
		}
	}
	all, _ := documents(t, r)
	got, w := inbox.List(""), i18n.For("en")
	if len(got) != 1 || got[0].Subject != "Reminder "+firstReminder || len(got[0].Files) != 1 || got[0].Files[0].Type != "application/pdf" {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{"Invoice " + firstInvoice + " has not been paid", w.Kroner(all[firstReminder].Total), w.Day(all[firstReminder].Due)} {
		if !strings.Contains(got[0].Text, want) || strings.Contains(got[0].Text, "{") {
			t.Errorf("the message does not say %q: %s", want, got[0].Text)
		}
	}
}
