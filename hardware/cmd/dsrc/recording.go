package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"bompass/hardware/link"
)

// recordingMax bounds a line of a recording.
const recordingMax = 1 << 20

// frame is what went over a line in one piece: toward the beacon, >, or the host, <.
type frame struct {
	way  byte
	body []byte
}

// recording is what went over a line, as `record` wrote it down.
type recording struct {
	frames  []frame
	damaged uint32 // frames that were none
}

func readRecording(path string) (r recording, err error) {
	f, err := os.Open(path)
	if err != nil {
		return r, err
	}
	defer func() { _ = f.Close() }() // it was only read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, recordingMax)
	ways := map[byte]*link.Deframer{'>': {}, '<': {}}
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		octets, err := hex.DecodeString(strings.TrimSpace(text[1:]))
		way := ways[text[0]]
		if err != nil || way == nil {
			return r, fmt.Errorf("%s, line %d: > or < and hexadecimal wanted", path, n)
		}
		for _, body := range way.Feed(octets) {
			r.frames = append(r.frames, frame{text[0], append([]byte(nil), body...)})
		}
	}
	r.damaged = ways['>'].Damaged() + ways['<'].Damaged()
	return r, lines.Err()
}

// exchange is a request with the answer that it was given.
type exchange struct {
	request, answer link.Message
	answered        bool
}

// exchanges pairs requests with their answers. A request that was sent again, having the same number, is one.
func (r recording) exchanges() (turns []exchange) {
	for _, f := range r.frames {
		m, err := link.ParseMessage(f.body)
		if err != nil {
			continue
		}
		last := len(turns) - 1
		same := last >= 0 && turns[last].request.Op == m.Op && turns[last].request.Sequence == m.Sequence
		switch {
		case f.way == '>' && !m.Answer && !same:
			turns = append(turns, exchange{request: m})
		case f.way == '<' && m.Answer && same && !turns[last].answered:
			turns[last].answer, turns[last].answered = m, true
		}
	}
	return turns
}

// apduOf is the message between beacon and tag that a request or an answer carries.
func apduOf(m link.Message) []byte {
	switch {
	case m.Op == link.OpFind && !m.Answer && len(m.Payload) > 2:
		return m.Payload[2:]
	case m.Op == link.OpFind && m.Answer && m.Status == link.OK:
		_, vst, err := link.CutClock(m.Payload)
		if err == nil {
			return vst
		}
	case m.Op == link.OpExchange && m.Answer && m.Status == link.OK:
		return m.Payload
	case m.Op == link.OpExchange && !m.Answer && len(m.Payload) > 1:
		return m.Payload[1:]
	}
	return nil
}
