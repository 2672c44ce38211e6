package notice_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/job"
	"bompass/server/notice"
	"bompass/server/partner/mail"
	"bompass/server/partner/mail/sim"
	"bompass/server/partner/permanent"
	printsim "bompass/server/partner/print/sim"
	textsim "bompass/server/partner/text/sim"
	"bompass/server/store"
	"bompass/server/store/noticedb"
	"bompass/shared/fault"
	"bompass/shared/i18n"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// outboxRig is an outbox on a real database with a writer and a mailer that fails on demand.
type outboxRig struct {
	base     *store.DB
	db       *noticedb.Store
	keys     seal.Keys
	writer   *notice.Writer
	inbox    *sim.Inbox
	mu       sync.Mutex
	fail     error
	attempts int
	at       time.Time
}

func open(t *testing.T) *outboxRig {
	t.Helper()
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	base := pgtest.New(t)
	d := &outboxRig{base: base, db: noticedb.New(base), keys: keys, at: noon}
	d.writer, d.inbox = notice.NewWriter(keys, "https://bompass.example", d.now), sim.NewInbox(d.now)
	return d
}

func (d *outboxRig) now() time.Time { return d.at }

func (d *outboxRig) Mail(ctx context.Context, m mail.Mail) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.attempts++; d.fail != nil {
		return d.fail
	}
	return d.inbox.Mail(ctx, m)
}

func (d *outboxRig) sender() *notice.Sender {
	return notice.NewSender(d.db, d.keys, notice.Channels{
		Mailer: d, Texter: textsim.New(d.inbox), Printer: printsim.New(d.inbox),
	}, d.now)
}

func (d *outboxRig) send(t *testing.T, id string, attempt int) error {
	t.Helper()
	return d.sender().Send(t.Context(), notice.SendJob{ID: id}, attempt)
}

func (d *outboxRig) write(t *testing.T, messages ...notice.Message) {
	t.Helper()
	if err := d.db.AddMessages(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
}

func (d *outboxRig) reset(t *testing.T) notice.Message {
	t.Helper()
	message, err := d.writer.Mail(notice.Reset, notice.Recipient{
		Name: "Kari Lund", Address: "kari@bompass.example", Language: "nb",
	}, notice.Content{Link: "/password/new?token=T"})
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// round attempts every message that waits once.
func (d *outboxRig) round(t *testing.T) {
	t.Helper()
	for _, id := range pgtest.WaitingMessages(t, d.base) {
		_ = d.send(t, id, 1)
	}
}

// Every kind of message has its texts in every language, and a text for its link if it has one.
func TestEveryMessageHasTextInEveryLanguage(t *testing.T) {
	linked := map[notice.Kind]bool{
		notice.Register: true, notice.AlreadyRegistered: true, notice.Reset: true, notice.FirstEmail: true,
		notice.FirstPassword: true,
		notice.EmailNew:      true, notice.EmailOld: true, notice.EmailKept: true, notice.RecoveryUsed: true,
		notice.Invited:        true,
		notice.FindAgreements: true, notice.LostAsked: true, notice.LostStopped: true, notice.EmailTaken: true,
	}
	texted := map[notice.Kind]bool{notice.Reset: true, notice.LostAsked: true, notice.LostUsed: true}
	for _, lang := range i18n.Languages() {
		words := i18n.For(lang)
		for _, kind := range notice.Kinds() {
			keys := []string{"mail." + string(kind) + ".subject", "mail." + string(kind) + ".text"}
			if kind.SMSOnly() {
				keys = nil
			}
			if kind.SMSOnly() || texted[kind] {
				keys = append(keys, "sms."+string(kind))
			}
			if linked[kind] {
				keys = append(keys, "mail."+string(kind)+".link")
			}
			for _, key := range keys {
				if !words.Has(key) {
					t.Errorf("%s lacks %s", lang, key)
				}
			}
		}
	}
}

func TestMessageIsSentOnceAndItsTextDeleted(t *testing.T) {
	d := open(t)
	message := d.reset(t)
	if strings.Contains(string(message.Sealed), "token=T") || strings.Contains(string(message.Sealed), "kari") {
		t.Error("a waiting message can be read")
	}
	d.write(t, message)
	d.round(t)
	d.round(t)
	got := d.inbox.List("kari@bompass.example")
	if len(got) != 1 || !strings.Contains(got[0].Text, "https://bompass.example/password/new?token=T") ||
		!strings.Contains(got[0].HTML, "Hei Kari Lund!") {
		t.Fatalf("got %+v", got)
	}
	if waiting, sent, lost, err := d.db.CountMessages(t.Context()); err != nil || waiting != 0 || sent != 1 ||
		lost != 0 {
		t.Errorf("waiting %d, sent %d, lost %d, %v", waiting, sent, lost, err)
	}
}

// A name is text in a message, never markup (ASVS V1.2.1).
func TestNameIsEscapedInMessage(t *testing.T) {
	d := open(t)
	message, err := d.writer.Mail(notice.Reset, notice.Recipient{
		Name: "<script>alert(1)</script>", Address: "kari@bompass.example", Language: "en",
	}, notice.Content{})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, message)
	d.round(t)
	if got := d.inbox.List("")[0].HTML; strings.Contains(got, "<script>") {
		t.Errorf("got %s", got)
	}
}

// An error that may pass leaves the message waiting; after the last attempt it is given up and its text deleted.
func TestMessageIsAttemptedAgainAndGivenUpAtLast(t *testing.T) {
	d := open(t)
	d.fail = errors.New("the mail server is down")
	d.write(t, d.reset(t))
	id := pgtest.WaitingMessages(t, d.base)[0]
	for attempt := 1; attempt < 12; attempt++ {
		if err := d.send(t, id, attempt); err == nil || permanent.Is(err) {
			t.Fatalf("attempt %d: got %v, want another attempt", attempt, err)
		}
	}
	if err := d.send(t, id, 12); !permanent.Is(err) || !errors.Is(err, d.fail) {
		t.Errorf("the last attempt: got %v", err)
	}
	if waiting, _, givenUp, _ := d.db.CountMessages(t.Context()); waiting != 0 || givenUp != 1 {
		t.Errorf("waiting %d, given up %d", waiting, givenUp)
	}
	d.fail = nil
	d.write(t, d.reset(t))
	d.fail = errors.New("down once")
	id = pgtest.WaitingMessages(t, d.base)[0]
	_ = d.send(t, id, 1)
	d.fail = nil
	if err := d.send(t, id, 2); err != nil || len(d.inbox.List("")) != 1 {
		t.Errorf("the second attempt: %d sent, %v", len(d.inbox.List("")), err)
	}
}

// The interval between attempts doubles from ten seconds to four hours.
func TestRetryIntervalsDoubleUpToFourHours(t *testing.T) {
	for attempt, want := range map[int]time.Duration{
		1: 10 * time.Second, 2: 20 * time.Second, 5: 160 * time.Second, 11: 10240 * time.Second, 12: 4 * time.Hour,
		20: 4 * time.Hour,
	} {
		if got := notice.Wait(attempt); got != want {
			t.Errorf("after attempt %d: got %s, want %s", attempt, got, want)
		}
	}
	if got := (notice.SendJob{}).MaxAttempts(); got <= 12 {
		t.Errorf("the queue gives up after %d attempts, before Send does", got)
	}
}

// A message without a valid address is given up at the first attempt. A decoy, and a message to a person without
// an address, are never sent.
func TestMessageWithoutValidAddressIsGivenUpAtOnce(t *testing.T) {
	d := open(t)
	message, err := d.writer.Mail(notice.Reset, notice.Recipient{
		Address: "no address", Language: "nb",
	}, notice.Content{})
	if err != nil {
		t.Fatal(err)
	}
	decoy, err := d.writer.Decoy(notice.Reset, notice.Content{Link: "/x"})
	if err != nil {
		t.Fatal(err)
	}
	unaddressed, err := d.writer.Mail(notice.SessionsEnded, notice.Recipient{Language: "nb"}, notice.Content{})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, message, decoy, unaddressed)
	for _, m := range []notice.Message{message, decoy, unaddressed} {
		if err := d.send(t, m.ID, 1); permanent.Is(err) != (m.ID == message.ID) {
			t.Errorf("%s: got %v", m.Channel, err)
		}
	}
	if waiting, sent, givenUp, _ := d.db.CountMessages(t.Context()); waiting != 0 || sent != 0 || givenUp != 1 ||
		d.attempts != 1 {
		t.Errorf("waiting %d, sent %d, given up %d after %d attempts", waiting, sent, givenUp, d.attempts)
	}
}

// Two servers on one database send each message once. Messages of a transaction that is rolled back are not sent.
func TestTwoServersSendEachMessageOnce(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	for range 2 {
		registry := job.NewRegistry(slog.New(slog.DiscardHandler))
		job.Handle(registry, d.sender().Send, job.Options{Wait: notice.Wait})
		runner, err := job.Start(ctx, d.base.Pool, registry, job.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = runner.Stop(context.Background()) }()
	}
	const messages = 60
	for range messages {
		m := d.reset(t)
		m.Counts = nil // as if each were to another person
		d.write(t, m)
	}
	broken := d.reset(t)
	broken.Account = "0196a000-0000-7000-8000-00000000dead" // there is no such account
	if err := d.db.AddMessages(ctx, []notice.Message{d.reset(t), broken}); err == nil {
		t.Error("a message to an account that does not exist was added")
	}
	for len(pgtest.WaitingMessages(t, d.base)) > 0 {
		if ctx.Err() != nil {
			t.Fatal(ctx.Err())
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.attempts != messages || len(d.inbox.List("")) != messages {
		t.Errorf("%d handed over, %d arrived, want %d", d.attempts, len(d.inbox.List("")), messages)
	}
}

// A message whose code has expired is given up, and its text deleted like that of every other.
func TestMessageWithExpiredCodeIsNotSent(t *testing.T) {
	d := open(t)
	to := notice.Recipient{Name: "Kari Lund", Address: "+4790000001", Language: "nb"}
	message, err := d.writer.SMS(notice.SignInCode, to, notice.Content{Code: "123456", Until: noon.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, message)
	d.at = noon.Add(time.Minute)
	d.round(t)
	if got := d.inbox.List("+4790000001"); len(got) != 0 {
		t.Errorf("sent: %+v", got)
	}
	if waiting, _, lost, err := d.db.CountMessages(t.Context()); err != nil || waiting != 0 || lost != 1 {
		t.Errorf("waiting %d, given up %d, %v", waiting, lost, err)
	}
}

// A message for a disabled channel is refused with the setting that is missing.
func TestNoMessageIsWrittenForDisabledChannel(t *testing.T) {
	d := open(t)
	disabled := d.writer.WithDisabled(notice.SMS, "BOMPASS_SMS_URL").WithDisabled(notice.Paper, "BOMPASS_PAPER_DIR")
	to := notice.Recipient{Name: "Kari Lund", Address: "+4790000001", Language: "nb"}
	if _, err := disabled.SMS(notice.SignInCode, to,
		notice.Content{Code: "123456"}); fault.CodeOf(err) != fault.PartnerUnset || !strings.Contains(err.Error(),
		"BOMPASS_SMS_URL") {
		t.Errorf("SMS: got %v", err)
	}
	if _, err := disabled.Paper(notice.LostCode, to, notice.Content{
		Code: "x", Params: []any{"day", "d", "at", "t"},
	}); fault.CodeOf(err) != fault.PartnerUnset {
		t.Errorf("paper: got %v", err)
	}
	if _, err := disabled.Mail(notice.Reset, to, notice.Content{Link: "/x"}); err != nil {
		t.Errorf("mail: got %v", err)
	}
	if err := d.writer.CheckChannel(notice.SMS); err != nil {
		t.Errorf("the original writer: got %v", err)
	}
}
