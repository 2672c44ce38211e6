// Package config reads the settings of the server from the environment, and checks them before anything is started. No
// other package of the server reads a variable.
package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Mode is the purpose of the server.
type Mode string

// The modes. Development adds the demo data and creates its own secrets.
const (
	Development Mode = "development"
	Production  Mode = "production"
)

// DefaultHome is the default of Config.Home, in the directory that the server is started in.
const DefaultHome = ".run"

// Config is every setting of the server.
type Config struct {
	Addr      string // BOMPASS_ADDR: address to listen on
	Home      string // BOMPASS_HOME: directory of the data
	PublicURL string // BOMPASS_PUBLIC_URL: address for browsers, without a trailing slash
	Mode      Mode   // BOMPASS_MODE
	Database  Secret // DATABASE_URL: empty starts a private PostgreSQL
	Stream    Secret // NATS_URL: empty starts NATS in the process

	Connections int    // BOMPASS_DATABASE_CONNECTIONS: to the database, at most
	Hashes      int    // BOMPASS_PASSWORD_HASHES: passwords that are hashed at once, with 19 MiB each
	SecurityLog string // BOMPASS_SECURITY_LOG: file of security events; empty writes them to the other log

	Queue    Queue
	Key      Secret   // BOMPASS_SECRET: 64 hex digits that encrypt secrets at rest
	Seals    []Secret // BOMPASS_SEAL_KEYS: 64 hex digits each; the first encrypts, all decrypt
	Peppers  []Secret // BOMPASS_PEPPERS: the same for password hashes
	Proxies  string   // BOMPASS_PROXIES: networks of the proxies in front, whose X-Forwarded-For is trusted
	Mail     Secret   // BOMPASS_SMTP_URL: the mail server; empty uses the built-in mailbox, in development
	MailFrom string   // BOMPASS_MAIL_FROM: the sender of mail
	Texts    Texts
	Paper    string // BOMPASS_PAPER_DIR: folder of letters to be printed and posted; empty as with Texts.URL
	Partners Partners
	Chargers string // BOMPASS_CHARGERS: toll companies that agreements are made with, as tariffs name them
	Return   bool   // BOMPASS_DEPOSIT_RETURN: the deposit of a tag is paid back when the tag has been received, not when it is settled
	Account  string // BOMPASS_ACCOUNT: number of the bank account that invoices are paid to; without it nothing is invoiced
	Reported string // BOMPASS_BANK_FILES: format of the bank's files of each account, such as 99991042764=camt.054; OCR giro without it
	Folder   string // BOMPASS_BANK_FOLDER: folder that the bank's files are taken from; empty takes none
	Unit     string // BOMPASS_DIRECT_DEBIT: number of the issuer's customer unit at the banks' payment service, of eight digits; without it nothing is claimed by AvtaleGiro
	Issuer   Issuer
	Leaf     Leaf
	Metrics  string // BOMPASS_METRICS_ADDR: address of /metrics, on this machine only; empty serves none
	ClamAV   string // BOMPASS_CLAMAV: socket or host:port of ClamAV's daemon, which scans sent files; empty scans none
	Leaked   string // BOMPASS_LEAKED_PASSWORDS: file of passwords found in data leaks; empty uses the built-in rules alone
	Assets   string // BOMPASS_ASSETS: directory of the built browser program; empty uses the one built in
}

// Queue is the size of the passage stream.
type Queue struct {
	Replicas int // BOMPASS_STREAM_REPLICAS: servers with a copy of each message, 1 to 5; 0 means 3 in a cluster, else 1
	MB       int // BOMPASS_STREAM_MAX_MB: size at which batches are refused until the workers have caught up
}

// streamMB is the default of Queue.MB: some four million passages.
const streamMB = 1024

// Secret is a text that is masked when it is printed.
type Secret string

// String reports only whether the secret is set.
func (s Secret) String() string {
	if s == "" {
		return "(not set)"
	}
	return "(secret)"
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// Read reads and checks all variables. The error has a line for each invalid one, with its value and what to write
// instead.
func Read(getenv func(string) string) (Config, error) {
	r := reader{getenv: getenv}
	c := Config{
		Addr: r.addr("BOMPASS_ADDR", "127.0.0.1:8080"),
		Home: r.text("BOMPASS_HOME", DefaultHome),
		Mode: r.mode("BOMPASS_MODE"),
		Database: Secret(
			r.link("DATABASE_URL", "postgres://user:password@host:5432/bompass", "postgres", "postgresql"),
		),
		Stream:   Secret(r.link("NATS_URL", "nats://host:4222", "nats", "tls", "ws", "wss")),
		Key:      Secret(r.key("BOMPASS_SECRET")),
		Seals:    r.keys("BOMPASS_SEAL_KEYS"),
		Peppers:  r.keys("BOMPASS_PEPPERS"),
		Proxies:  r.networks("BOMPASS_PROXIES"),
		Mail:     Secret(r.link("BOMPASS_SMTP_URL", "smtp://user:password@host:587", "smtp", "smtps")),
		MailFrom: r.sender("BOMPASS_MAIL_FROM", "Bompass <post@bompass.example>"),
		Paper:    r.text("BOMPASS_PAPER_DIR", ""),
		Chargers: r.text("BOMPASS_CHARGERS", "fjellinjen ferde vegamot vegfinans bpsnord"),
		Return:   r.boolean("BOMPASS_DEPOSIT_RETURN"),
		Account:  r.text("BOMPASS_ACCOUNT", ""),
		Reported: r.text("BOMPASS_BANK_FILES", ""),
		Folder:   r.text("BOMPASS_BANK_FOLDER", ""),
		Unit:     r.unit("BOMPASS_DIRECT_DEBIT"),
		ClamAV:   r.text("BOMPASS_CLAMAV", ""),
		Leaked:   r.text("BOMPASS_LEAKED_PASSWORDS", ""),
		Assets:   r.text("BOMPASS_ASSETS", ""),
	}
	c.PublicURL = strings.TrimRight(r.link("BOMPASS_PUBLIC_URL", "https://bompass.example", "http", "https"), "/")
	// Production requires the variable; in development the listening address is what the browser uses, by its name, because
	// passkeys and eIDs are bound to one.
	if c.PublicURL == "" {
		c.PublicURL = strings.Replace("http://"+c.Addr, "//127.0.0.1:", "//localhost:", 1)
	}
	c.Queue = Queue{
		Replicas: r.number("BOMPASS_STREAM_REPLICAS", 0, 1, 5),
		MB:       r.number("BOMPASS_STREAM_MAX_MB", streamMB, 16, 1<<20),
	}
	c.Connections = r.number("BOMPASS_DATABASE_CONNECTIONS", 24, 8, 500)
	c.Hashes = r.number("BOMPASS_PASSWORD_HASHES", 4, 1, 64)
	c.SecurityLog = r.text("BOMPASS_SECURITY_LOG", "")
	c.Texts = r.texts(c.Mode)
	c.Partners = r.partners(c.Mode)
	c.Leaf = r.leaf(c.Mode)
	c.Issuer = r.issuer(c.Mode)
	c.Metrics = r.metrics()
	if c.Mode == Production {
		r.production(c)
	}
	return c, errors.Join(r.problems...)
}

// reader reads variables and collects the errors.
type reader struct {
	getenv   func(string) string
	problems []error
}

// addProblem adds an error with the value of a variable and what to write instead.
func (r *reader) addProblem(name, value, instead string) {
	r.problems = append(r.problems, fmt.Errorf("%s is %q; %s", name, value, instead))
}

// text reads a variable; otherwise is its default.
func (r *reader) text(name, otherwise string) string {
	if v := strings.TrimSpace(r.getenv(name)); v != "" {
		return v
	}
	return otherwise
}

// addr reads host:port. An empty host means all interfaces.
func (r *reader) addr(name, otherwise string) string {
	value := r.text(name, otherwise)
	host, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		r.addProblem(name, value, "write host:port, such as 127.0.0.1:8080")
		return otherwise
	}
	if host == "" {
		host = "0.0.0.0"
	}
	return net.JoinHostPort(host, port)
}

// number reads a whole number between two bounds, both included.
func (r *reader) number(name string, otherwise, least, most int) int {
	text := r.text(name, "")
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		r.addProblem(name, text, fmt.Sprintf("write a number from %d to %d", least, most))
		return otherwise
	}
	return n
}

// unit reads eight digits.
func (r *reader) unit(name string) string {
	text := r.text(name, "")
	if text != "" && (len(text) != 8 || strings.Trim(text, "0123456789") != "") {
		r.addProblem(name, text, "write the eight digits of the customer unit, such as 00001234")
		return ""
	}
	return text
}

// mode reads the mode of the server; it defaults to development.
func (r *reader) mode(name string) Mode {
	switch mode := Mode(r.text(name, string(Development))); mode {
	case Development, Production:
		return mode
	default:
		r.addProblem(name, string(mode), "write development or production")
		return Development
	}
}

// link reads a URL. Its value may hold a password, so only the scheme is repeated.
func (r *reader) link(name, example string, schemes ...string) string {
	value := r.text(name, "")
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err == nil {
		for _, scheme := range schemes {
			if u.Scheme == scheme && (u.Host != "" || u.RawQuery != "" || u.Path != "") {
				return value
			}
		}
	}
	scheme, _, found := strings.Cut(value, "://")
	if !found || len(scheme) > 12 {
		scheme = "…"
	}
	r.addProblem(name, scheme+"://…", "write an address such as "+example)
	return ""
}

// networks reads a list such as 10.0.0.0/8,192.0.2.1/32.
func (r *reader) networks(name string) string {
	value := r.text(name, "")
	for part := range strings.FieldsFuncSeq(value, func(c rune) bool { return c == ',' || c == ' ' }) {
		if _, err := netip.ParsePrefix(part); err != nil {
			r.addProblem(name, value, "write networks with commas, such as 10.0.0.0/8,192.0.2.1/32")
			return ""
		}
	}
	return value
}

// keys reads a list of keys, the one in use first.
func (r *reader) keys(name string) (list []Secret) {
	for part := range strings.FieldsFuncSeq(r.text(name, ""), func(c rune) bool { return c == ',' || c == ' ' }) {
		if good := r.parseKey(name, part); good != "" {
			list = append(list, Secret(good))
		}
	}
	return list
}

func (r *reader) key(name string) string {
	value := r.text(name, "")
	if value == "" {
		return ""
	}
	return r.parseKey(name, value)
}

// parseKey checks a key of 32 bytes in hexadecimal. A wrong one is not repeated in the problem, because it may be
// secret.
func (r *reader) parseKey(name, value string) string {
	if b, err := hex.DecodeString(value); err != nil || len(b) != 32 {
		r.addProblem(name, fmt.Sprintf("… (%d characters)", len(value)),
			"write 64 hexadecimal digits, such as openssl rand -hex 32 prints")
		return ""
	}
	return value
}

// sender reads the sender of mail.
func (r *reader) sender(name, otherwise string) string {
	value := r.text(name, otherwise)
	if _, err := mail.ParseAddress(value); err != nil {
		r.addProblem(name, value, "write a name and address such as Bompass <post@bompass.example>")
		return otherwise
	}
	return value
}

// production adds the problems of settings that are valid in development only.
func (r *reader) production(c Config) {
	if c.Mail == "" {
		r.addProblem("BOMPASS_SMTP_URL", "",
			"production sends mail and has no built-in mailbox; write an address such as smtp://user:password@host:587")
	}
	if c.Key == "" {
		r.addProblem("BOMPASS_SECRET", "",
			"production needs a key of 64 hexadecimal digits, such as openssl rand -hex 32 prints")
	}
	r.requireRandomKey("BOMPASS_SECRET", string(c.Key))
	for name, list := range map[string][]Secret{"BOMPASS_SEAL_KEYS": c.Seals, "BOMPASS_PEPPERS": c.Peppers} {
		for _, key := range list {
			r.requireRandomKey(name, string(key))
		}
	}
	if !strings.HasPrefix(c.PublicURL, "https://") {
		r.addProblem("BOMPASS_PUBLIC_URL", c.PublicURL,
			"production is reached over https; write the address people use, such as https://bompass.example")
	}
}

// LoadKey returns Key as bytes. In development a missing key is created once and stored in Home.
func (c Config) LoadKey() ([]byte, error) {
	if c.Key != "" {
		return hex.DecodeString(string(c.Key))
	}
	path := filepath.Join(c.Home, "secret")
	if text, err := os.ReadFile(path); err == nil {
		key, err := hex.DecodeString(strings.TrimSpace(string(text)))
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("%s is damaged; restore it, or delete it together with the data it protects", path)
		}
		return key, nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read key: %w", err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	if err := os.MkdirAll(c.Home, 0o755); err != nil {
		return nil, fmt.Errorf("store key: %w", err)
	}
	// The file is renamed when it is complete, so a crash leaves no half-written key.
	fresh := path + ".new"
	if err := os.WriteFile(fresh, []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("store key: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return nil, fmt.Errorf("store key: %w", err)
	}
	return key, nil
}
