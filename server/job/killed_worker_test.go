package job_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/job"
	"bompass/server/notice"
	"bompass/server/partner/mail/smtp"
	"bompass/server/privacy"
	"bompass/server/store"
	"bompass/server/store/noticedb"
	"bompass/server/store/privacydb"
)

// Settings of a worker process: this test binary, started with them, is one.
const (
	workerDatabase = "BOMPASS_TEST_WORKER_DATABASE"
	workerMail     = "BOMPASS_TEST_WORKER_MAIL"
)

// ready is the line that a worker prints once it takes jobs.
const ready = "ready"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerDatabase); url != "" {
		if err := work(url, os.Getenv(workerMail)); err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// work runs the jobs of messages, erasure and retention, as the server does, until it is told to stop.
func work(url, mailServer string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := testKeys()
	if err != nil {
		return err
	}
	mailer, err := smtp.New("smtp://"+mailServer, "post@bompass.example", nil)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	registry, private := job.NewRegistry(log), privacydb.New(db)
	writer := notice.NewWriter(keys, "https://bompass.example", time.Now)
	sender := notice.NewSender(noticedb.New(db), keys, notice.Channels{Mailer: mailer}, time.Now)
	job.Handle(registry, sender.Send, job.Options{Wait: func(int) time.Duration { return 0 }})
	job.Handle(registry, privacy.NewPruner(private, time.Now, log).Work, job.Options{Timeout: privacy.PruneTimeout})
	job.Every(registry, privacy.PruneInterval, privacy.PruneJob{})
	job.Handle(registry, privacy.NewEraser(private, writer, time.Now, log).Work, job.Options{})
	job.Every(registry, privacy.EraseInterval, privacy.EraseJob{})
	runner, err := job.Start(ctx, db.Pool, registry, job.Limits{})
	if err != nil {
		return err
	}
	fmt.Println(ready)
	<-ctx.Done()
	return runner.Stop(context.Background())
}

func testKeys() (seal.Keys, error) { return seal.NewKeys([]byte("a secret of thirty-two bytes, ok")) }

// process is a worker process.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
}

// startWorker starts a worker process and waits until it takes jobs. It is killed when the test ends.
func startWorker(t *testing.T, url string, mail *mailServer) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), workerDatabase+"="+url, workerMail+"="+mail.address), t.Output()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			p.kill()
		}
	})
	if line, _, err := bufio.NewReader(out).ReadLine(); err != nil || string(line) != ready {
		t.Fatalf("the worker says %q, %v", line, err)
	}
	return p
}

// kill ends the process without giving it a chance to finish anything.
func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	_ = p.cmd.Wait()
}

// Recipients whose mail a mailServer holds while its field hold is set.
const (
	heldBefore = "before@bompass.example" // before the server has the mail
	heldAfter  = "after@bompass.example"  // after it has the mail, before it says so
)

// mailServer counts the copies of each mail that it has received.
type mailServer struct {
	address string
	held    chan string   // the recipient of a mail that is held
	ended   chan struct{} // closed at the end of the test

	mu     sync.Mutex
	hold   bool
	copies map[string]int // by recipient and Message-Id
}

func startMailServer(t *testing.T) *mailServer {
	t.Helper()
	s := &mailServer{held: make(chan string, 100), ended: make(chan struct{}), copies: map[string]int{}}
	server := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &mailSession{s: s}, nil }))
	server.Domain, server.ErrorLog = "localhost", slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { close(s.ended); _ = server.Close() })
	return s
}

func (s *mailServer) setHold(hold bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = hold
}

// wait holds a mail if mails to its recipient are held.
func (s *mailServer) wait(recipient, held string) {
	s.mu.Lock()
	hold := s.hold && recipient == held
	s.mu.Unlock()
	if hold {
		s.held <- recipient
		<-s.ended
	}
}

func (s *mailServer) received() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.copies)
}

// mailSession is one connection to a mailServer.
type mailSession struct {
	s  *mailServer
	to string
}

func (*mailSession) Mail(string, *gosmtp.MailOptions) error { return nil }
func (*mailSession) Reset()                                 {}
func (*mailSession) Logout() error                          { return nil }

func (c *mailSession) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	c.to = to
	c.s.wait(to, heldBefore)
	return nil
}

func (c *mailSession) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, m.Body); err != nil {
		return err
	}
	c.s.mu.Lock()
	c.s.copies[c.to+" "+m.Header.Get("Message-Id")]++
	c.s.mu.Unlock()
	c.s.wait(c.to, heldAfter)
	return nil
}

// openURL opens the database of a test.
func openURL(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func query[T any](t *testing.T, db *store.DB, sql string, args ...any) (v T) {
	t.Helper()
	if err := db.Pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// Messages that a killed server was sending are sent by the next one: once if the mail server had not got them, and
// else once more, with the same id. A message of a transaction that was rolled back is never sent.
func TestMessagesOfKilledServerAreSent(t *testing.T) {
	url, mail := pgtest.URL(t), startMailServer(t)
	db := openURL(t, url)
	keys, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	writer := notice.NewWriter(keys, "https://bompass.example", time.Now)
	want := map[string]int{}
	message := func(to string) notice.Message {
		m, err := writer.Mail(notice.Reset, notice.Recipient{Address: to, Language: "nb"}, notice.Content{Link: "/password/new?token=T"})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	add := func(m notice.Message, end error) {
		err := db.Tx(t.Context(), "add", func(tx pgx.Tx) error {
			return errors.Join(store.AddMessages(t.Context(), tx, []notice.Message{m}), end)
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
	}
	for to, copies := range map[string]int{heldBefore: 1, heldAfter: 2} {
		m := message(to)
		want[to+" <"+m.ID+"@bompass.example>"] = copies
		add(m, nil)
	}
	add(message("undone@bompass.example"), errors.New("undone"))
	mail.setHold(true)
	killed := startWorker(t, url, mail)
	for range want {
		<-mail.held
	}
	killed.kill()
	if got := query[string](t, db, "select string_agg(state::text || ' ' || attempt, ', ') from river_job where kind = 'message.send'"); got != "running 1, running 1" {
		t.Errorf("after the kill the jobs are %s", got)
	}
	mail.setHold(false)
	letTimePass(t, db)
	startWorker(t, url, mail)
	until(t, "the jobs of the killed server", func() bool {
		return query[int](t, db, "select count(*) from river_job where kind = 'message.send' and state = 'completed'") == len(want)
	})
	if diff := cmp.Diff(want, mail.received()); diff != "" {
		t.Errorf("copies (-want +got):\n%s", diff)
	}
	if n := query[int](t, db, "select count(*) from outbox where sent_at is not null and given_up_at is null and sealed = '' and key = ''"); n != len(want) {
		t.Errorf("%d messages are marked as sent and their text deleted, want %d", n, len(want))
	}
}

// letTimePass makes the jobs and the leadership of servers that were killed old enough to be taken over.
func letTimePass(t *testing.T, db *store.DB) {
	t.Helper()
	for _, statement := range []string{
		"update river_job set attempted_at = attempted_at - interval '5 minutes' where state = 'running'",
		"update river_leader set elected_at = elected_at - interval '5 minutes', expires_at = elected_at",
	} {
		if _, err := db.Pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// However many servers run and die, an account is erased once, with one last message, and a round of erasure or
// retention is one job.
func TestTwoServersEraseAndPruneOnce(t *testing.T) {
	url, mail := pgtest.URL(t), startMailServer(t)
	db := openURL(t, url)
	const leaving = 12
	for n := range leaving {
		_, err := db.Pool.Exec(t.Context(), `with a as (insert into account (id, email, person, language, password_hash) values (gen_random_uuid(), $1, '', 'nb', '') returning id)
			insert into profile (account_id, erasure_at) select id, now() - interval '15 days' from a`, fmt.Sprintf("p%d@bompass.example", n))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Pool.Exec(t.Context(), "insert into throttle values ($1, 1, now() - interval '1 year')", fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
	}
	rounds := func() string {
		return query[string](t, db, `select coalesce(string_agg(kind || ' ' || state || ' ' || attempt, ', ' order by kind, id), '')
			from river_job where kind like 'privacy.%'`)
	}
	for round, want := range []string{
		"privacy.erase completed 1, privacy.prune completed 1",
		"privacy.erase completed 1, privacy.erase completed 1, privacy.prune completed 1, privacy.prune completed 1",
	} {
		var workers []*process
		for range 2 {
			workers = append(workers, startWorker(t, url, mail))
		}
		until(t, "the round", func() bool { return rounds() == want })
		time.Sleep(500 * time.Millisecond) // in which the other server would add a round of its own
		if got := rounds(); got != want {
			t.Errorf("round %d: %s", round, got)
		}
		until(t, "the last messages", func() bool { return len(mail.received()) == leaving })
		for _, w := range workers {
			w.kill()
		}
		letTimePass(t, db)
	}
	for to, copies := range mail.received() {
		if copies != 1 {
			t.Errorf("%s was sent %d times", to, copies)
		}
	}
	if n := query[int](t, db, "select (select count(*) from account) + (select count(*) from throttle where tried_at < now() - interval '1 day')"); n != 0 {
		t.Errorf("%d accounts and rows are left", n)
	}
	if n := query[int](t, db, "select count(*) from outbox where kind = 'erased' and sent_at is not null"); n != leaving {
		t.Errorf("%d last messages, want %d", n, leaving)
	}
}
