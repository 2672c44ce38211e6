package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"bompass/hardware/link"
)

// recordingMax is the maximum length of a line of a recording.
const recordingMax = 1 << 20

// frame is one frame of the line, to the beacon (>) or to the host (<).
type frame struct {
	way  byte
	body []byte
}

// recording is the traffic of a line, as written by the record command.
type recording struct {
	frames  []frame
	damaged uint32 // number of damaged frames
}

// readRecording reads a recording: lines of octets in hexadecimal, with > from the host and < from the beacon. A
// frame can be spread over several lines, as it was over several reads.
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
			return r, fmt.Errorf("%s line %d: want > or < and hexadecimal", path, n)
		}
		for _, body := range way.Feed(octets) {
			r.frames = append(r.frames, frame{text[0], append([]byte(nil), body...)})
		}
	}
	r.damaged = ways['>'].Damaged() + ways['<'].Damaged()
	return r, lines.Err()
}

// exchange is a request with its answer.
type exchange struct {
	request, answer link.Message
	answered        bool
}

// exchanges pairs requests with their answers. Repetitions of a request have the same number and count as
// one.
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

// apduOf returns the T-APDU of a request or an answer, or nil.
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
