package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// streamWait is the maximum time for the stream server to start, which reads its files.
const streamWait = 2 * time.Minute

// Free space on the disk of the stream, in bytes: below streamRoomMin nothing is accepted any more, and from
// streamRoomAgain on it is again.
const (
	streamRoomMin   = 64 << 20
	streamRoomAgain = 2 * streamRoomMin
)

// ErrDiskFull is the error while the disk of the stream has no room for passages.
var ErrDiskFull = errors.New("the disk of the passage stream is full; free some space")

// Stream is a NATS server with JetStream inside this process. It does not listen on the network. It is safe for
// concurrent use.
type Stream struct {
	dir  string
	sync bool

	mu     sync.Mutex
	server *server.Server
	full   bool
}

// StartStream starts a server on files under dir. With sync every message is on disk before it is acknowledged, so
// a power cut loses no acknowledged message.
func StartStream(dir string, sync bool) (*Stream, error) {
	s := &Stream{dir: dir, sync: sync}
	if err := s.start(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Stream) start() error {
	opts := &server.Options{
		ServerName: "bompass", DontListen: true, JetStream: true, StoreDir: s.dir, NoSigs: true, NoLog: true,
		SyncAlways: s.sync, MaxPayload: 8 << 20,
		JetStreamMaxStore: math.MaxInt64, // the disk is the limit, see Watch; by default a stream must fit into what is free at start
	}
	started, err := server.NewServer(opts)
	if err != nil {
		return fmt.Errorf("stream server: %w", err)
	}
	started.Start()
	if !started.ReadyForConnections(streamWait) || !started.JetStreamEnabled() {
		started.Shutdown()
		return errors.New("the stream server does not start on " + s.dir + "; check that the directory is writable and its disk is not full")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server, s.full = started, false
	return nil
}

// InProcessConn returns a connection to the server that runs now.
func (s *Stream) InProcessConn() (net.Conn, error) {
	s.mu.Lock()
	current := s.server
	s.mu.Unlock()
	return current.InProcessConn()
}

// Connect opens a connection inside the process. It is made again after the server has been started again.
func (s *Stream) Connect() (*nats.Conn, error) {
	conn, err := nats.Connect("", nats.InProcessServer(s), nats.Name("bompass"), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	if err != nil {
		return nil, fmt.Errorf("connect to the stream: %w", err)
	}
	return conn, nil
}

// Ready returns ErrDiskFull while Watch has found the disk full.
func (s *Stream) Ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return ErrDiskFull
	}
	return nil
}

// Watch looks at the free space of the disk until ctx ends. A stream that once could not write refuses everything until
// its server starts again, even if there is space. So Ready refuses before the disk is quite full, and when there is
// space again, the server is started again on its files.
func (s *Stream) Watch(ctx context.Context, interval time.Duration, log *slog.Logger) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.look(log)
		}
	}
}

// look refuses messages if the disk has little room, and starts the server again when it has enough again.
func (s *Stream) look(log *slog.Logger) {
	free, err := freeSpace(s.dir)
	if err != nil {
		log.Error("look for free disk space", "error", err)
		return
	}
	s.mu.Lock()
	was, current := s.full, s.server
	s.full = was || free < streamRoomMin
	isFull := s.full
	s.mu.Unlock()
	switch {
	case isFull && !was:
		log.Error("refuse passages", "error", ErrDiskFull, "folder", s.dir, "free_mb", free>>20, "needed_mb", uint64(streamRoomAgain)>>20)
	case isFull && free >= streamRoomAgain:
		current.Shutdown()
		current.WaitForShutdown()
		if err := s.start(); err != nil {
			log.Error("start the passage stream again", "error", err)
			return
		}
		log.Info("accept passages again", "folder", s.dir, "free_mb", free>>20)
	}
}

// Stop stops the server after all acknowledged messages are written.
func (s *Stream) Stop() {
	s.mu.Lock()
	current := s.server
	s.mu.Unlock()
	current.Shutdown()
	current.WaitForShutdown()
}
