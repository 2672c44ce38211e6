package embedded

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// streamWait is the maximum time for the stream server to start, which reads its files.
const streamWait = 2 * time.Minute

// Stream is a NATS server with JetStream inside this process. It does not listen on the network.
type Stream struct {
	server *server.Server
	dir    string
}

// StartStream starts a server on files under dir. With sync every message is on disk before it is acknowledged, so
// a power cut loses no acknowledged message.
func StartStream(dir string, sync bool) (*Stream, error) {
	opts := &server.Options{
		ServerName: "bompass", DontListen: true, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true,
		SyncAlways: sync, MaxPayload: 8 << 20,
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("stream server: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(streamWait) || !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, errors.New("the stream server does not start on " + dir + "; check that the directory is writable and its disk is not full")
	}
	return &Stream{server: s, dir: dir}, nil
}

// Connect opens a connection inside the process.
func (s *Stream) Connect() (*nats.Conn, error) {
	conn, err := nats.Connect("", nats.InProcessServer(s.server), nats.Name("bompass"), nats.MaxReconnects(-1))
	if err != nil {
		return nil, fmt.Errorf("connect to the stream: %w", err)
	}
	return conn, nil
}

// Stop stops the server after all acknowledged messages are written.
func (s *Stream) Stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
