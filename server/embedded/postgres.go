package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	userName  = "bompass"
	database  = "bompass"
	startWait = 10 * time.Minute // recovery of a large database after a crash
	stopWait  = 30 * time.Second
)

// errEnded is the error of a PostgreSQL that ends without any output.
var errEnded = errors.New("it ended without a message")

// Postgres is a private PostgreSQL: one cluster, one process, stopped with the server.
type Postgres struct {
	Throwaway bool // without disk flushes, for tests

	bin   string
	owner owner
	place place
	port  int
	cmd   *exec.Cmd
	ended <-chan struct{}
}

// Start starts the private PostgreSQL of a home. It creates a new cluster, or recovers that of a killed server.
func Start(ctx context.Context, home *Home) (*Postgres, error) { return start(ctx, home, &Postgres{}) }

// StartThrowaway is Start without disk flushes, for tests.
func StartThrowaway(ctx context.Context, home *Home) (*Postgres, error) {
	return start(ctx, home, &Postgres{Throwaway: true})
}

// start starts PostgreSQL for a home: it finds the binaries, stops a server that an earlier process has left,
// creates the cluster if there is none, and waits until it accepts connections.
func start(ctx context.Context, home *Home, p *Postgres) (_ *Postgres, err error) {
	if p.bin, err = findBinaries(ctx); err != nil {
		return nil, err
	}
	if p.owner, err = findOwner(); err != nil {
		return nil, err
	}
	if p.place, err = findPlace(home.Dir, p.owner); err != nil {
		return nil, err
	}
	if err := checkSpace(p.place.root); err != nil {
		return nil, err
	}
	if err := p.stopOrphan(ctx, stopWait); err != nil {
		return nil, err
	}
	if err := p.initialise(ctx); err != nil {
		return nil, err
	}
	if err := p.launch(ctx); err != nil {
		return nil, err
	}
	if err := p.createDatabase(ctx); err != nil {
		_ = p.Stop()
		return nil, err
	}
	return p, nil
}

// Where returns the directory of the database.
func (p *Postgres) Where() string { return p.place.root }

// URL returns the address of the application's database.
func (p *Postgres) URL() string { return p.url(database) }

// URLOf returns the address of another database of the same cluster.
func (p *Postgres) URLOf(name string) string { return p.url(name) }

// url returns the address of a database, by Unix socket or, if no socket path is short enough, by TCP with a
// password.
func (p *Postgres) url(name string) string {
	query := url.Values{"sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", Path: "/" + name}
	if p.place.socket != "" {
		u.User = url.User(userName)
		query.Set("host", p.place.socket)
		query.Set("port", strconv.Itoa(p.port))
	} else {
		password, _ := os.ReadFile(filepath.Join(p.place.root, "password"))
		u.User = url.UserPassword(userName, string(password))
		u.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// launch starts the process and waits until it is ready. Its log is written to a file.
func (p *Postgres) launch(ctx context.Context) error {
	p.port = 5432 // only names the socket's file
	listen := ""
	if p.place.socket == "" {
		port, err := freePort(ctx)
		if err != nil {
			return err
		}
		p.port, listen = port, "127.0.0.1"
	}
	log, err := os.OpenFile(p.place.log(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return fmt.Errorf("database log: %w", err)
	}
	defer func() { _ = log.Close() }()
	// It does not end with the context, which would kill it: Stop stops it in good order.
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(p.bin, "postgres"), p.settings(listen)...)
	p.cmd.Dir = p.place.root
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	own(p.cmd, p.owner)
	started, ended := startAndWait(p.cmd)
	if err := <-started; err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	p.ended = ended
	return p.awaitReady(ctx)
}

// settings returns the settings for one application on one machine: memory for a laptop, long checkpoint intervals,
// every commit on disk before it is answered.
func (p *Postgres) settings(listen string) []string {
	set := []string{
		"listen_addresses=" + listen, "port=" + strconv.Itoa(p.port), "unix_socket_directories=" + p.place.socket,
		"unix_socket_permissions=0700", "max_connections=60", "shared_buffers=384MB", "wal_buffers=16MB",
		"work_mem=16MB", "maintenance_work_mem=128MB", "effective_cache_size=1GB", "random_page_cost=1.1",
		"wal_level=minimal", "max_wal_senders=0", "max_wal_size=4GB", "min_wal_size=256MB", "wal_compression=on",
		"checkpoint_timeout=15min", "checkpoint_completion_target=0.9", "jit=off",
		"max_parallel_workers_per_gather=0", // shared memory is scarce in containers
		"timezone=UTC", "log_timezone=UTC",
		"synchronous_commit=on", "fsync=on", "log_min_messages=warning", "password_encryption=scram-sha-256",
	}
	if p.Throwaway {
		set = append(set, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=128MB", "max_wal_size=1GB")
	}
	args := []string{"-D", p.place.data()}
	for _, s := range set {
		args = append(args, "-c", s)
	}
	return args
}

// awaitReady waits until PostgreSQL accepts connections. If it ends instead, the error has the cause from its log.
func (p *Postgres) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for {
		conn, err := pgconn.Connect(ctx, p.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.ended:
			text, _ := os.ReadFile(p.place.log())
			return fmt.Errorf("PostgreSQL does not start: %w (its log is %s)", diagnose(string(text), errEnded), p.place.log())
		case <-ctx.Done():
			_ = p.Stop()
			return fmt.Errorf("PostgreSQL was not ready in time: %w (its log is %s)", ctx.Err(), p.place.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// createDatabase creates the product's database unless it exists (SQLSTATE 42P04).
func (p *Postgres) createDatabase(ctx context.Context) error {
	conn, err := pgconn.Connect(ctx, p.url("postgres"))
	if err != nil {
		return fmt.Errorf("connect to the new database: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "create database "+database).ReadAll()
	if duplicate, ok := errors.AsType[*pgconn.PgError](err); ok && duplicate.Code == "42P04" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// Ended returns a channel that is closed when the process has ended, for any reason.
func (p *Postgres) Ended() <-chan struct{} { return p.ended }

// Stop shuts the database down in good order: it ends sessions and writes everything.
func (p *Postgres) Stop() error {
	if p.cmd == nil || p.cmd.Process == nil {
		return nil
	}
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = p.cmd.Process.Signal(signal)
		select {
		case <-p.ended:
			p.place.clear()
			return nil
		case <-time.After(stopWait):
		}
	}
	return errors.New("PostgreSQL does not stop; its log is " + p.place.log())
}

// freePort returns a TCP port that is free now. Another program could take it before PostgreSQL does, which then
// reports it.
func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("no free port on 127.0.0.1 for the database: %w", err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	return strconv.Atoi(port)
}
