package embedded_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"bompass/hardware/uplink/leaf"
	"bompass/server/embedded"
)

// station is another NATS server that connects as a leaf node.
func station(t *testing.T, address, key string) *nats.Conn {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		DontListen: true, NoSigs: true, NoLog: true, LeafNode: server.LeafNodeOpts{
			ReconnectInterval: 100 * time.Millisecond,
			Remotes:           []*server.RemoteLeafOpts{{URLs: []*url.URL{{Scheme: "nats-leaf", Host: address, User: url.UserPassword("station", key)}}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the station's NATS does not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

func id(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// eventually asks again and again until it is true, or for a while.
func eventually(wanted func() bool) bool {
	for range 100 {
		if wanted() {
			return true
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

func listen(t *testing.T) (*embedded.Leaf, *nats.Conn) {
	t.Helper()
	l, err := embedded.StartLeaf("127.0.0.1:0", nil, func(key string) bool { return key == "one" || key == "two" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Stop)
	conn, err := l.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return l, conn
}

// answered reports whether a request to a subject is answered.
func answered(conn *nats.Conn, subject, inbox string) bool {
	sub, err := conn.SubscribeSync(inbox)
	if err != nil {
		return false
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := conn.PublishRequest(subject, inbox, []byte("?")); err != nil {
		return false
	}
	_, err = sub.NextMsg(200 * time.Millisecond)
	return err == nil
}

// A station may publish on its own intake and hear its own answers, and nothing else; a stranger nothing.
func TestStationMayUseItsOwnSubjectsOnly(t *testing.T) {
	l, hub := listen(t)
	if _, err := hub.Subscribe(">", func(msg *nats.Msg) { _ = msg.Respond([]byte("!")) }); err != nil {
		t.Fatal(err)
	}
	one := station(t, l.Address(), "one")
	own, other := "answer."+id("one")+".1", "answer."+id("two")+".1"
	if !eventually(func() bool { return answered(one, "intake."+id("one"), own) }) {
		t.Fatal("a station is not answered on its own intake")
	}
	for name, c := range map[string]struct{ subject, inbox string }{
		"another's intake":       {"intake." + id("two"), own},
		"any other subject":      {"passage.1", own},
		"another's answers":      {"intake." + id("one"), other},
		"answers under any name": {"intake." + id("one"), "anything"},
	} {
		if answered(one, c.subject, c.inbox) {
			t.Errorf("a station has %s", name)
		}
	}
	stranger := station(t, l.Address(), "three")
	if answered(stranger, "intake."+id("three"), "answer."+id("three")+".1") || answered(stranger, "intake."+id("one"), own) {
		t.Error("a stranger is answered")
	}
}

// Stations receive neither each other's messages nor the answers to each other.
func TestStationsCannotReadEachOthersMessages(t *testing.T) {
	l, hub := listen(t)
	if _, err := hub.Subscribe("intake.*", func(msg *nats.Msg) { _ = msg.Respond([]byte("!")) }); err != nil {
		t.Fatal(err)
	}
	one, two := station(t, l.Address(), "one"), station(t, l.Address(), "two")
	for conn, key := range map[*nats.Conn]string{one: "one", two: "two"} {
		if !eventually(func() bool { return answered(conn, "intake."+id(key), "answer."+id(key)+".1") }) {
			t.Fatalf("station %s is not answered", key)
		}
	}
	heard, err := two.SubscribeSync(">")
	if err != nil {
		t.Fatal(err)
	}
	if err := two.Flush(); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		answered(one, "intake."+id("one"), "answer."+id("one")+".1")
		_ = one.Publish("kept", []byte("a passage"))
	}
	if msg, err := heard.NextMsg(300 * time.Millisecond); err == nil {
		t.Errorf("a station heard %s", msg.Subject)
	}
}

// certificate is one for 127.0.0.1, and who trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	text, err := x509.CreateCertificate(rand.Reader, &form, &form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	read, err := x509.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(read)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{text}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, pool
}

// With a certificate a station's own agent gets through by TLS; without it nothing is heard of its key.
func TestStationsConnectByTLS(t *testing.T) {
	own, pool := certificate(t)
	l, err := embedded.StartLeaf("127.0.0.1:0", own, func(key string) bool { return key == "one" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Stop)
	hub, err := l.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hub.Close)
	if _, err := hub.Subscribe("intake.*", func(msg *nats.Msg) {
		answer := nats.NewMsg(msg.Reply)
		answer.Header.Set("Status-Code", "200")
		_ = msg.RespondMsg(answer)
	}); err != nil {
		t.Fatal(err)
	}
	for upstream, want := range map[string]bool{"nats-leaf+tls://": true, "nats-leaf://": false} {
		node, err := leaf.New(leaf.Options{
			Dir: t.TempDir(), Upstream: upstream + l.Address(), Key: "one", Log: slog.New(slog.DiscardHandler),
			TLS: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := node.Open(); err != nil {
			t.Fatal(err)
		}
		tries, got := 60, false
		if !want {
			tries = 10
		}
		for range tries {
			answer, err := node.Send(t.Context(), []byte("{}\n"))
			if got = err == nil && answer.Status == 200; got {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", upstream, got, want)
		}
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	}
}
