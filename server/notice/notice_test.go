package notice_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/partner/message"
	"bompass/server/store/noticedb"
	"bompass/shared/fault"
	"bompass/shared/i18n"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// desk is an outbox on a real database, a writer, and a partner that fails when it is told to.
type desk struct {
	db     *noticedb.Store
	keys   access.Keys
	writer *notice.Writer
	box    *message.Inbox
	mu     sync.Mutex
	fail   error
	tries  int
	at     time.Time
}

func open(t *testing.T) *desk {
	t.Helper()
	keys, err := access.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{db: noticedb.New(pgtest.New(t)), keys: keys, at: noon}
	d.writer, d.box = notice.NewWriter(keys, "https://bompass.example", d.now), message.NewInbox(d.now)
	return d
}

func (d *desk) now() time.Time { return d.at }

func (d *desk) Mail(ctx context.Context, m message.Mail) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tries++; d.fail != nil {
		return d.fail
	}
	return d.box.Mail(ctx, m)
}

func (d *desk) Text(ctx context.Context, m message.SMS) error { return d.box.Text(ctx, m) }

func (d *desk) Print(ctx context.Context, s message.Sheet) error { return d.box.Print(ctx, s) }

func (d *desk) courier() *notice.Sender {
	return notice.NewSender(d.db, d.keys, d, d.now, slog.New(slog.DiscardHandler))
}

func (d *desk) write(t *testing.T, letters ...notice.Message) {
	t.Helper()
	if err := d.db.AddMessages(t.Context(), letters); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) reset(t *testing.T) notice.Message {
	t.Helper()
	letter, err := d.writer.Mail(notice.Reset, notice.Recipient{Name: "Kari Lund", Address: "kari@bompass.example", Language: "nb"}, notice.Content{Link: "/password/new?token=T"})
	if err != nil {
		t.Fatal(err)
	}
	return letter
}

func (d *desk) round(t *testing.T) {
	t.Helper()
	if _, err := d.courier().Round(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Every letter has its words in every language, with a word for the link where it has one.
func TestEveryLetterIsWrittenInEveryLanguage(t *testing.T) {
	linked := map[notice.Kind]bool{
		notice.Register: true, notice.AlreadyRegistered: true, notice.Reset: true, notice.FirstEmail: true, notice.FirstPassword: true,
		notice.EmailNew: true, notice.EmailOld: true, notice.EmailKept: true, notice.RecoveryUsed: true, notice.Invited: true,
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

func TestALetterIsSentOnceAndWiped(t *testing.T) {
	d := open(t)
	letter := d.reset(t)
	if strings.Contains(string(letter.Sealed), "token=T") || strings.Contains(string(letter.Sealed), "kari") {
		t.Error("a letter that waits can be read")
	}
	d.write(t, letter)
	d.round(t)
	d.round(t)
	got := d.box.List("kari@bompass.example")
	if len(got) != 1 || !strings.Contains(got[0].Text, "https://bompass.example/password/new?token=T") || !strings.Contains(got[0].HTML, "Hei Kari Lund!") {
		t.Fatalf("got %+v", got)
	}
	if waiting, sent, lost, err := d.db.CountMessages(t.Context()); err != nil || waiting != 0 || sent != 1 || lost != 0 {
		t.Errorf("waiting %d, sent %d, lost %d, %v", waiting, sent, lost, err)
	}
}

// What a person has chosen as a name is text in a letter, never markup, V1.2.1.
func TestANameIsTextInALetter(t *testing.T) {
	d := open(t)
	letter, err := d.writer.Mail(notice.Reset, notice.Recipient{Name: "<script>alert(1)</script>", Address: "kari@bompass.example", Language: "en"}, notice.Content{})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, letter)
	d.round(t)
	if got := d.box.List("")[0].HTML; strings.Contains(got, "<script>") {
		t.Errorf("got %s", got)
	}
}

func TestALetterThatIsNotTakenIsTriedAgainAndGivenUpAtLast(t *testing.T) {
	d := open(t)
	d.fail = errors.New("the mail server is down")
	d.write(t, d.reset(t))
	d.round(t)
	d.round(t) // not due yet
	if d.tries != 1 {
		t.Fatalf("%d tries at once, want 1", d.tries)
	}
	d.at = d.at.Add(notice.Wait(1))
	d.fail = nil
	d.round(t)
	if len(d.box.List("")) != 1 {
		t.Error("the second try did not send it")
	}
	d.fail = errors.New("down again")
	d.write(t, d.reset(t))
	for range 40 {
		d.round(t)
		d.at = d.at.Add(notice.Wait(20))
	}
	if waiting, _, lost, _ := d.db.CountMessages(t.Context()); waiting != 0 || lost != 1 {
		t.Errorf("after days: waiting %d, lost %d", waiting, lost)
	}
}

func TestALetterThatNobodyCanTakeIsGivenUpAtOnce(t *testing.T) {
	d := open(t)
	letter, err := d.writer.Mail(notice.Reset, notice.Recipient{Address: "no address", Language: "nb"}, notice.Content{})
	if err != nil {
		t.Fatal(err)
	}
	none, err := d.writer.Decoy(notice.Reset, notice.Content{Link: "/x"})
	if err != nil {
		t.Fatal(err)
	}
	unaddressed, err := d.writer.Mail(notice.SessionsEnded, notice.Recipient{Language: "nb"}, notice.Content{})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, letter, none, unaddressed)
	d.round(t)
	if waiting, sent, lost, _ := d.db.CountMessages(t.Context()); waiting != 0 || sent != 0 || lost != 1 || d.tries != 1 {
		t.Errorf("waiting %d, sent %d, lost %d after %d tries", waiting, sent, lost, d.tries)
	}
}

// Many couriers on one outbox: every letter once.
func TestCouriersShareTheOutbox(t *testing.T) {
	d := open(t)
	const letters = 60
	for range letters {
		d.write(t, d.reset(t))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for n := 1; n > 0; {
				var err error
				if n, err = d.courier().Round(context.Background()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if d.tries != letters || len(d.box.List("")) != letters {
		t.Errorf("%d handed over, %d arrived, want %d", d.tries, len(d.box.List("")), letters)
	}
}

// A courier that dies with a letter in its hands leaves it to the next, after a while.
func TestALetterOfADeadCourierIsTakenByTheNext(t *testing.T) {
	d := open(t)
	d.write(t, d.reset(t))
	taken, err := d.db.TakeMessages(t.Context(), d.at, d.at.Add(2*time.Minute), 10)
	if err != nil || len(taken) != 1 {
		t.Fatalf("taken %d, %v", len(taken), err)
	}
	d.round(t)
	if d.tries != 0 {
		t.Error("the letter was taken twice at once")
	}
	d.at = d.at.Add(2 * time.Minute)
	d.round(t)
	if len(d.box.List("")) != 1 {
		t.Error("nobody took the letter over")
	}
}

// A letter whose code is over is of no use to anybody: it is given up, and wiped like every other.
func TestALetterWhoseCodeIsOverIsNotSent(t *testing.T) {
	d := open(t)
	to := notice.Recipient{Name: "Kari Lund", Address: "+4790000001", Language: "nb"}
	letter, err := d.writer.SMS(notice.SignInCode, to, notice.Content{Code: "123456", Until: noon.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, letter)
	d.at = noon.Add(time.Minute)
	d.round(t)
	if got := d.box.List("+4790000001"); len(got) != 0 {
		t.Errorf("sent: %+v", got)
	}
	if waiting, _, lost, err := d.db.CountMessages(t.Context()); err != nil || waiting != 0 || lost != 1 {
		t.Errorf("waiting %d, given up %d, %v", waiting, lost, err)
	}
}

// Where a channel leads nowhere, nothing is written for it, and whoever asks is told which setting is missing.
func TestAChannelThatLeadsNowhereIsNotWrittenFor(t *testing.T) {
	d := open(t)
	shut := d.writer.WithDisabled(notice.SMS, "BOMPASS_SMS_URL").WithDisabled(notice.Paper, "BOMPASS_PAPER_DIR")
	to := notice.Recipient{Name: "Kari Lund", Address: "+4790000001", Language: "nb"}
	if _, err := shut.SMS(notice.SignInCode, to, notice.Content{Code: "123456"}); fault.CodeOf(err) != fault.PartnerUnset || !strings.Contains(err.Error(), "BOMPASS_SMS_URL") {
		t.Errorf("SMS: got %v", err)
	}
	if _, err := shut.Paper(notice.LostCode, to, notice.Content{Code: "x", Params: []any{"day", "d", "at", "t"}}); fault.CodeOf(err) != fault.PartnerUnset {
		t.Errorf("paper: got %v", err)
	}
	if _, err := shut.Mail(notice.Reset, to, notice.Content{Link: "/x"}); err != nil {
		t.Errorf("mail: got %v", err)
	}
	if err := d.writer.CheckChannel(notice.SMS); err != nil {
		t.Errorf("the writer that it was made from: got %v", err)
	}
}
