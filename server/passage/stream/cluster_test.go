package stream_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bompass/server/internal/natstest"
	"bompass/server/passage/stream"
	"bompass/shared/fault"
)

func waitFor(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for began := time.Now(); !ready(); time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("no %s after two minutes", what)
		}
	}
}

func connect(t *testing.T, urls string) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect(urls, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// outbox returns one message with a line that names it.
func outbox(n int) *stream.Outbox {
	out := stream.NewOutbox()
	out.Add(stream.PartitionSubject(0), fmt.Sprint(n), fmt.Appendf(nil, `{"n":%d}`, n))
	return out
}

func TestAcknowledgedPassagesOutliveTheLeadersDisk(t *testing.T) {
	cluster := natstest.Start(t)
	js := connect(t, cluster.URLs())
	if err := stream.Open(t.Context(), js, stream.Options{}); err != nil {
		t.Fatal(err)
	}
	const acknowledged = 2000
	for n := range acknowledged {
		if err := stream.Publish(t.Context(), js, time.Now(), outbox(n)); err != nil {
			t.Fatalf("message %d: %v", n, err)
		}
	}
	info := streamInfo(t, js)
	if info.Config.Replicas != 3 {
		t.Fatalf("%d replicas, want 3", info.Config.Replicas)
	}
	for _, n := range cluster.Nodes {
		if n.Name() == info.Cluster.Leader {
			if err := n.LoseDisk(); err != nil {
				t.Fatal(err)
			}
		}
	}
	waitFor(t, "new leader of the stream", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s, err := js.Stream(ctx, stream.Name)
		return err == nil && s.CachedInfo().Cluster.Leader != "" && s.CachedInfo().Cluster.Leader != info.Cluster.Leader
	})
	if left := streamInfo(t, js).State.Msgs; left != acknowledged {
		t.Errorf("%d of %d acknowledged messages are left", left, acknowledged)
	}
	if err := stream.Publish(t.Context(), js, time.Now(), outbox(acknowledged)); err != nil {
		t.Errorf("publish with two of three servers: %v", err)
	}
}

// A server that is started with an old setting must not take away copies.
func TestReplicasAreNeverLowered(t *testing.T) {
	cluster := natstest.Start(t)
	js := connect(t, cluster.URLs())
	for _, c := range []struct{ asked, want int }{{1, 1}, {3, 3}, {1, 3}, {0, 3}} {
		if err := stream.Open(t.Context(), js, stream.Options{Replicas: c.asked}); err != nil {
			t.Fatal(err)
		}
		if got := streamInfo(t, js).Config.Replicas; got != c.want {
			t.Errorf("opened with %d: %d replicas, want %d", c.asked, got, c.want)
		}
	}
}

func TestSingleServerHasOneReplica(t *testing.T) {
	js := single(t)
	if err := stream.Open(t.Context(), js, stream.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := streamInfo(t, js).Config.Replicas; got != 1 {
		t.Errorf("%d replicas, want 1", got)
	}
}

// When the workers lag, stations are asked to wait: what is refused stays with the station.
func TestFullStreamRefusesBatches(t *testing.T) {
	js := single(t)
	if err := stream.Open(t.Context(), js, stream.Options{BytesMax: 20_000}); err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for ; accepted < 1000; accepted++ {
		if err := stream.Publish(t.Context(), js, time.Now(), outbox(accepted)); err != nil {
			if fault.CodeOf(err) != fault.Busy {
				t.Errorf("refused with %v, want %s", err, fault.Busy)
			}
			break
		}
	}
	if accepted == 1000 || accepted == 0 {
		t.Fatalf("%d messages were accepted", accepted)
	}
	if got := streamInfo(t, js).State.Msgs; got != uint64(accepted) {
		t.Errorf("%d messages in the stream, %d were accepted", got, accepted)
	}
	consumer, err := stream.Consumer(t.Context(), js, "worker-0", stream.PartitionSubject(0))
	if err != nil {
		t.Fatal(err)
	}
	msg, err := consumer.Next()
	if err != nil {
		t.Fatal(err)
	}
	if err := msg.DoubleAck(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := stream.Publish(t.Context(), js, time.Now(), outbox(accepted)); err != nil {
		t.Errorf("after a worker has caught up: %v", err)
	}
}

func single(t *testing.T) jetstream.JetStream {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the NATS server does not start")
	}
	return connect(t, s.ClientURL())
}

func streamInfo(t *testing.T, js jetstream.JetStream) *jetstream.StreamInfo {
	t.Helper()
	s, err := js.Stream(t.Context(), stream.Name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := s.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info
}
