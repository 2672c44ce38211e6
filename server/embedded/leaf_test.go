package embedded_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

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
	leaf, err := embedded.StartLeaf("127.0.0.1:0", nil, func(key string) bool { return key == "one" || key == "two" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leaf.Stop)
	conn, err := leaf.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return leaf, conn
}

// answered tells whether somebody answers on a subject.
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
func TestAStationHasItsOwnIntakeOnly(t *testing.T) {
	leaf, hub := listen(t)
	if _, err := hub.Subscribe(">", func(msg *nats.Msg) { _ = msg.Respond([]byte("!")) }); err != nil {
		t.Fatal(err)
	}
	one := station(t, leaf.Address(), "one")
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
	stranger := station(t, leaf.Address(), "three")
	if answered(stranger, "intake."+id("three"), "answer."+id("three")+".1") || answered(stranger, "intake."+id("one"), own) {
		t.Error("a stranger is answered")
	}
}

// Stations do not hear each other, and what is answered to one is not told to another.
func TestStationsDoNotHearEachOther(t *testing.T) {
	leaf, hub := listen(t)
	if _, err := hub.Subscribe("intake.*", func(msg *nats.Msg) { _ = msg.Respond([]byte("!")) }); err != nil {
		t.Fatal(err)
	}
	one, two := station(t, leaf.Address(), "one"), station(t, leaf.Address(), "two")
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
